import { specOf, type FieldSpec } from './fields'
import { both, tr, type Both } from './tr'
import { RELATIONS } from './words'
import { useMeta } from '@/stores/meta'
import type { Division, Household, Member, Preview, Value } from '@/types'

/* A family change as its people say it: what is asked for each kind, and what the server takes and tells. */
export type Values = Record<string, Value | string[] | undefined>
export interface FamilyNeed {
  field: string
  register: string
  person: string | null
}
export interface FamilyRow {
  programme: string
  label: Both
  person: string | null
  name: string
  means: 'same' | 'raise' | 'cut' | 'stop' | 'ends' | 'unclaimed' | 'open' | 'elsewhere'
  by: 'nobody' | 'act' | 'proposal' | 'choice' | 'kinship'
  month: string
  enrolled: boolean[]
  before_fen: number | null
  after_fen: number | null
  next_fen: number | null
  before: Both
  after: Both
  reasons: Both
  paid: { from: string; upto: string } | null
  review: Division | null
  service: string | null
  needs: FamilyNeed[]
  letter: { title: Both; text: string } | null
}
export interface FamilyHome {
  ref: string | null
  made: boolean
  over: boolean
  related: boolean
  head: string
  members: number
  division: Division | null
  before_fen: number
  after_fen: number
  rows: FamilyRow[]
  trace_before: Preview | null
  trace_after: Preview | null
}
export interface FamilyChanged {
  ref: string
  version: number
  household: string | null
  month: string
  decided: number
  proposed: number
  notices: number
  reviews: number
  unseen: number
  kept_by: Division | null
  households: FamilyHome[]
}

export interface FamilyKind {
  kind: string
  title: () => string
  hint: () => string /* what proves it */
  fields: (h: Household, v: Values) => FieldSpec[]
}

const living = (h: Household) => h.members.filter((m) => !m.death)
const people = (list: Member[]) => list.map((m) => ({ name: m.ref, label: m.name }))
function whose(h: Household, label: string): FieldSpec {
  return { name: 'person', kind: 'choice', label, required: true, options: people(living(h)) }
}
const goes = (v: Values): string[] => [String(v.person ?? ''), ...(Array.isArray(v.persons) ? v.persons : [])]
/* Who goes along: anybody else of the household. */
function along(h: Household, v: Values, label: string): FieldSpec[] {
  const rest = living(h).filter((m) => m.ref !== v.person)
  return v.person && rest.length ? [{ name: 'persons', kind: 'many', label, options: people(rest) }] : []
}
/* Asked only when the head goes and others stay. */
function nextHead(h: Household, gone: string[]): FieldSpec[] {
  const rest = living(h).filter((m) => !gone.includes(m.ref))
  return gone.includes(h.head?.ref ?? '') && rest.length
    ? [{ name: 'head', kind: 'choice', label: tr('这户现在的户主', 'Who is head of this household now'), required: true, options: people(rest) }]
    : []
}
function relation(name: string, label: string, required: boolean): FieldSpec {
  return { name, kind: 'choice', label, required, options: RELATIONS.filter((r) => r.name !== '02').map((r) => ({ name: r.name, label: { zh: r.zh, en: r.en } })) }
}
const village = (label: string, required: boolean): FieldSpec => ({ name: 'division', kind: 'division', label, required })
function facts(names: string[]): FieldSpec[] {
  const meta = useMeta()
  return names.flatMap((n) => {
    const f = meta.field('person', n)
    return f ? [{ ...specOf(f), name: 'fact:' + n, required: false }] : []
  })
}

export const FAMILY: FamilyKind[] = [
  {
    kind: 'birth', title: () => tr('出生', 'Birth'), hint: () => tr('如：出生医学证明', 'such as: birth certificate'),
    fields: () => [
      { name: 'name', kind: 'text', label: tr('孩子的姓名', 'The child’s name'), required: true },
      { name: 'sex', kind: 'choice', label: tr('性别', 'Sex'), required: true, options: [{ name: '1', label: { zh: '男', en: 'male' } }, { name: '2', label: { zh: '女', en: 'female' } }] },
      relation('relation', tr('与户主关系', 'Relation to the head'), true),
      { name: 'id_number', kind: 'id_number', label: tr('身份证号（已上户的）', 'Identity number, if there is one') },
    ],
  },
  {
    kind: 'death', title: () => tr('死亡', 'Death'), hint: () => tr('如：死亡医学证明、火化证明', 'such as: death certificate'),
    fields: (h, v) => [whose(h, tr('谁去世了', 'Who died')), ...nextHead(h, [String(v.person ?? '')])],
  },
  {
    kind: 'marriage', title: () => tr('结婚', 'Marriage'), hint: () => tr('如：结婚证', 'such as: marriage certificate'),
    fields: (h, v) => [
      whose(h, tr('这户谁结婚', 'Who of this household')),
      { name: 'partner_id', kind: 'id_number', label: tr('对方身份证号', 'The other’s identity number'), required: !v.partner, hint: tr('对方在别的乡镇、县区也可以', 'also of another township or county') },
      ...(v.partner_id ? [] : [{ name: 'partner', kind: 'person', label: tr('或者按姓名找（本辖区的人）', 'or by name, within one’s own area') } as FieldSpec]),
      {
        name: 'where', kind: 'choice', label: tr('婚后住在哪里', 'Where they live then'), required: true,
        options: [
          { name: 'here', label: { zh: '对方到这户来', en: 'the other comes here' } },
          { name: 'there', label: { zh: '到对方那户去', en: 'goes to the other’s' } },
          { name: 'new', label: { zh: '两人另立一户', en: 'a household of their own' } },
        ],
      },
      ...(v.where === 'there' || v.where === 'new' ? [...along(h, v, tr('一起去的（如孩子）', 'Who goes along')), ...nextHead(h, goes(v))] : []),
      ...(v.where === 'new' ? [village(tr('新户住在（不填为这户所在村）', 'Where it lives, if not in this village'), false)] : []),
    ],
  },
  {
    kind: 'divorce', title: () => tr('离婚', 'Divorce'), hint: () => tr('如：离婚证、判决书', 'such as: divorce certificate, judgment'),
    fields: (h, v) => [
      whose(h, tr('谁离开这户', 'Who leaves this household')),
      ...along(h, v, tr('跟着走的（如孩子）', 'Who goes along, children say')),
      ...nextHead(h, goes(v)),
      {
        name: 'to', kind: 'choice', label: tr('离开后', 'Then'), required: true,
        options: [{ name: 'own', label: { zh: '另立一户', en: 'a household of their own' } }, { name: 'back', label: { zh: '回到别的家庭（如父母家）', en: 'back to another household' } }],
      },
      ...(v.to === 'own' ? [village(tr('住在（不填为这户所在村）', 'Where, if not in this village'), false)] : []),
      ...(v.to === 'back' ? [{ name: 'household', kind: 'household', label: tr('哪一户', 'Which household'), required: true } as FieldSpec, relation('relation', tr('与那户户主的关系', 'Relation to the head there'), true)] : []),
    ],
  },
  {
    kind: 'move', title: () => tr('搬迁', 'Move'), hint: () => tr('如：户口迁移证明、入户调查', 'such as: transfer of registration, a visit'),
    fields: () => [village(tr('全家搬到哪个村（社区）', 'To which village or community'), true)],
  },
  {
    kind: 'job', title: () => tr('就业', 'Work'), hint: () => tr('如：劳动合同、工资流水、本人申报', 'such as: contract, wage slips, declaration'),
    fields: (h) => [whose(h, tr('谁的工作变了', 'Whose work')), ...facts(['employed', 'wage', 'income'])],
  },
  {
    kind: 'disability', title: () => tr('残疾', 'Disability'), hint: () => tr('如：残疾人证', 'such as: certificate of disability'),
    fields: (h) => [whose(h, tr('谁办了残疾人证', 'Whose certificate')), ...facts(['disability_grade'])],
  },
]

/* What the form of a kind begins with, so that what is known is not typed again. */
export function presetOf(kind: string, h: Household, person: string): Values {
  const m = h.members.find((x) => x.ref === person)
  const names = kind === 'job' ? ['employed', 'wage', 'income'] : kind === 'disability' ? ['disability_grade'] : []
  const out: Values = {}
  for (const n of names) {
    const v = m?.facts[n]
    out['fact:' + n] = v === null ? undefined : (v as Value | undefined)
  }
  return out
}

/* A fact that somebody still has to tell: by whom it is in the body, and its name among the values. */
export const needKey = (n: { field: string; person: string | null }): string => `need:${n.person ?? ''}:${n.field}`

/* The child has no income, work or illness unless somebody says so. */
export function atBirth(n: FamilyNeed): Value | undefined {
  const meta = useMeta()
  const f = meta.field(n.register, n.field)
  if (n.person !== 'new1' || !f) return undefined
  if (f.kind === 'yes or no' || f.kind === 'boolean') return false
  if (f.kind.startsWith('money')) return 0
  return meta.code(f.code)?.values.find((v) => v.name === 'none')?.name
}

export function bodyOfFamily(kind: string, v: Values, needs: FamilyNeed[], undecided: { household: string | null; programme: string }[]): Record<string, unknown> {
  const body: Record<string, unknown> = { kind, undecided }
  const list: { person: string | null; field: string; value: unknown }[] = []
  for (const [k, x] of Object.entries(v)) {
    if (x === undefined || x === '' || k === 'to' || k.startsWith('need:')) continue
    if (k.startsWith('fact:')) list.push({ person: String(v.person ?? ''), field: k.slice(5), value: x })
    else body[k] = k === 'sex' ? Number(x) : x
  }
  for (const n of needs) {
    const x = v[needKey(n)]
    if (x !== undefined && x !== '') list.push({ person: n.person, field: n.field, value: x })
  }
  if (v.to === 'own') delete body.household
  if (v.to === 'back') delete body.division
  body.facts = list
  return body
}

const MEANS: Record<FamilyRow['means'], () => string> = {
  same: () => tr('照旧', 'goes on'),
  raise: () => tr('增发', 'more'),
  cut: () => tr('减发', 'less'),
  stop: () => tr('停发', 'stops'),
  ends: () => tr('在原处终止', 'ends there'),
  unclaimed: () => tr('可以申请', 'may be applied for'),
  open: () => tr('待补情况', 'facts are missing'),
  elsewhere: () => tr('现住地接续', 'to be looked at there'),
}
export const meansText = (m: FamilyRow['means']): string => MEANS[m]()
const BY: Record<FamilyRow['by'], () => string> = {
  nobody: () => '',
  act: () => tr('当场决定', 'decided now'),
  proposal: () => tr('报县（区）决定', 'for the county to decide'),
  choice: () => tr('先报建议，不决定', 'left as a proposal'),
  kinship: () => tr('本人或近亲属，由他人决定', 'own family: somebody else decides'),
}
export const byText = (b: FamilyRow['by']): string => BY[b]()
export const memberName = (h: Household, ref: string | null): string =>
  ref === 'new1' ? tr('孩子', 'the child') : ref === 'made' ? tr('新户', 'the new household') : (h.members.find((m) => m.ref === ref)?.name ?? '')
export const needSpec = (h: Household, n: FamilyNeed): FieldSpec | undefined => {
  const f = useMeta().field(n.register, n.field)
  const who = memberName(h, n.person)
  return f && { ...specOf(f), name: needKey(n), label: (who ? who + tr('的', '’s ') : '') + both(f.label), required: false }
}
