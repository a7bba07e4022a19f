/* An application as it is typed on the phone: what is asked, in which order, and what is sent. */
import { fenOf, halfWidth, idWrong, monthOf } from '@/lib/format'
import { tr } from '@/lib/tr'
import type { Field, Meta, Paper, Service } from './types'

export interface Member {
  name: string
  relation: string
  id_number: string
}
export interface Typed {
  at: string /* the screen */
  services: string[]
  whom: { [service: string]: number } /* of services for one person */
  codes: string[] /* where they live, level by level */
  place: string[]
  members: Member[]
  phone: string
  other: boolean /* somebody fills it in for them */
  by: string
  facts: { [key: string]: string } /* "field" of the household, "2|field" of a member; as typed */
  seen: string[] /* questions that were gone through */
  note: string
  consent: boolean
  truthful: boolean
  key: string
}
export const EMPTY: Typed = {
  at: 'need', services: [], whom: {}, codes: [], place: [], members: [{ name: '', relation: '', id_number: '' }],
  phone: '', other: false, by: '', facts: {}, seen: [], note: '', consent: false, truthful: false, key: '',
}

export function chosen(m: Meta, t: Typed): Service[] {
  return m.services.filter((s) => t.services.indexOf(s.name) >= 0)
}

export interface Question {
  id: string /* the screen: q.household.assets */
  field: Field
  who: number[] /* members that it is asked of; empty: the household */
}
/* Every fact once: first of the household, then of whoever the services ask for. */
export function questions(m: Meta, t: Typed): Question[] {
  const out: Question[] = []
  const all = t.members.map((_, i) => i)
  for (const s of chosen(m, t)) {
    for (const f of s.fields) {
      const of = f.register === 'person' ? (s.of_member ? [t.whom[s.name] || 0] : all) : []
      const id = 'q.' + f.register + '.' + f.name
      const old = out.filter((q) => q.id === id)[0]
      if (!old) out.push({ id, field: f, who: of })
      else old.who = all.filter((i) => old.who.indexOf(i) >= 0 || of.indexOf(i) >= 0)
    }
  }
  return out.filter((q) => q.field.register !== 'person').concat(out.filter((q) => q.field.register === 'person'))
}
export function papers(m: Meta, t: Typed): Paper[] {
  const out: Paper[] = []
  for (const s of chosen(m, t)) for (const p of s.papers) if (p.source === 'applicant' && !out.some((x) => x.name === p.name)) out.push(p)
  return out
}

/* The screens from first to last. */
export function screens(m: Meta, t: Typed): string[] {
  const single = chosen(m, t).some((s) => s.of_member)
  return ['need', 'where', 'me', 'family']
    .concat(single && t.members.length > 1 ? ['whom'] : [])
    .concat(questions(m, t).map((q) => q.id))
    .concat(['photos', 'look', 'agree'])
}

export const keyOf = (f: Field, who: number | null): string => (who === null ? f.name : who + '|' + f.name)

/* What stands in a box as the server takes it; undefined: it is not that. */
export function valueOf(f: Field, text: string): unknown {
  const t = halfWidth(text || '')
  if (t === '') return null
  if (f.options.length) return t
  if (f.kind === 'yes or no') return t === 'yes'
  if (f.kind.slice(0, 5) === 'money') {
    const fen = fenOf(t)
    return fen !== undefined && fen >= 0 ? fen : undefined
  }
  if (f.kind === 'count' || f.kind === 'months' || f.kind === 'days') return /^\d{1,6}$/.test(t) ? Number(t) : undefined
  if (f.kind === 'month') return monthOf(t)
  return t
}
export function wrongOf(f: Field, text: string): string {
  if (valueOf(f, text) !== undefined) return ''
  if (f.kind.slice(0, 5) === 'money') return tr('只填数字，例如 1500', 'Only a number, like 1500')
  if (f.kind === 'month') return tr('填年份和月份，例如 2020-12', 'Year and month, like 2020-12')
  return tr('只填数字，例如 2', 'Only a number, like 2')
}

export function memberWrong(m: Member, i: number): { [field: string]: string } {
  const out: { [field: string]: string } = {}
  const name = m.name.trim()
  if (name.length < 2) out.name = tr('请填姓名', 'Fill in the name')
  if (!m.relation) out.relation = tr('请选一个', 'Choose one')
  const id = m.id_number.trim()
  if (i === 0 && !id) out.id_number = tr('请填您的身份证号', 'Fill in your identity number')
  else if (id) {
    const wrong = idWrong(id)
    if (wrong) out.id_number = wrong
  }
  return out
}
export const phoneWrong = (p: string): string => (/^1[3-9]\d{9}$/.test(halfWidth(p).replace(/[\s-]/g, '')) ? '' : tr('请填11位手机号', 'A mobile number of eleven digits'))

/* The body of POST /public/applications. */
export function bodyOf(m: Meta, t: Typed, lang: string): unknown {
  const facts: unknown[] = []
  for (const q of questions(m, t)) {
    const put = (who: number | null) => {
      const v = valueOf(q.field, t.facts[keyOf(q.field, who)] || '')
      if (v !== null && v !== undefined) facts.push(who === null ? { field: q.field.name, value: v } : { member: who, field: q.field.name, value: v })
    }
    if (q.field.register === 'person') q.who.forEach(put)
    else put(null)
  }
  return {
    services: chosen(m, t).map((s) => (s.of_member ? { service: s.name, member: t.whom[s.name] || 0 } : { service: s.name })),
    division: t.codes[t.codes.length - 1],
    members: t.members.map((x) => {
      const one: { [k: string]: string } = { name: x.name.trim(), relation: x.relation }
      const id = halfWidth(x.id_number).toUpperCase()
      if (id) one.id_number = id
      return one
    }),
    phone: halfWidth(t.phone).replace(/[\s-]/g, ''),
    by: t.other ? t.by.trim() : '',
    facts,
    note: t.note.trim(),
    consent: t.consent,
    truthful: t.truthful,
    lang,
  }
}
