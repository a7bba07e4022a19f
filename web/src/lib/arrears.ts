import { tr } from './tr'
import type { Both } from './tr'
import type { Division } from '@/types'

/* Back-pay and recovery: what the server says of them, and the words for it. */
export interface Finding {
  ref: string
  division: Division | null
  from: string
  upto: string
  programme: string
  label: Both
  why: string
  state: string
  who: string
  at_ms: number
  lines: number
  open_lines: number
  backpay_fen: number
  recovery_fen: number
  left_fen: number
}
export interface Running {
  busy: boolean
  division: Division | null
  from: string
  upto: string
  programme: string
  label: Both
  why: string
  done: number
  lines: number
  error: string | null
}
export interface Findings {
  items: Finding[]
  next?: string | null
  running: Running | null
}
export interface FindingSum {
  division: Division | null
  programme: string
  label: Both
  households: number
  lines: number
  backpay_fen: number
  recovery_fen: number
  left_fen: number
}
export interface FindingWhole extends Finding {
  rows: FindingSum[]
  states: { state: string; n: number }[]
  exact: boolean
}
export interface Family {
  household: string
  head: { ref: string; name: string } | null
  division: Division | null
  programme: string
  label: Both
  from: string
  upto: string
  lines: number
  open_lines: number
  backpay_fen: number
  recovery_fen: number
  left_fen: number
}
export interface ArrearsLine {
  household: string
  head: { ref: string; name: string } | null
  person: string | null
  person_name: string
  programme: string
  label: Both
  month: string
  division: Division | null
  paid_fen: number
  due_fen: number
  fen: number
  cause: string
  cause_label: Both
  reason: string
  reason_label: Both
  state: string
  decided_by: string
  decided_on: string | null
  text: string
  batch: string | null
  seq: number
  settled_fen: number
}
export interface Letter {
  letter: { title: Both; text: string; channels: string[] } | null
}
export interface Settled {
  decided: number
  rejected: number
  left: number
  stale: number
  related: number
  households: number
  notices: number
  backpay_fen: number
  recovery_fen: number
  left_fen: number
}
export interface Owed {
  owed: { programme: string; label: Both; fen: number; deducted: boolean }[]
  paid_back: { programme: string; label: Both; fen: number; on: string; text: string; who: string; at_ms: number }[]
}

const STATES: Record<string, [string, string]> = {
  open: ['待决定', 'open'],
  decided: ['已决定，待发放或抵扣', 'decided, for the next list'],
  listed: ['已发放或已追回', 'paid or recovered'],
  left: ['按规定不予追回', 'left with the family by a rule'],
  rejected: ['未采纳', 'rejected'],
  stale: ['已失效（另有发放）', 'stale: paid otherwise since'],
}
const JOBS: Record<string, [string, string]> = {
  running: ['正在查找', 'being found'],
  open: ['待决定', 'open'],
  closed: ['已决定完', 'all decided'],
}
const word = (of: Record<string, [string, string]>, key: string): string => {
  const w = of[key]
  return w ? tr(w[0], w[1]) : key
}
export const arrearsState = (s: string): string => word(STATES, s)
export const findingState = (s: string): string => word(JOBS, s)
export const ARREARS_STATES = Object.keys(STATES)
