import { specOf, type FieldSpec } from './fields'
import { both, tr } from './tr'
import { RELATIONS } from './words'
import { useMeta } from '@/stores/meta'
import type { Household, Value } from '@/types'

/* What may change in a household beside a family change (family.ts), and what is asked for each. */
export interface Change {
  kind: string
  title: () => string
  fields: (h: Household, v: Values) => FieldSpec[]
}
type Values = Record<string, Value | string[] | undefined>

const people = (h: Household) => h.members.filter((m) => !m.death).map((m) => ({ name: m.ref, label: m.name }))
const person = (h: Household, label: string): FieldSpec => ({ name: 'person', kind: 'choice', label, required: true, options: people(h) })
const relation = (): FieldSpec => ({
  name: 'relation', kind: 'choice', label: tr('与户主关系', 'Relation to the head'), required: true,
  options: RELATIONS.filter((r) => r.name !== '02').map((r) => ({ name: r.name, label: { zh: r.zh, en: r.en } })),
})
/* Asked only when the head goes and others stay. */
function nextHead(h: Household, who: (ref: string) => boolean): FieldSpec[] {
  const rest = people(h).filter((p) => p.name !== h.head?.ref && !who(p.name))
  return who(h.head?.ref ?? '') && rest.length ? [{ name: 'head', kind: 'choice', label: tr('现在的户主', 'Who is head now'), required: true, options: rest }] : []
}

export const CHANGES: Change[] = [
  { kind: 'fact', title: () => tr('情况变化', 'a fact'), fields: factFields },
  {
    kind: 'in', title: () => tr('迁入', 'came in'),
    fields: (_h, v) => [
      { name: 'person', kind: 'person', label: tr('已在系统里的人', 'Somebody on record'), hint: tr('不在系统里的，填下面的姓名和号码', 'else fill in name and number below') },
      ...(v.person ? [] : [
        { name: 'name', kind: 'text', label: tr('姓名', 'Name') },
        { name: 'id_number', kind: 'id_number', label: tr('身份证号', 'Identity number') },
      ]),
      relation(),
    ],
  },
  {
    kind: 'out', title: () => tr('迁出', 'left'),
    fields: (h, v) => [person(h, tr('谁离开了', 'Who left')), ...nextHead(h, (r) => r === v.person)],
  },
  {
    kind: 'split', title: () => tr('分户', 'split'),
    fields: (h, v) => [
      { name: 'persons', kind: 'many', label: tr('分出去的人', 'Who leaves'), required: true, options: people(h) },
      { name: 'head', kind: 'choice', label: tr('新户的户主', 'Head of the new household'), required: true, options: people(h).filter((p) => Array.isArray(v.persons) && v.persons.includes(p.name)) },
      { name: 'division', kind: 'division', label: tr('新户住在（不填为原处）', 'Where it lives, if elsewhere') },
    ],
  },
  {
    kind: 'joined', title: () => tr('并户', 'joined'),
    fields: () => [{ name: 'household', kind: 'household', label: tr('并进来的家庭', 'The household that comes in'), required: true }, relation()],
  },
  {
    kind: 'numbers', title: () => tr('手机、银行卡', 'phone, card'),
    fields: (h) => [
      person(h, tr('谁的', 'Whose')),
      { name: 'phone', kind: 'phone', label: tr('手机号', 'Mobile number') },
      { name: 'card', kind: 'card', label: tr('银行卡号', 'Card number'), hint: tr('只在还没有的时候登记；更换请到“收款账户”', 'only where there is none yet; it is changed under “Accounts”') },
    ],
  },
]

/* One fact: whose, which, its value. */
function factFields(h: Household, v: Values): FieldSpec[] {
  const meta = useMeta()
  const register = v.person ? 'person' : 'household'
  const fields = (meta.register(register)?.fields ?? []).filter(
    (f) => !f.computed && !f.kind.startsWith('many') && !['birth_date', 'relation', 'name', 'sex', 'death_date'].includes(f.name),
  )
  const chosen = fields.find((f) => f.name === v.field)
  return [
    { name: 'person', kind: 'choice', label: tr('谁的情况', 'Whose'), options: [{ name: '', label: tr('家庭', 'the household') }, ...people(h)] },
    { name: 'field', kind: 'choice', label: tr('哪一项', 'Which'), required: true, options: fields.map((f) => ({ name: f.name, label: both(f.label) })) },
    ...(chosen ? [{ ...specOf(chosen), name: 'value', required: false }] : []),
  ]
}

/* The body that the server takes. */
export function bodyOfChange(kind: string, day: string, evidence: string, v: Values): Record<string, unknown> {
  const body: Record<string, unknown> = { kind, day, evidence }
  if (kind === 'fact') {
    body.facts = [{ person: v.person || null, field: v.field, value: v.value ?? null }]
    return body
  }
  for (const [k, x] of Object.entries(v)) if (x !== undefined && x !== '') body[k] = k === 'sex' ? Number(x) : x
  return body
}
