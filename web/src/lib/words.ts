import { both, tr } from './tr'

/* Words for what comes as a code of the core. */
export function sexText(sex: string | number | null | undefined): string {
  const s = String(sex ?? '')
  if (s === 'male' || s === '1') return tr('男', 'male')
  if (s === 'female' || s === '2') return tr('女', 'female')
  return ''
}

export const CASE_STATES = ['open', 'supplement', 'paused', 'decided', 'done', 'withdrawn', 'transferred'] as const
export function stateText(state: string): string {
  const words: Record<string, [string, string]> = {
    new: ['未受理', 'not taken yet'],
    open: ['办理中', 'under way'],
    supplement: ['待补正', 'waiting for papers'],
    paused: ['中止', 'clock stopped'],
    decided: ['已决定', 'decided'],
    done: ['办结', 'done'],
    withdrawn: ['已撤回', 'withdrawn'],
    transferred: ['已移送', 'sent on'],
  }
  const w = words[state]
  return w ? tr(w[0], w[1]) : state
}

/* What came out of a step: a word of the program, or what somebody wrote. */
export function resultText(result: string | null | undefined): string {
  if (result === 'grant') return tr('同意', 'to grant')
  if (result === 'refuse') return tr('不同意', 'to refuse')
  if (result === 'child') return tr('不公示：涉及未成年人', 'not posted: about a child')
  if (result === 'stays') return tr('不公示：继续享受', 'not posted: nothing ends')
  const ways: Record<string, [string, string]> = {
    paper: ['书面', 'on paper'],
    page: ['网上', 'on the page'],
    message: ['短信', 'by message'],
  }
  const w = ways[result ?? '']
  return w ? tr(w[0], w[1]) : (result ?? '')
}

/* Relation to the head (GB/T 4761, first digit and some of two). */
export const RELATIONS: { name: string; zh: string; en: string }[] = [
  { name: '02', zh: '户主', en: 'head' },
  { name: '10', zh: '配偶', en: 'spouse' },
  { name: '20', zh: '子', en: 'son' },
  { name: '30', zh: '女', en: 'daughter' },
  { name: '40', zh: '孙子女、外孙子女', en: 'grandchild' },
  { name: '50', zh: '父母', en: 'parent' },
  { name: '60', zh: '祖父母、外祖父母', en: 'grandparent' },
  { name: '70', zh: '兄弟姐妹', en: 'sibling' },
  { name: '80', zh: '其他', en: 'other' },
]
export function relationText(code: string | undefined, label?: { zh: string; en: string } | string): string {
  return both(label) || both(RELATIONS.find((r) => r.name === code)) || both(RELATIONS.find((r) => r.name[0] === code?.[0])) || ''
}
