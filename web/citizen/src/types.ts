/* The forms of the public API that the citizens' pages use; docs/api.md. */
import type { Both } from '@/lib/tr'

export interface Basis {
  law?: string
  assumed?: string
  articles?: [number, number][]
}
export interface Limit {
  n: number
  unit: 'workdays' | 'days' | 'months'
}
export interface Field {
  register: string
  name: string
  label: Both
  kind: string
  options: { name: string; label: Both }[]
}
export interface Paper {
  name: string
  label: Both
  source: 'applicant' | 'office' | 'promise'
  only_for: Both | null
}
export interface Programme {
  name: string
  label: Both
  basis?: Basis[]
  ways: { label: Both; conditions: Both[] }[]
  amounts: { label: Both; of: Both | null; fen: number; monthly: boolean }[]
}
export interface Service {
  name: string
  label: Both
  line: string
  of_member: boolean
  applicant: Both
  basis?: Basis[]
  within: Limit | null
  programmes: Programme[]
  papers: Paper[]
  fields: Field[]
  steps: { label: Both; within: Limit | null; lasts: Limit | null }[]
}
export interface Meta {
  today: string
  demo: boolean
  place: { code: string; label: Both }
  services: Service[]
}
export interface Place {
  code: string
  name: string
  has_children: boolean
}
export interface Contact {
  division: string | null
  name: string
  phone: string
  address: string
  hours: string
}
export interface Places {
  items: Place[]
  contacts: Contact[]
}
export interface Step {
  label: Both
  form: string
  at: string
  state: 'waiting' | 'open' | 'done' | 'skipped'
  due: string | null
  left: number | null
  unit: Limit['unit']
  light: string
  done: string | null
}
export interface Line {
  kind: string
  state?: string
  member?: number
  label?: Both
  text?: Both
  value?: Both
  basis?: Basis[]
}
export interface Unit {
  label: Both
  person: string
  fits: 'yes' | 'no' | 'open'
  fen: number | null
  result: Both
  needs: Both
  steps: Line[]
}
export interface Case {
  number: string
  service: Both
  subject: string
  applicant: string
  state: string
  state_label: Both
  accepted: string | null
  closed: string | null
  due: string | null
  left: number | null
  unit: Limit['unit']
  light: string
  stopped: Both | null
  office: { code: string; name: string } | null
  owner: { code: string; name: string } | null
  steps: Step[]
  papers: { label: Both; source: string; only_for: Both | null; have: string; asked: boolean }[]
  papers_until: string | null
  decision: { grant: boolean; text: string; day: string; programmes: { label: Both; person: string; grant: boolean; fen: number }[] } | null
  appeal: { from: string; review_until: string; court_until: string } | null
  calculation: Unit[]
  members: string[]
  notices: { kind: string; title: string; text: string; made: string; paper: string | null }[]
  payments: { month: string; label: Both; person: string; kind: 'month' | 'once' | 'backpay' | 'recovery'; fen: number; kept_fen: number; state: string; reason: string; day: string | null }[]
  messages: { kind: string; text: string; made: string; due: string; answer: string; answered: string | null }[]
}
export interface Progress {
  until_ms: number
  today: string
  number: string
  cases: Case[]
  application: {
    applicant: string
    services: Both[]
    state: 'waiting' | 'accepted' | 'returned'
    made: string
    due: string
    answered: string | null
    words: string
    case_number: string
    files: number
    office: { code: string; name: string } | null
  } | null
}
export interface Pass {
  pass: string
  until_ms: number
  number: string
}
