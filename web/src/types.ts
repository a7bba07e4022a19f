/* The forms of the API that the pages use (docs/api.md). */
import type { Both } from '@/lib/tr'

export interface ProblemDetails {
  type?: string
  title?: string
  status?: number
  detail?: string
  code?: string
  field?: string
  hint?: string
  errors?: { field: string; detail: string }[]
  current?: unknown
}
export interface Count {
  n: number
  exact: boolean
}
export interface List<T> {
  items: T[]
  next?: string | null /* no more when it is null or left out */
  count?: Count
}
export interface Division {
  code: string
  name: string
  level?: string
  kind?: string
  parent?: string
  has_children?: boolean
}
export interface Session {
  account: { id: string; login: string; name: string }
  division: Division
  roles: { role: string; line: string; label?: Both }[]
  csrf: string
  today: string
  demo: boolean
  must_change: boolean
  place: { name: string; label: Both }
}
export interface Status {
  ok: boolean
  today: string
  demo: boolean
  place: { label: Both }
  version: string
}
export type Light = 'grey' | 'amber' | 'red'
export type Sex = string | number | null

export interface Field {
  name: string
  label: Both
  kind: string
  unit?: string
  code?: string | null
  of?: string | null
  required?: boolean
  sensitive?: boolean
  over_time?: boolean
  computed?: boolean
  at_least?: number | string | null
  at_most?: number | string | null
}
export interface Register {
  name: string
  label: Both
  line: string
  record: boolean
  level?: string
  fields: Field[]
  forms?: { label: Both; fields: string[] }[]
  list?: string[]
  sorted_by?: string
}
export interface Code {
  name: string
  label: Both
  values: { name: string; label: Both }[]
}
export interface Paper {
  name: string
  label: Both
  source: string
  only_for?: Both | null
  may_follow?: boolean
  have?: string | null
  file?: string | null
}
export interface Service {
  name: string
  label: Both
  line: string
  form: string
  of_member: boolean
  applicant?: Both
  elsewhere?: boolean
  decides: string[]
  within?: { n: number; unit: string } | null
  papers: Paper[]
  steps: { name: string; label: Both; form: string; at?: string; role?: string }[]
  forms: { label: Both; fields: { register: string; field: string }[] }[]
}
export interface Meta {
  registers: Register[]
  codes: Code[]
  programmes: { name: string; label: Both; line: string; of_member: boolean }[]
  services: Service[]
  roles: { role: string; label: Both; level: string }[]
}

export type Value = string | number | boolean | null
export interface Member {
  ref: string
  name: string
  sex?: Sex
  birth: string
  age: number
  death?: string | null
  relation?: string
  relation_label?: Both | string
  id_number?: string
  phone?: string
  card?: string
  from?: string
  to?: string | null
  facts: Record<string, Value>
}
export interface CaseBrief {
  ref: string
  number: string
  service: string
  label?: Both
  subject: string
  household: string
  division: Division | null
  step?: { name: string; label: Both } | null
  state: string
  due?: string | null
  left?: number | null
  light?: Light
  paused?: boolean
  accepted?: string | null
  unit?: string
  closed?: string | null
  state_label?: Both
  result?: string
  person?: string | null
}
/* What a household comes to by all that is known now. */
export interface Present {
  month: string /* the month at hand */
  waiting: boolean
  failed: boolean
  at_ms: number | null
  units: { person: string | null; programme: string; label: Both; month: string; outcome: Both; reasons: Both; fen: number | null; enrolled: boolean; qualifies: boolean }[]
}

export interface Household {
  ref: string
  version: string | number
  as_of?: string
  known_at?: string | null /* null: now */
  division: Division | null
  head: { ref: string; name: string }
  from?: string
  over?: boolean
  address?: string
  hukou_type?: string
  members: Member[]
  former?: Member[]
  cleared_on?: string | null
  facts: Record<string, Value>
  known?: { field: string; person: string | null; from: string; position?: number | string }[]
  enrolments: {
    programme: string
    person: string | null
    from: string
    to?: string | null
    cause?: string
    amount_fen?: number | null
    now?: boolean
  }[]
  awards: { month: string; programme: string; person: string | null; amount_fen: number; ground?: string }[]
  cases: CaseBrief[]
  related?: boolean
}
export interface HouseholdTimes {
  days: { day: string; what: Both[] }[]
  changes: { position: number; at_ms: number; known_at: string; who: string; name: string; why: Both }[]
  more: boolean
}
export interface HouseholdItem {
  ref: string
  head: { ref: string | null; name: string }
  members: number
  division: Division | null
  programmes: string[]
  open_cases: number
}
export interface PersonItem {
  ref: string
  name: string
  sex?: Sex
  birth?: string
  age?: number
  id_number?: string | null
  household?: string | null
  division?: Division | null
  programmes?: string[]
}

export interface Basis {
  law?: string
  assumed?: string
  articles?: [number, number][]
}
export interface RuleHead {
  name: string
  label: Both
  line: string
  of_member: boolean
  on_application: boolean
  on: boolean
  basis: Basis[]
}
export interface Rules {
  hash: string
  release: number
  released_ms: number
  month: string
  place: { name: string; label: Both; division: string }
  policies: RuleHead[]
  services: { name: string; label: Both; line: string }[]
}
export interface RuleCase {
  when: Both | null
  value: Both | null
}
export interface RuleNamed {
  name: string
  label: Both
  when: Both | null
  basis?: Basis[]
}
export interface RuleDefinition {
  name: string
  label: Both
  of_member: boolean
  value: Both | null
  cases: RuleCase[]
  grounds: RuleNamed[]
  basis: Basis[]
}
export interface RuleAlternative {
  name: string
  label: Both
  otherwise: boolean
  conditions: RuleNamed[]
  pays: { to: Both; value: Both | null }[]
  reasons: RuleNamed[]
}
export interface RuleSet {
  place: Both
  area: Both | null
  from: string
  through: string | null
  in_force: boolean
  values: { of: Both | null; number: number; text: Both }[]
  basis: Basis[]
}
export interface RuleParameter {
  name: string
  label: Both
  kind: string
  basis: Basis[]
  sets: RuleSet[]
}
export interface RuleExample {
  title: string
  place: Both
  month: string
  household: { label: Both; value: Both }[]
  members: { label: Both; value: Both }[][]
  as_expected: boolean
  trace: Trace
}
export interface RulePolicy extends RuleHead {
  definitions: RuleDefinition[]
  outcome: Both
  alternatives: RuleAlternative[]
  carries: { name: string; label: Both; cases: RuleCase[]; basis: Basis[] }[]
  parameters: RuleParameter[]
  examples: RuleExample[]
  file: string
  source: string
}
export interface RuleLimit {
  n: number
  unit: string
  basis: Basis[]
}
export interface RuleService {
  name: string
  label: Both
  line: string
  form: string
  applicant: Both
  decides: string[]
  within: RuleLimit | null
  delegated: RuleLimit | null
  extended: RuleLimit | null
  supplement_within: RuleLimit | null
  papers_within: RuleLimit | null
  basis: Basis[]
  steps: { name: string; label: Both; form: Both; at: string; role: string; within: RuleLimit | null; lasts: RuleLimit | null; since: Both | null; may_delegate: boolean; basis: Basis[] }[]
  papers: { name: string; label: Both; source: string; only_for: Both | null; basis: Basis[] }[]
  file: string
  source: string
}
export interface Rule {
  policy: RulePolicy | null
  services: RuleService[]
}
export interface RuleVersion {
  number: number
  hash: string
  place: string
  released_ms: number
  who: string
  in_force: boolean
}
export interface RuleChange {
  change: 'added' | 'removed' | 'changed'
  kind: string
  name: string
  label: Both
  file: string
  before: string | null
  after: string | null
}
export interface TraceStep {
  kind: 'alternative' | 'condition' | 'payment' | 'value' | 'parameter' | 'change'
  state?: 'holds' | 'fails' | 'open'
  name?: string
  member?: number
  label?: Both
  text?: Both
  value?: Both
  place?: string
  basis?: Basis[]
}
export interface TraceUnit {
  person?: string | null
  member?: number
  outcome: string | null
  label?: Both
  amount_fen?: number | null
  fen?: number | null
  member_payments?: { member: number; fen: number | null }[]
  result?: Both
  needs?: { field: string; person: string | null }[] | Both
  needs_text?: Both
  fits?: 'yes' | 'no' | 'open'
  steps: TraceStep[]
  changes?: (Both | string)[]
}
export interface Programme {
  name: string
  label: Both
  applies: boolean
  basis?: Basis[]
  units: TraceUnit[]
}
export interface Preview {
  month?: string
  members?: string[] /* references, in the order of the trace */
  programmes: Programme[]
  services?: { service: string; fits: 'yes' | 'no' | 'open'; why?: Both }[]
}
export interface Trace {
  month: string
  place?: string
  policies: Programme[]
}
export interface Fact {
  person: string | null
  field: string
  value: Value
}
/* As a case keeps it. */
export interface CaseFact {
  person: string | null
  field: string
  value: unknown
}

export interface Step {
  name: string
  label: Both
  form: string
  at: string
  role: string
  state: 'waiting' | 'open' | 'done' | 'skipped'
  opened?: string | null
  due?: string | null
  left?: number | null
  unit?: string
  light?: Light
  unsure?: boolean
  done?: string | null
  by?: string | null
  result?: string | null
  can?: boolean
}
export interface CaseFile {
  id: string
  name: string
  type: string
  bytes: number
  paper?: string | null
  at_ms: number
  who: string
}
export interface Event {
  seq: number
  kind: string
  step?: string | null
  day: string | null
  at_ms: number
  who: string
  text: Both
}
export interface Action {
  event: string
  label: Both
  step?: string | null
  needs: string[]
}
export interface Proposed {
  programme: string
  person: string | null
  outcome?: Both | string | null
  amount_fen?: number | null
  fen?: number | null
  grant?: boolean
  fits?: 'yes' | 'no' | 'open'
  enrolled?: boolean
  result?: Both
  reasons?: Both
}
export interface Notice {
  id: string
  kind: string
  title: Both | string
  text: Both | string
  household?: string | null
  case?: string | null
  subject?: string
  channels: string[]
  sent: string[]
  made: string | null
  due?: string | null
  division?: Division | null
}
export interface Case extends CaseBrief {
  members?: string[] /* in the order of the calculation */
  version: string | number
  office?: Division | null
  rules?: { hash: string }
  unsure?: boolean
  steps: Step[]
  papers: Paper[]
  files: CaseFile[]
  draft?: Record<string, unknown> | null
  draft_version?: number
  applicant?: { ref: string | null; name: string; relation: string }
  registered?: string
  note?: string
  facts?: CaseFact[]
  programmes: Programme[]
  proposed: Proposed[]
  opinion?: { grant?: boolean; text?: string; programmes?: Proposed[]; who?: string; day?: string | null } | null
  changed_since_opinion?: ({ text: Both | string } | Both | string)[]
  decision?: { grant?: boolean; text?: string; programmes?: Proposed[]; who?: string; day?: string | null } | null
  notices: Notice[]
  story: Event[]
  actions: Action[]
  blocked?: Both | null
  visit_first?: Both | null /* why the county must visit before it decides */
}
export interface Task {
  id: string
  kind: string
  case: string | null
  ref: string | null
  step?: string
  household: string | null
  title: Both
  subject: string
  line: string
  village?: Division | null
  division: Division | null
  opened?: string | null
  due: string | null
  left: number | null
  unit: string
  light: Light
  unsure?: boolean
  paused?: boolean
  batch?: string | null
  mine: boolean
}
export interface DeskCounts {
  open: number
  warned: number
  late: number
  due_today: number
  done_today: number
  paused: number
  exact?: boolean
}
export interface Desk {
  today: string
  items: Task[]
  counts: DeskCounts
  next: string | null
}
export interface Remark {
  kind: string
  case: string | null
  number: string
  subject: string
  due: string | null
  text: Both
}
export interface Handover {
  more?: boolean
  division?: Division | null
  today?: string
  account?: { login: string; name: string } | null
  cases: (Omit<CaseBrief, 'division' | 'household'> & { household: string | null; why?: Both | null })[]
  promises: Remark[]
  risks: Remark[]
  notices: Notice[]
  words: Both[]
  week: Task[]
  week_more: boolean
  open: {
    kind: string
    step: string
    title: Both
    n: number
    late: number
    subjects: { subject: string; case: string | null; household: string | null; due: string | null }[]
  }[]
  open_more: boolean
  people: { name: string; login: string; division: Division; role: Both; line: string }[]
}
export interface Proposal {
  id: string
  month: string
  household: string
  head: { ref: string; name: string } | null
  person: { ref: string; name: string } | null
  label?: Both
  kind_label?: Both
  decided_on?: string | null
  decided_by?: string
  text?: string
  batch?: boolean
  programme: string
  kind: 'add' | 'raise' | 'cut' | 'stop'
  old_fen: number
  new_fen: number
  outcome?: Both | null
  reasons: Both[]
  state: string
  division: Division | null
  letter?: Letter | null
}
export interface CompareRow {
  division: Division
  programme: string
  label: Both
  households: number
  persons: number
  fen: number
  payments: number
  was: { households: number; persons: number; fen: number }
  not_enrolled: number
  new: number
  gone: number
  more: number
  less: number
  other: number
  came: number
  went: number
  same: number
}
export interface Compare {
  month: string
  before: string
  compared: boolean
  everywhere: boolean
  way: Division[]
  rows: CompareRow[]
}
interface MonthLine {
  household: string
  head: { ref: string; name: string } | null
  division: Division
  programme: string
  label: Both
}
export interface AwardChange extends MonthLine {
  kind: string
  old_fen: number
  new_fen: number
  why: { kind: string; text: Both; case: string | null }[]
}
export interface Candidate extends MonthLine {
  person: { ref: string; name: string } | null
  fen: number | null
}
export interface Payment extends MonthLine {
  payee: { ref: string; name: string } | null
  fen: number
}
export interface ProposalSum {
  division: Division
  programme: string
  label: Both
  kind: Proposal['kind']
  kind_label: Both
  n: number
  old_fen: number
  new_fen: number
}
export interface Letter {
  title: Both
  text: string
  channels: string[]
}
export interface Run {
  month: string
  state: string
  done?: number
  total?: number
  households?: number
  fen?: number
  started_ms?: number
  ended_ms?: number | null
  changed?: boolean
  error?: string | null
  proposals?: number
  payments?: number
  rows?: {
    county: Division | null
    programme: string
    label?: Both
    households: number
    persons: number
    fen: number
    not_enrolled: number
    no_more: number
    undecided: number
    proposals: number
  }[]
}
export interface Found {
  kind: 'person' | 'household' | 'case' | 'division'
  ref: string
  title: string
  detail: string
  household?: string | null
  division?: Division | null
}
export interface Account {
  id: string
  login: string
  name: string
  division: Division | null
  roles: { role: string; line: string; label?: Both }[]
  state: 'active' | 'closed'
  demo?: boolean
  must_change?: boolean
  person?: string | null
  password?: string
  version?: string | number
}
export interface HistoryItem {
  day: string
  kind: string
  what: Both
  who: string
  at_ms: number
}
export interface MadePaper {
  ref: string
  number: string
  form: string
  title: string
  made: string
  who: string
  state: 'valid' | 'replaced'
}
export interface PaperOffer {
  form: string
  label: Both
  person: string | null
  name: string
  can: boolean
  why: Both | null
  paper: string | null
}
export interface CaseDocumentsList {
  made: MadePaper[]
  offers: PaperOffer[]
}
export interface Print {
  print: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  done: number
  total: number
  error: string
}

/* A workbook that was sent in. */
export interface ImportBrief {
  ref: string
  name: string
  bytes: number
  state: 'waiting' | 'checking' | 'wrong' | 'refused' | 'failed' | 'stored'
  from: string
  month: string | null
  rows: number
  households: number
  persons: number
  cases: number
  wrong: number
  marked: boolean
  at_ms: number
  ended_ms: number | null
}
export interface Import extends ImportBrief {
  told: {
    mistakes: { sheet: string; cell: string; column: string; found: Both; expected: Both }[]
    warnings: { sheet: string; cell: string; text: Both }[]
    problem: Both | null
  } | null
}
