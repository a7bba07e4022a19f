import { tr } from './tr'
import type { Count, Division } from '@/types'
import type { Both } from './tr'

/* The bank's lists: what the server says of them, and the words for it. */
export interface Batch {
  ref: string
  number: string
  month: string
  county: Division | null
  kind: string
  state: string
  rows: number
  fen: number
  held_rows: number
  held_fen: number
  paid_rows: number
  paid_fen: number
  failed_rows: number
  failed_fen: number
  digest: string
  frozen_on: string
  frozen_by: string
}
export interface Back {
  county: Division
  failed: number
  failed_fen: number
  held: number
  held_fen: number
  mended: number
  mended_fen: number
}
export interface Batches {
  items: Batch[]
  next?: string | null
  count?: Count
  back: Back[]
}
interface Layout {
  name: string
  label: Both
}
export interface BatchWhole extends Batch {
  states: { state: string; n: number; fen: number }[]
  kinds: { kind: string; n: number; fen: number; deducted_fen: number }[]
  made: { layout: string; hash: string; bytes: number; who: string; why: string; at_ms: number }[]
  answers: { layout: string; rows: number; paid: number; failed: number; news: number; on: string | null; who: string; at_ms: number }[]
  file_layouts: Layout[]
  answer_layouts: Layout[]
  assumed: string
}
export interface BatchLine {
  seq: number
  household: string
  payee: string
  name: string
  programme: string
  label: Both
  month: string
  kind: string
  fen: number /* what the bank pays */
  deducted_fen: number /* kept back; of a recovery negative */
  arrears: string | null
  division: Division | null
  account_kind: string
  holder: string
  bank: string
  account: string
  state: string
  reason_code: string
  reason: string
  settled_on: string | null
  words: string
  again: { batch: string; seq: number } | null
  from: { batch: string; seq: number } | null
}
export interface Paid extends BatchLine {
  batch: string
  number: string
  batch_state: string
  again_number: string
}
export interface Taken {
  rows: number
  paid: number
  failed: number
  news: number
  again: boolean
  batch: Batch
}
export interface Payee {
  id: string
  person: string
  programme: string
  kind: string
  holder: string
  account: string
  bank: string
  branch: string
  from: string | null
  state: string
  name_check: string
  bank_check: string
  reason: string
  proof: string
  recorded_by: string
  recorded_on: string | null
  settled_by: string
  settled_on: string | null
  words: string
  own: boolean
}
export interface Payees {
  now: { person: string; name: string; programmes: string[]; account: string; card: boolean }[]
  items: Payee[]
  shared: { household: string | null; name: string; account: string }[]
  banks: { code: string; name: string }[]
}
export interface PayeeMade {
  id: string
  waits: boolean
  luhn: boolean
  shared: number
  mended: number
}

const BATCH_STATES: Record<string, [string, string]> = {
  frozen: ['待送银行', 'not sent yet'],
  sent: ['已送银行，待回盘', 'sent, no whole answer yet'],
  answered: ['银行已回盘', 'answered'],
}
const LINE_STATES: Record<string, [string, string]> = {
  frozen: ['待发放', 'on its way'],
  held: ['缺收款账户', 'no account'],
  paid: ['已发放', 'paid'],
  failed: ['发放未成功', 'failed'],
  mended: ['已更正，待重发', 'put right, to be paid again'],
  again: ['已转重发', 'paid by another list'],
  deducted: ['已抵扣', 'deducted'],
}
const KINDS: Record<string, [string, string]> = {
  person: ['本人账户', 'own account'],
  guardian: ['监护人代领', 'guardian'],
  institution: ['供养机构代领', 'institution'],
}
const PAYEE_STATES: Record<string, [string, string]> = {
  waiting: ['待另一人确认', 'waits for a second person'],
  valid: ['使用中', 'in use'],
  replaced: ['已更换', 'replaced'],
  refused: ['未通过', 'refused'],
}
const word = (of: Record<string, [string, string]>, key: string): string => {
  const w = of[key]
  return w ? tr(w[0], w[1]) : key
}
export const batchState = (s: string): string => word(BATCH_STATES, s)
export const lineState = (s: string): string => word(LINE_STATES, s)
export const accountKind = (s: string): string => word(KINDS, s)
export const payeeState = (s: string): string => word(PAYEE_STATES, s)
export const batchKind = (s: string): string => (s === 'again' ? tr('重发', 'paid again') : tr('当月', 'month'))
const LINE_KINDS: Record<string, [string, string]> = {
  month: ['当月', 'month'],
  once: ['一次性', 'once'],
  backpay: ['补发', 'back-pay'],
  recovery: ['追回', 'recovery'],
}
export const lineKind = (s: string): string => word(LINE_KINDS, s)
export const LINE_STATE_NAMES = Object.keys(LINE_STATES)
/* Red is for what went wrong, amber for what waits for somebody. */
export const lineColour = (s: string): string => (s === 'failed' ? 'wrong' : s === 'held' || s === 'mended' ? 'amber' : '')
