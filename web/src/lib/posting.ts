import type { Both } from './tr'
import { tr } from './tr'
import type { Division } from '@/types'

/* What stands on a posting: the same before it begins, while it hangs and for everybody. */
export interface Shown {
  kind: 'case' | 'result'
  title: Both
  says: Both[]
  lines: { label: Both; value: string }[]
  division: Division
  place: string
  begins: string
  ends: string | null
}
export interface Objection {
  ref: string
  day: string
  text: string
  by: string
  contact: string
  of_case: boolean
  answer: string
  answered: string | null
}
export interface Posting extends Shown {
  ref: string
  state: 'open' | 'ended' | 'withdrawn'
  sheet: string
  case: string
  household: string
  subject: string
  service: string
  line: string
  photo: string | null
  who: string
  ended: string | null
  why: string
  on_sheet?: string[]
  objections?: Objection[]
}
export interface Bar {
  why: 'child' | 'stays'
  zh: string
  en: string
}
export interface PostingPreview {
  not_posted: Bar | null
  problem: string | null
  posting: Shown | null
}

export const STATES: Record<Posting['state'], () => string> = {
  open: () => tr('公示中', 'hanging out'),
  ended: () => tr('已结束', 'ended'),
  withdrawn: () => tr('已撤下', 'taken down'),
}
export const KINDS: Record<Posting['kind'], () => string> = {
  case: () => tr('审核公示', 'before the decision'),
  result: () => tr('结果公示', 'what was decided'),
}
