/* The forms of the reports, and where their numbers lead. */
import type { Division } from '@/types'
import type { Both } from './tr'

export interface ReportNumbers {
  open: number
  late: number
  warned: number
  due_today: number
  paused: number
  done: number
  in_time: number
  days_tenths: number | null
  limit_tenths: number | null
}
export interface ReportRow extends ReportNumbers {
  division: Division
  own: boolean
}
export interface ReportService extends ReportNumbers {
  service: string
  step: string
  label: Both
}
export interface DeskReport {
  division: Division
  level: string
  month: string
  today: string
  rows: ReportRow[]
  services: ReportService[]
  sum: ReportNumbers
}

export interface FigureName {
  name: string
  kind: 'households' | 'persons' | 'of' | 'paid' | 'fen'
  label: Both
}
export interface FigureLine {
  division: Division
  programme: string
  label: Both
  n: Record<string, number>
  gaps: Record<string, number>
}
export interface Figures {
  month: string
  division: Division
  figures: FigureName[]
  gaps: { name: string; label: Both }[]
  sums: FigureLine[]
  rows: FigureLine[]
  stops: { county: Division; programme: string; label: Both; reason: Both; households: number; persons: number }[]
  counties: number
  not_run: number
}
export interface FigureItem {
  household: string | null
  head: string
  division: Division
  programme: string
  label: Both
  n: number
  fen: number | null
}

/* An average that comes in tenths. */
export function tenths(n: number | null): string {
  return n === null ? '' : `${Math.floor(n / 10)}.${n % 10}`
}
/* A share in whole per cent; nothing of nothing. */
export function share(part: number, of: number): string {
  return of ? `${Math.round((part * 100) / of)}%` : ''
}
/* Is there something below a division of this code to look into? */
export function hasParts(code: string): boolean {
  return code.endsWith('000')
}
