/* Help in an emergency: taken, seen, decided and paid within the township, without the day ending. */
import { enter, expect, test } from '../city'
import { about, accept, act, answers, newFamily, offer, openCase, openHousehold, part, step } from '../steps'

test('urgent relief is paid in minutes', async ({ page, city }) => {
  test.setTimeout(180_000)
  await enter(page, city, 'clerk')
  await newFamily(page, /社区/, [
    { name: '李试四', birth: '1969-01-30', male: true },
    { name: '周试五', birth: '1971-09-09', male: false, relation: '配偶' },
  ])
  await answers(about(page), { 发生急难的月份: '202012', 急难情形: '意外事件', 受影响人数: '2', 困难程度: '较轻' })
  await expect(offer(page, '急难型临时救助申请')).toContainText('符合')
  await expect(offer(page, '急难型临时救助申请')).toContainText('1,220.00')
  const { number } = await accept(page, ['急难型临时救助申请'])
  await openCase(page, number)
  await act(page, '现场核实', (form) => form.getByLabel('结论').fill('房屋过火，暂住亲戚家'))

  await enter(page, city, 'township_head')
  await openCase(page, number)
  await act(page, '作出决定', async (form) => {
    await expect(form.getByRole('row', { name: /急难型临时救助/ })).toContainText('1,220.00')
    await form.getByLabel('理由与说明').fill('先行救助')
  })

  await enter(page, city, 'clerk')
  await openCase(page, number)
  await act(page, '发放', (form) => expect(form.getByLabel('发放金额')).toHaveValue('1220.00'))
  await act(page, '已送达', (form) => form.getByText('当面送达').click())
  await expect(step(page, '先行发放')).toContainText('2020-12-21')
  /* the papers follow within ten working days: on the desk, with its day */
  await expect(step(page, '补齐手续')).toContainText('2021-01-05')

  await openHousehold(page, '李试四')
  await expect(part(page, '在册与发放')).toContainText('1,220.00')
})
