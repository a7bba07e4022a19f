import { dayOf, fenOf, halfWidth, idWrong, monthOf, yuan } from './format'
import { both, tr, type Both } from './tr'
import { useMeta } from '@/stores/meta'
import type { Field, Value } from '@/types'

/*
 * Kinds of fields: how a value is typed, checked and shown. Declarations of registers and the forms of
 * this program's own dialogs go through the same table.
 */
export interface FieldSpec {
  name: string
  label: Both | string
  kind: string
  code?: string | null
  options?: { name: string; label: Both | string }[]
  required?: boolean
  hint?: string
  at_least?: number | string | null
  at_most?: number | string | null
}
export type Widget =
  | 'text' | 'lines' | 'number' | 'money' | 'rate' | 'day' | 'month' | 'yesno' | 'choice' | 'many'
  | 'division' | 'household' | 'person' | 'id' | 'phone' | 'card'

const WIDGETS: Record<string, Widget> = {
  text: 'text',
  lines: 'lines',
  'long text': 'lines',
  count: 'number',
  number: 'number',
  months: 'number',
  years: 'number',
  days: 'number',
  age: 'number',
  money: 'money',
  'money per month': 'money',
  'money per year': 'money',
  rate: 'rate',
  date: 'day',
  day: 'day',
  month: 'month',
  'yes or no': 'yesno',
  boolean: 'yesno',
  code: 'choice',
  choice: 'choice',
  many: 'many',
  division: 'division',
  household: 'household',
  person: 'person',
  id_number: 'id',
  phone: 'phone',
  card: 'card',
  bank_card: 'card',
  name: 'text',
  address: 'text',
  credit_code: 'text',
  reference: 'text',
}

export function widgetOf(f: FieldSpec): Widget {
  if (f.options) return f.kind === 'many' ? 'many' : 'choice'
  if (f.code) return 'choice'
  return WIDGETS[f.kind] ?? 'text'
}

export function specOf(f: Field): FieldSpec {
  return {
    name: f.name,
    label: f.label,
    kind: f.kind === 'reference' && f.of ? f.of : f.kind,
    code: f.code ?? null,
    required: f.required ?? false,
    at_least: f.at_least ?? null,
    at_most: f.at_most ?? null,
  }
}

export function optionsOf(f: FieldSpec): { name: string; label: string }[] {
  const list = f.options ?? useMeta().code(f.code)?.values ?? []
  return list.map((o) => ({ name: o.name, label: both(o.label) || o.name }))
}

/* What stands behind the box. */
export function unitOf(f: FieldSpec): string {
  const units: Record<string, string> = {
    money: tr('元', 'yuan'),
    'money per month': tr('元/月', 'yuan a month'),
    'money per year': tr('元/年', 'yuan a year'),
    months: tr('个月', 'months'),
    years: tr('年', 'years'),
    days: tr('天', 'days'),
    age: tr('岁', 'years'),
    rate: '%',
  }
  return units[f.kind] ?? ''
}

export type Parsed = { value: Value | undefined } | { wrong: string }

function amount(text: string, f: FieldSpec): Parsed {
  const fen = fenOf(text)
  if (fen === undefined) {
    return { wrong: tr('应为金额，如 1050 或 1,050.00', 'an amount such as 1050 or 1,050.00') }
  }
  if (fen < 0 && f.kind !== 'signed') return { wrong: tr('金额不能为负', 'an amount is not negative') }
  return { value: fen }
}

function whole(text: string, f: FieldSpec): Parsed {
  const t = halfWidth(text).replace(/,/g, '')
  if (!/^-?\d{1,15}$/.test(t)) return { wrong: tr('应为整数', 'a whole number') }
  const n = Number(t)
  const least = typeof f.at_least === 'number' ? f.at_least : 0
  if (n < least) return { wrong: tr('不小于 {n}', 'at least {n}', { n: least }) }
  if (typeof f.at_most === 'number' && n > f.at_most) {
    return { wrong: tr('不大于 {n}', 'at most {n}', { n: f.at_most }) }
  }
  return { value: n }
}

/* What was typed, as a value of the API; undefined: nothing was. */
export function parse(f: FieldSpec, text: string): Parsed {
  const t = text.trim()
  if (!t) return { value: undefined }
  switch (widgetOf(f)) {
    case 'money':
      return amount(t, f)
    case 'number':
      return whole(t, f)
    case 'day': {
      const day = dayOf(t)
      return day ? { value: day } : { wrong: tr('应为日期，如 20201221 或 2020-12-21', 'a day such as 20201221 or 2020-12-21') }
    }
    case 'month': {
      const month = monthOf(t)
      return month ? { value: month } : { wrong: tr('应为月份，如 202012 或 2020-12', 'a month such as 202012 or 2020-12') }
    }
    case 'id': {
      const wrong = idWrong(t)
      return wrong ? { wrong } : { value: halfWidth(t).toUpperCase() }
    }
    case 'phone': {
      const n = halfWidth(t).replace(/[\s-]/g, '')
      return /^(1[3-9]\d{9}|0\d{9,11}|\d{7,8})$/.test(n) ? { value: n } : { wrong: tr('应为手机号（11位）或带区号的座机', 'a mobile number of 11 digits, or a landline') }
    }
    case 'card': {
      const n = halfWidth(t).replace(/\s/g, '')
      return /^\d{12,19}$/.test(n) ? { value: n } : { wrong: tr('应为12至19位数字', '12 to 19 digits') }
    }
    case 'rate': {
      const n = halfWidth(t).replace(/%$/, '')
      return /^\d{1,3}(\.\d{1,4})?$/.test(n) ? { value: n + '%' } : { wrong: tr('应为百分比，如 30', 'a percentage such as 30') }
    }
    default:
      return { value: t }
  }
}

/* A value as it stands in its box. */
export function typed(f: FieldSpec, v: Value | undefined): string {
  if (v === undefined || v === null) return ''
  if (widgetOf(f) === 'money' && typeof v === 'number') return yuan(v).replace(/,/g, '').replace('−', '-')
  if (widgetOf(f) === 'rate') return String(v).replace(/%$/, '')
  return String(v)
}

/* A value as it is read. */
export function shown(f: FieldSpec, v: Value | undefined): string {
  if (v === undefined || v === null || v === '') return tr('未知', 'not known')
  switch (widgetOf(f)) {
    case 'money':
      return typeof v === 'number' ? `${yuan(v)} ${unitOf(f)}` : String(v)
    case 'yesno':
      return v === true || v === 'yes' || v === 1 ? tr('是', 'yes') : tr('否', 'no')
    case 'choice': {
      const text = String(v)
      return optionsOf(f).find((o) => o.name === text)?.label ?? text
    }
    default:
      return String(v) + (unitOf(f) && widgetOf(f) === 'number' ? ' ' + unitOf(f) : '')
  }
}
