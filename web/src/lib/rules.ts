import { tr } from './tr'
import type { Basis, RuleLimit } from '@/types'

/* What a rule rests on, in one line. */
export function sourceText(list: Basis[] | undefined): string {
  return (list ?? [])
    .map((b) => {
      const art = (b.articles ?? [])
        .map(([a, z]) => (a === z ? tr('第{a}条', 'art. {a}', { a }) : tr('第{a}至{z}条', 'arts. {a} to {z}', { a, z })))
        .join('、')
      if (b.assumed) return tr('推定：', 'assumed: ') + b.assumed
      return (b.law ?? '') + (art ? ' ' + art : '')
    })
    .join('；')
}
export const isAssumed = (list: Basis[] | undefined): boolean => (list ?? []).some((b) => !!b.assumed)

export function limitText(l: RuleLimit | null): string {
  if (!l) return ''
  const units: Record<string, string> = {
    workdays: tr('{n} 个工作日', '{n} working days', { n: l.n }),
    days: tr('{n} 日', '{n} days', { n: l.n }),
    months: tr('{n} 个月', '{n} months', { n: l.n }),
  }
  return units[l.unit] ?? `${l.n} ${l.unit}`
}

/* ---- the language, coloured ---- */

export interface Piece {
  kind: 'comment' | 'text' | 'word' | 'number' | ''
  text: string
}
const WORDS = new Set(
  `policy service register extend code document place lines basis article articles assumed for each member household month
   parameter by outcome when otherwise because failed only in pays example expect suppose of and or not any no every is
   count sum highest lowest over who are has with taken as unknown none at least most rounded half up to fen since years months
   days carry set from through area division required sensitive searched step steps papers notice notices within after grants
   applicant decides form`.split(/\s+/),
)
export function pieces(source: string): Piece[] {
  const out: Piece[] = []
  const re = /(--[^\n]*)|("[^"\n]*"|“[^”\n]*”)|([A-Za-z_][A-Za-z_0-9]*)|(\d[\d.,]*%?)|([\s\S])/g
  for (const m of source.matchAll(re)) {
    const kind = m[1] ? 'comment' : m[2] ? 'text' : m[3] && WORDS.has(m[3]) ? 'word' : m[4] ? 'number' : ''
    const last = out[out.length - 1]
    if (last && last.kind === kind && kind === '') last.text += m[0]
    else out.push({ kind, text: m[0] })
  }
  return out
}

/* ---- two texts beside one another ---- */

export interface Line {
  kind: 'same' | 'out' | 'in'
  text: string
}
/* Lines that both have, as many as can be in order; what is left was taken out or put in. */
export function lineDiff(before: string, after: string): Line[] {
  const a = before.replace(/\n$/, '').split('\n')
  const b = after.replace(/\n$/, '').split('\n')
  const w = b.length + 1
  const best = new Uint32Array((a.length + 1) * w)
  for (let i = a.length - 1; i >= 0; i--)
    for (let k = b.length - 1; k >= 0; k--)
      best[i * w + k] = a[i] === b[k] ? best[(i + 1) * w + k + 1]! + 1 : Math.max(best[(i + 1) * w + k]!, best[i * w + k + 1]!)
  const out: Line[] = []
  let i = 0
  let k = 0
  while (i < a.length || k < b.length) {
    if (i < a.length && k < b.length && a[i] === b[k]) {
      out.push({ kind: 'same', text: a[i]! })
      i++
      k++
    } else if (i < a.length && (k >= b.length || best[(i + 1) * w + k]! >= best[i * w + k + 1]!)) {
      out.push({ kind: 'out', text: a[i++]! })
    } else {
      out.push({ kind: 'in', text: b[k++]! })
    }
  }
  return out
}
/* What changed with a few lines around it; null: lines left out. */
export function shortened(lines: Line[], around = 2): (Line | null)[] {
  const keep = lines.map((_, i) => lines.slice(Math.max(0, i - around), i + around + 1).some((l) => l.kind !== 'same'))
  const out: (Line | null)[] = []
  lines.forEach((l, i) => {
    if (keep[i]) out.push(l)
    else if (out.length && out[out.length - 1] !== null) out.push(null)
    else if (!out.length) out.push(null)
  })
  return out
}
