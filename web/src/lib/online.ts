import { keyOf, type Facts } from './window'
import type { Household, Value } from '@/types'

/* An application made on a phone, as GET /online/REF tells it. */
export interface Online {
  ref: string
  number: string
  state: 'waiting' | 'accepted' | 'returned'
  applicant: string
  made: string | null
  due: string | null
  answered: string | null
  answered_by: string
  words: string
  case: string | null
  case_number: string
  division: { code: string; name: string } | null
  office: { code: string; name: string } | null
  person: string | null
  household: string | null
  files: { id: string; name: string; type: string; bytes: number; paper: string }[]
  content: Sent | null
}
export interface Sent {
  services: { service: string; member?: number | null }[]
  division: string
  members: { name: string; relation: string; id_number?: string }[]
  phone: string
  by?: string
  facts?: { member?: number | null; field: string; value: Value }[]
  note?: string
}

/* Which of the household's members each member of the application is; null: nobody of that name lives there. */
export function refsOf(o: Online, h: Household): (string | null)[] {
  const free = h.members.map((m) => ({ ref: m.ref, name: m.name }))
  return (o.content?.members ?? []).map((m, i) => {
    const at = free.findIndex((f) => (i === 0 && o.person ? f.ref === o.person : f.name === m.name))
    return at < 0 ? null : free.splice(at, 1)[0]!.ref
  })
}

/* What was typed on the phone, as the window's own questions have it. */
export function typedOf(o: Online, h: Household): { facts: Facts; chosen: string[]; note: string; person: string } {
  const refs = refsOf(o, h)
  const facts: Facts = {}
  for (const f of o.content?.facts ?? []) {
    const of = f.member === undefined || f.member === null ? null : refs[f.member]
    if (of !== undefined && !(typeof f.member === 'number' && of === null)) facts[keyOf(of, f.field)] = f.value
  }
  const chosen = (o.content?.services ?? []).map((s) => s.service + '|' + (typeof s.member === 'number' ? (refs[s.member] ?? '') : ''))
  const note = [o.number, o.content?.by, o.content?.note].filter(Boolean).join('；')
  return { facts, chosen, note, person: refs[0] ?? '' }
}

/* The household as the window makes it: the head first. */
export function membersOf(o: Online): { name: string; id_number?: string; relation?: string; phone?: string }[] {
  const list = (o.content?.members ?? []).map((m, i) => ({ ...m, phone: i === 0 ? o.content?.phone : undefined }))
  const head = Math.max(0, list.findIndex((m) => m.relation === '02'))
  const first = list.splice(head, 1)
  return [...first.map((m) => ({ ...m, relation: '02' })), ...list]
}
