import type { FieldSpec } from './fields'
import { both, tr } from './tr'
import type { Action, Case } from '@/types'

/* What each event of a case asks for. `grant` and `programmes` are lines of their own in the form. */
const TOP = ['text', 'day', 'step']

/* The next click of a case; the others are things that may also happen. */
const MAIN = ['step_done', 'opinion', 'posting_began', 'posting_ended', 'decided', 'paid', 'told', 'supplement_given', 'resumed']
export function isMain(a: Action): boolean {
  return MAIN.includes(a.event)
}
/* Done in the place of what they are about, not by a button. */
export function isInPlace(a: Action): boolean {
  return ['paper', 'fact', 'blocked'].includes(a.event)
}

export function fieldsOf(a: Action, c: Case): FieldSpec[] {
  /* what the office fetches itself may not be asked for */
  const papers = c.papers.filter((p) => (!p.have || p.have === 'no') && (a.event !== 'supplement_asked' || p.source !== 'office'))
  const must = ['objection', 'complaint', 'county_visit', 'paused', 'extended', 'transferred', 'reopened', 'note', 'resurvey'].includes(a.event)
  const step = c.steps.find((s) => s.name === a.step)
  const all: Record<string, () => FieldSpec> = {
    result: () => ({
      name: 'result', kind: 'text', label: tr('结论', 'Result'),
      hint: step?.form === 'verification' ? tr('如：与申报一致；或写明不一致之处', 'such as: agrees with what was declared; or what differs') : undefined,
    }),
    text: () => ({ name: 'text', kind: 'lines', required: must, label: textLabel(a.event) }),
    papers: () => ({
      name: 'papers', kind: 'many', required: true,
      label: a.event === 'supplement_given' ? tr('已补来的材料', 'Papers brought') : tr('需补正的材料（一次性告知）', 'Papers that are missing (all at once)'),
      options: papers.map((p) => ({ name: p.name, label: p.label })),
    }),
    place: () => ({ name: 'place', kind: 'text', required: true, label: tr('公示地点', 'Where it hangs'), hint: tr('如：村务公开栏', 'such as: the village board') }),
    by: () => ({ name: 'by', kind: 'text', required: true, label: a.event === 'complaint' ? tr('谁反映', 'Who complains') : tr('谁提出', 'Who objects') }),
    why: () => ({
      name: 'why', kind: 'text', required: true, label: tr('中止原因', 'Why the clock stops'),
      hint: tr('如：等待外地核对复函', 'such as: a letter from another place is awaited'),
    }),
    to: () => ({
      name: 'to', kind: 'text', required: true, label: tr('移送到', 'Hand to'),
      hint: tr('本市填12位区划代码；市外填机关名称', 'a division’s twelve digits in this city; elsewhere the office’s name'),
    }),
    grant: () => ({
      name: 'grant', kind: 'choice', required: true, label: tr('结果', 'Result'),
      options: [
        { name: 'yes', label: { zh: '同意', en: 'granted' } },
        { name: 'no', label: { zh: '不同意', en: 'refused' } },
      ],
    }),
    fen: () => ({ name: 'fen', kind: 'money', required: true, label: tr('发放金额', 'Amount paid') }),
    channel: () => ({
      name: 'channel', kind: 'choice', required: true, label: tr('送达方式', 'How they were told'),
      options: [
        { name: '当面送达', label: { zh: '当面送达', en: 'handed over' } },
        { name: '邮寄送达', label: { zh: '邮寄送达', en: 'by post' } },
        { name: '电话告知', label: { zh: '电话告知', en: 'by telephone' } },
        { name: '短信告知', label: { zh: '短信告知', en: 'by message' } },
      ],
    }),
  }
  const out: FieldSpec[] = []
  for (const need of a.needs) {
    const make = all[need]
    if (need === 'grant' && c.proposed.length) continue /* chosen line by line */
    if (make) out.push(make())
  }
  return out
}

function textLabel(event: string): string {
  const words: Record<string, () => string> = {
    opinion: () => tr('意见', 'Opinion in words'),
    decided: () => tr('理由与说明', 'Reasons'),
    objection: () => tr('异议内容', 'What is objected'),
    complaint: () => tr('投诉举报内容', 'What the complaint says'),
    county_visit: () => tr('入户核查情况', 'What the visit found'),
    extended: () => tr('延长理由', 'Reason'),
    transferred: () => tr('移送理由', 'Reason'),
    withdrawn: () => tr('撤回原因', 'Why'),
    supplement_asked: () => tr('对申请人的说明', 'Words to the applicant'),
  }
  return words[event]?.() ?? tr('说明', 'Words')
}

/* The body of the event from what the form holds. */
export function bodyOf(a: Action, values: Record<string, unknown>): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  const body: Record<string, unknown> = { event: a.event }
  if (a.step) body.step = a.step
  for (const [k, v] of Object.entries(values)) {
    if (v === undefined || v === '') continue
    if (TOP.includes(k)) body[k] = v
    else data[k] = v
  }
  if (Object.keys(data).length) body.data = data
  return body
}

export function titleOf(a: Action, c: Case): string {
  const step = c.steps.find((s) => s.name === a.step)
  const label = both(a.label)
  return a.event === 'step_done' && step ? both(step.label) : label
}
