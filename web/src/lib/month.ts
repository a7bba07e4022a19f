import { tr } from './tr'
import type { Both } from './tr'
import type { CompareRow } from '@/types'

/* What became of a household's awards between two months. */
export const CHANGES = ['new', 'gone', 'more', 'less', 'other', 'came', 'went'] as const
export type Change = (typeof CHANGES)[number]
export function changeText(kind: string): string {
  const words: Record<string, [string, string]> = {
    new: ['新增', 'new'],
    gone: ['停发', 'gone'],
    more: ['增发', 'more'],
    less: ['减发', 'less'],
    other: ['人员变动', 'other persons'],
    came: ['迁入', 'moved in'],
    went: ['迁出', 'moved away'],
  }
  const w = words[kind]
  return w ? tr(w[0], w[1]) : kind
}

/* Figures added up: by programme, or by part of the division. */
export interface Sum {
  key: string
  name: string | Both
  households: number
  persons: number
  fen: number
  was: { households: number; persons: number; fen: number }
  not_enrolled: number
  counts: Record<Change, number>
  same: number
}
export function nothing(key: string, name: string | Both): Sum {
  return {
    key,
    name,
    households: 0,
    persons: 0,
    fen: 0,
    was: { households: 0, persons: 0, fen: 0 },
    not_enrolled: 0,
    counts: { new: 0, gone: 0, more: 0, less: 0, other: 0, came: 0, went: 0 },
    same: 0,
  }
}
export function add(s: Sum, r: CompareRow): void {
  s.households += r.households
  s.persons += r.persons
  s.fen += r.fen
  s.was.households += r.was.households
  s.was.persons += r.was.persons
  s.was.fen += r.was.fen
  s.not_enrolled += r.not_enrolled
  s.same += r.same
  for (const c of CHANGES) s.counts[c] += r[c]
}
/* One sum for each key, in the order in which they come. */
export function sums(rows: CompareRow[], by: (r: CompareRow) => { key: string; name: string | Both }): Sum[] {
  const out: Sum[] = []
  for (const r of rows) {
    const { key, name } = by(r)
    let s = out.find((x) => x.key === key)
    if (!s) out.push((s = nothing(key, name)))
    add(s, r)
  }
  return out
}
