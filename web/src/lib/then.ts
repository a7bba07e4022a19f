/*
 * Another time than now, in both senses: as of a day (valid time), and as known at a time. Both stand in the
 * address (?as_of=2021-03-01&known_at=2021-03-01T17:30:05.123), so that they can be sent and gone back from.
 */
import { computed, type ComputedRef } from 'vue'
import { useRoute, type LocationQueryRaw } from 'vue-router'
import { shown, specOf } from './fields'
import { yuan } from './format'
import { both, lang, tr } from './tr'
import { relationText } from './words'
import { useMeta } from '@/stores/meta'
import type { Household, Member, Value } from '@/types'

export interface Then {
  as_of?: string
  known_at?: string
}
const HOURS_8 = 8 * 3600_000

/* What the address asks for. */
export function useThen(): ComputedRef<Then> {
  const route = useRoute()
  const one = (name: string) => (typeof route.query[name] === 'string' && route.query[name] ? String(route.query[name]) : undefined)
  return computed(() => ({ as_of: one('as_of'), known_at: one('known_at') }))
}
export const isThen = (t: Then): boolean => !!(t.as_of || t.known_at)
/* The address with other times. */
export function queryWith(query: LocationQueryRaw, to: Then): LocationQueryRaw {
  return { ...query, as_of: to.as_of || undefined, known_at: to.known_at || undefined }
}

/* A moment as known_at takes it: China's clock, to the thousandth. */
export function knownAtOf(ms: number): string {
  return new Date(ms + HOURS_8).toISOString().slice(0, 23)
}
/* 2021年3月3日 17:30, to be read and to be spoken; a day alone is the whole of it. */
export function knownText(known: string): string {
  const day = dayWords(known.slice(0, 10))
  return known.length > 10 ? `${day} ${known.slice(11, 16)}` : tr('{d} 日终', 'the end of {d}', { d: day })
}
export function dayWords(day: string): string {
  const [y, m, d] = day.split('-').map(Number)
  return lang.value === 'zh' ? `${y}年${m}月${d}日` : day
}
/* Which stop a text stands at: the last that is not after it; -1: before all. Days and known_at alike. */
export function stopOf(stops: string[], at: string): number {
  /* a time without its seconds is all of that minute, a day all of it */
  const end = at.length === 10 ? at + 'T23:59:59.999' : at.length === 16 ? at + ':59.999' : at
  let found = -1
  stops.forEach((s, i) => {
    if (s <= (s.length === 10 ? at.slice(0, 10) : end)) found = i
  })
  return found
}

/* ---- what is otherwise now ---- */

export interface Difference {
  what: string
  then: string
  now: string
}
const nothing = () => tr('无', 'none')
const ofAll = (h: Household): Member[] => [...h.members, ...(h.former ?? [])]
const keyOf = (programme: string, person: string | null) => `${programme} ${person ?? ''}`

function memberDifferences(then: Household, now: Household): Difference[] {
  const out: Difference[] = []
  const here = tr('是家庭成员', 'a member')
  const not = tr('不是家庭成员', 'not a member')
  for (const m of then.members) {
    const is = now.members.find((x) => x.ref === m.ref)
    if (!is) out.push({ what: m.name, then: here, now: not })
    else {
      if (is.name !== m.name) out.push({ what: tr('姓名', 'name'), then: m.name, now: is.name })
      const was = relationText(m.relation, m.relation_label)
      const has = relationText(is.relation, is.relation_label)
      if (was !== has) out.push({ what: m.name + tr('的关系', ': relation'), then: was, now: has })
      if ((m.death ?? '') !== (is.death ?? '')) out.push({ what: m.name + tr('的死亡日期', ': died on'), then: m.death || nothing(), now: is.death || nothing() })
    }
  }
  for (const m of now.members) if (!then.members.some((x) => x.ref === m.ref)) out.push({ what: m.name, then: not, now: here })
  return out
}

/* The text of a fact in its field's words; what is not on record is none. */
export function useFactText(): (register: string, field: string, v: Value | undefined) => string {
  const meta = useMeta()
  return (register, field, v) => {
    const f = meta.register(register)?.fields.find((x) => x.name === field)
    return v === undefined || v === null ? tr('未登记', 'not on record') : f ? shown(specOf(f), v) : String(v)
  }
}

/* All that is otherwise now, each in words. */
export function useDifferences(then: () => Household | null, now: () => Household | null): ComputedRef<Difference[]> {
  const meta = useMeta()
  const text = useFactText()
  const label = (register: string, field: string) => both(meta.register(register)?.fields.find((f) => f.name === field)?.label) || field
  function facts(register: string, whose: string, was: Record<string, Value>, is: Record<string, Value>): Difference[] {
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter((f) => f !== 'birth_date' && (was[f] ?? null) !== (is[f] ?? null))
      .map((f) => ({ what: (whose ? whose + tr('的', ': ') : '') + label(register, f), then: text(register, f, was[f]), now: text(register, f, is[f]) }))
  }
  function money(t: Household, n: Household): Difference[] {
    const here = (h: Household) => new Map(h.enrolments.filter((e) => e.now).map((e) => [keyOf(e.programme, e.person), e]))
    const was = here(t)
    const is = here(n)
    const amount = (e: Household['enrolments'][number] | undefined) => (!e ? tr('不在册', 'not enrolled') : tr('在册，每月 {n} 元', 'enrolled, {n} yuan a month', { n: yuan(e.amount_fen ?? 0) }))
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((k) => amount(was.get(k)) !== amount(is.get(k)))
      .map((k) => {
        const e = (was.get(k) ?? is.get(k))!
        const who = e.person ? (ofAll(n).find((m) => m.ref === e.person)?.name ?? '') : ''
        return { what: meta.programme(e.programme) + (who ? ' ' + who : ''), then: amount(was.get(k)), now: amount(is.get(k)) }
      })
  }
  return computed(() => {
    const t = then()
    const n = now()
    if (!t || !n) return []
    const out: Difference[] = []
    if (t.head.ref !== n.head.ref) out.push({ what: tr('户主', 'head'), then: t.head.name, now: n.head.name })
    if (t.division?.code !== n.division?.code) out.push({ what: tr('住址', 'address'), then: t.division?.name ?? nothing(), now: n.division?.name ?? nothing() })
    out.push(...memberDifferences(t, n), ...facts('household', '', t.facts, n.facts))
    for (const m of t.members) {
      const is = n.members.find((x) => x.ref === m.ref)
      if (is) out.push(...facts('person', m.name, m.facts, is.facts))
    }
    return [...out, ...money(t, n)]
  })
}
