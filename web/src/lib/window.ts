import { specOf, type FieldSpec } from './fields'
import { both, tr } from './tr'
import { useMeta } from '@/stores/meta'
import type { Fact, Household, Preview, Programme, Service, TraceUnit, Value } from '@/types'

/* What the window asks and what follows from it. Keys of values: "person ref|field"; "" is the household. */
export type Facts = Record<string, Value | undefined>
export const keyOf = (person: string | null, field: string) => `${person ?? ''}|${field}`

export function factsOf(values: Facts): Fact[] {
  return Object.entries(values)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => {
      const [person, field] = k.split('|') as [string, string]
      return { person: person || null, field, value: v as Value }
    })
}

export interface Question extends FieldSpec {
  key: string
  person: string | null
  stored: Value
  needed: boolean
}

/* The facts that a programme still waits for. */
export function needed(preview: Preview | null): Set<string> {
  const out = new Set<string>()
  for (const p of preview?.programmes ?? [])
    for (const u of p.units) if (Array.isArray(u.needs)) for (const n of u.needs) out.add(keyOf(n.person, n.field))
  return out
}

/* Every field of a service's form once: of the household, then of each member. */
export function questions(h: Household, services: Service[], preview: Preview | null): Question[] {
  const meta = useMeta()
  const waits = needed(preview)
  const out: Question[] = []
  const seen = new Set<string>()
  const add = (person: string | null, register: string, name: string, stored: Value) => {
    const f = meta.field(register, name)
    const key = keyOf(person, name)
    if (!f || f.computed || seen.has(key)) return
    seen.add(key)
    out.push({ ...specOf(f), name: key, key, person, stored: stored ?? null, needed: waits.has(key), required: false })
  }
  const fields = services.flatMap((s) => s.forms.flatMap((f) => f.fields))
  for (const f of fields) if (f.register === 'household') add(null, f.register, f.field, h.facts[f.field] ?? null)
  for (const m of h.members)
    for (const f of fields)
      if (f.register === 'person' && (m.ref.startsWith('new') ? f.field !== 'name' : !['birth_date', 'name', 'sex'].includes(f.field))) add(m.ref, f.register, f.field, m.facts[f.field] ?? null)
  return out
}

export type Fits = 'yes' | 'no' | 'open'
/* The household as it is tried out: somebody more, somebody less. "new1" and on are not on record. */
export interface Trial {
  added: { relation: string }[]
  without: string[]
}
export function tried(h: Household, t: Trial): Household {
  const more = t.added.map((a, i) => ({
    ref: `new${i + 1}`, name: tr('试算成员{n}', 'trial member {n}', { n: i + 1 }), relation: a.relation, birth: '', age: 0, facts: {},
  }))
  return { ...h, members: [...h.members.filter((m) => !t.without.includes(m.ref)), ...more] }
}

export interface Offer {
  key: string
  service: Service
  person: string | null
  fits: Fits
  why: string
  fen: number
  enrolled: boolean
  away: boolean /* taken here, decided where the person is registered */
}

function fitsOf(list: { fits?: Fits; amount_fen?: number | null; outcome: string | null }[]): Fits {
  if (list.some((u) => u.fits === 'yes')) return 'yes'
  if (list.some((u) => u.fits === 'open' || (u.fits === undefined && u.outcome === null))) return 'open'
  return 'no'
}

/* What a unit still waits for, each with whose it is. */
function missing(u: TraceUnit, h: Household): string {
  if (!Array.isArray(u.needs)) return both(u.needs_text)
  const meta = useMeta()
  const words = u.needs.map((n) => {
    const who = n.person ? h.members.find((m) => m.ref === n.person)?.name : undefined
    const what = both(meta.field(n.person ? 'person' : 'household', n.field)?.label) || n.field
    return who ? tr('{who}的{what}', '{who}: {what}', { who, what }) : what
  })
  return [...new Set(words)].join(tr('、', ', '))
}

/*
 * What can be applied for here, and what each says: for the household, or for each of its members. `elsewhere`: they are
 * registered at another place, so only what is open to them too, and what is decided there, can be taken.
 */
export function offers(h: Household, preview: Preview | null, elsewhere = false): Offer[] {
  const meta = useMeta()
  const out: Offer[] = []
  const of = (name: string): Programme | undefined => preview?.programmes.find((p) => p.name === name)
  for (const s of meta.all?.services ?? []) {
    const away = s.steps.some((t) => t.form === 'decision' && (!t.at || t.at === 'elsewhere'))
    if (s.form !== 'application' || !s.decides.length || (elsewhere ? !s.elsewhere : away)) continue
    for (const person of s.of_member ? h.members.map((m) => m.ref) : [null]) {
      const units = s.decides.flatMap((d) => (of(d)?.units ?? []).filter((u) => !person || u.person === person))
      const fits = preview && !away ? fitsOf(units) : 'open'
      const paid = units.reduce((sum, u) => sum + (u.fits === 'yes' ? (u.amount_fen ?? 0) : 0), 0)
      const sent = away ? [tr('本地收件，转送户籍地审核决定', 'taken here, sent on to where they are registered, decided there')] : null
      const told = sent ?? units.map((u) => (fits === 'open' && missing(u, h)) || both(u.result)).filter(Boolean)
      out.push({
        key: s.name + '|' + (person ?? ''),
        service: s,
        person,
        fits,
        why: [...new Set(told)].join('；'),
        fen: paid,
        away,
        enrolled: !away && h.enrolments.some((e) => s.decides.includes(e.programme) && (!s.of_member || e.person === person)),
      })
    }
  }
  const rank = { yes: 0, open: 1, no: 2 }
  return out.sort((a, b) => Number(a.enrolled) - Number(b.enrolled) || rank[a.fits] - rank[b.fits])
}

export const FITS: Record<Fits, () => string> = {
  yes: () => tr('符合', 'fits'),
  open: () => tr('待补情况', 'facts missing'),
  no: () => tr('不符合', 'does not fit'),
}
