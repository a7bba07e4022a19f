/*
 * How questions are put to people who never saw a form: the facts that the lines declare, by name. One that is
 * not here is asked by its label; nothing else depends on this list.
 */
import { both, tr, type Both } from '@/lib/tr'
import { yuan } from '@/lib/format'
import type { Basis, Field, Limit, Service } from './types'

interface Ask {
  ask: [string, string]
  hint?: [string, string]
}
const ASKS: { [field: string]: Ask } = {
  hukou_type: { ask: ['您家户口是城市的还是农村的？', 'Is your family registered as urban or rural?'], hint: ['看户口本第一页。', 'It is on the first page of the household register.'] },
  assets: { ask: ['全家的存款、理财、现金一共大约有多少？', 'How much does the family have in savings and cash?'], hint: ['单位是元。例如：5000。房子不算在里面。', 'In yuan, for example 5000. The home you live in does not count.'] },
  vehicles: { ask: ['全家有几辆汽车？', 'How many cars does the family have?'], hint: ['没有就填 0。摩托车、电动车不算。', 'Type 0 for none. Motorcycles do not count.'] },
  disability_vehicle: { ask: ['家里有残疾人专用的机动车吗？', 'Is there a vehicle for a disabled person?'] },
  income: { ask: ['每个人一个月大约有多少收入？', 'How much does each person earn in a month?'], hint: ['工资、养老金、种地、打零工都算，没有就填 0。单位是元。例如：1500。', 'Wages, pension, farming, odd jobs. Type 0 for none. In yuan, for example 1500.'] },
  wage: { ask: ['其中，工资是多少？', 'How much of that is wages?'], hint: ['就是给人上班、打工领到的钱。没有就填 0。', 'Money for working for somebody. Type 0 for none.'] },
  employed: { ask: ['现在谁在上班或打工？', 'Who is working now?'] },
  student: { ask: ['谁还在上学？', 'Who is in school?'] },
  disease: { ask: ['谁得了重病或慢性病？', 'Is anybody seriously or chronically ill?'] },
  disability_grade: { ask: ['谁有残疾证？是几级？', 'Who has a certificate of disability, and of which grade?'], hint: ['看残疾证上写的等级。', 'The grade is on the certificate.'] },
  second_house: { ask: ['除了现在住的房子，谁名下还有房子？', 'Besides the home you live in, who owns another house?'] },
  lost_only_child: { ask: ['有失去独生子女的人吗？', 'Has anybody lost their only child?'] },
  destitute: { ask: ['有人已经在领“特困供养”吗？', 'Is anybody already supported as in extreme poverty?'], hint: ['不知道的，选“没有人”。', 'If you do not know, choose “nobody”.'] },
  self_care: { ask: ['生活能自理吗？', 'Can they look after themselves?'], hint: ['吃饭、穿衣、上下床、上厕所、走动、洗澡，这六件事能不能自己做。', 'Eating, dressing, getting up, using the toilet, walking, washing.'] },
  event_month: { ask: ['这件事是哪个月发生的？', 'In which month did it happen?'] },
  event_kind: { ask: ['出了什么事？', 'What happened?'] },
  event_persons: { ask: ['家里有几个人受影响？', 'How many people of the family are affected?'] },
  hardship: { ask: ['困难有多大？', 'How hard is it?'], hint: ['照实选，工作人员会来看。', 'As it is; somebody will come and see.'] },
  expense_month: { ask: ['从哪个月起，钱不够用了？', 'Since which month has the money not been enough?'] },
  necessary_expenses: { ask: ['最近一年，看病、上学这些非花不可的钱一共多少？', 'How much was spent in the last year on what could not be avoided, such as illness and school?'], hint: ['医保报销以后，自己出的钱。单位是元。例如：30000。', 'What you paid yourselves, in yuan, for example 30000.'] },
}
export function askOf(f: Field): string {
  const a = ASKS[f.name]
  return a ? tr(a.ask[0], a.ask[1]) : both(f.label)
}
export function hintOf(f: Field): string {
  const a = ASKS[f.name]
  if (a && a.hint) return tr(a.hint[0], a.hint[1])
  if (f.kind.slice(0, 5) === 'money') return tr('单位是元。没有就填 0。', 'In yuan. Type 0 for none.')
  if (f.kind === 'count') return tr('填数字。没有就填 0。', 'A number. Type 0 for none.')
  return ''
}

/* What somebody says who needs it. */
const NEEDS: { [service: string]: [string, string] } = {
  dibao_application: ['家里收入低，日子过不下去', 'The family earns too little to live on'],
  edge_application: ['收入比低保线高一点，但看病、上学压力大', 'We earn a little more than the limit, but illness or school costs weigh on us'],
  tekun_application: ['老人、残疾人或孩子没有劳动能力、没有收入、没有人养', 'Old, disabled or a child: no way to work, no income, nobody to rely on'],
  disability_application: ['有残疾证，想申请残疾人补贴', 'I have a certificate of disability and need the subsidy'],
  urgent_relief: ['突然出事了：火灾、车祸、急病，急需用钱', 'Something happened suddenly: fire, accident, illness; we need money now'],
  expense_relief: ['看病、上学花钱太多，把家里拖垮了', 'Illness or school cost more than the family can bear'],
}
export function needOf(s: Service): string {
  const n = NEEDS[s.name]
  return n ? tr(n[0], n[1]) : both(s.label)
}

export const RELATIONS: { name: string; zh: string; en: string }[] = [
  { name: '02', zh: '就是户主', en: 'the head' },
  { name: '10', zh: '户主的丈夫或妻子', en: 'husband or wife of the head' },
  { name: '20', zh: '户主的儿子', en: 'son' },
  { name: '30', zh: '户主的女儿', en: 'daughter' },
  { name: '50', zh: '户主的父母', en: 'parent' },
  { name: '40', zh: '户主的孙辈', en: 'grandchild' },
  { name: '60', zh: '户主的祖辈', en: 'grandparent' },
  { name: '70', zh: '户主的兄弟姐妹', en: 'brother or sister' },
  { name: '80', zh: '其他亲戚或别的人', en: 'other' },
]

export function limitText(l: Limit | null): string {
  if (!l) return ''
  const unit = {
    workdays: tr(' 个工作日', ' working days'),
    days: tr(' 天', ' days'),
    months: tr(' 个月', ' months'),
  }[l.unit]
  return l.n + unit
}
/* What is left of a limit, as somebody says it. */
export function leftText(left: number | null, unit: Limit['unit']): string {
  if (left === null) return ''
  const of = unit === 'workdays' ? tr('个工作日', 'working days') : tr('天', 'days')
  if (left < 0) return tr('已经超过 {n} {of}，可以打电话催办', '{n} {of} late: you may call and ask', { n: -left, of })
  if (left === 0) return tr('今天是最后一天', 'today is the last day')
  return tr('还有 {n} {of}', '{n} {of} left', { n: left, of })
}
export function dayText(d: string | null | undefined): string {
  if (!d) return ''
  const p = d.split('-')
  return tr('{y}年{m}月{d}日', '{y}-{m2}-{d2}', { y: p[0]!, m: Number(p[1]), d: Number(p[2]), m2: p[1]!, d2: p[2]! })
}
export function monthText(m: string): string {
  const p = m.split('-')
  return tr('{y}年{m}月', '{y}-{m2}', { y: p[0]!, m: Number(p[1]), m2: p[1]! })
}
export function money(fen: number): string {
  return yuan(fen) + tr(' 元', ' yuan')
}
export function sourceText(list: Basis[] | undefined): string {
  return (list || [])
    .map((b) => {
      if (b.assumed) return tr('推定：', 'assumed: ') + b.assumed
      const art = (b.articles || [])
        .map((a) => (a[0] === a[1] ? tr('第{a}条', 'art. {a}', { a: a[0] }) : tr('第{a}至{z}条', 'arts. {a} to {z}', { a: a[0], z: a[1] })))
        .join('、')
      return (b.law || '') + (art ? ' ' + art : '')
    })
    .join('；')
}
/* 成员2 in a sentence of the calculation has a (masked) name here. */
export function named(text: string, members: string[]): string {
  return text.replace(/成员(\d+)|\bmember (\d+)/g, (as, zh, en) => members[Number(zh || en) - 1] || as)
}
/* The office of a township in words: its name is that of the division. */
export function officeText(name: string): string {
  if (/街道$/.test(name)) return name + tr('办事处便民服务中心', ' (subdistrict office)')
  if (/(镇|乡)$/.test(name)) return name + tr('人民政府便民服务中心', ' (township office)')
  if (/(区|县|市)$/.test(name)) return name + tr('民政局', ' civil affairs bureau')
  return name
}
export const plainPlace = (name: string): string => name.replace(/社区居民委员会$/, '社区').replace(/村?村民委员会$/, '村')
export type Words = Both
