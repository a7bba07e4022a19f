/* A refusal: what is above the line is said at once, decided with reasons, and told with what can be done about it. */
import { enter, expect, test } from '../city'
import { about, accept, act, answers, newFamily, NOTHING, offer, openCase, part, readLetter } from '../steps'

test('a family above the line is refused in words', async ({ page, city }) => {
  test.setTimeout(180_000)
  await enter(page, city, 'clerk')
  await newFamily(page, /社区/, [{ name: '孙试三', birth: '1982-06-01', male: true }])
  await answers(about(page), { 家庭财产: '3000', 车辆数: '1', 残疾人专用车: '否' })
  await answers(about(page, '孙试三'), { ...NOTHING, 月收入: '2600' })
  await expect(offer(page, '低保申请')).toContainText('不符合')
  /* why, before anything is taken */
  await offer(page, '低保申请').getByRole('button', { name: /看计算/ }).click()
  await expect(offer(page, '低保申请').getByRole('row', { name: /人均月收入/ }).first()).toContainText('2,600.00')

  /* whoever wants to apply may all the same */
  const { number } = await accept(page, ['低保申请'])
  await openCase(page, number)
  await act(page, '入户调查', (form) => form.getByLabel('结论').fill('有工资收入，有小汽车一辆'))
  await enter(page, city, 'verifier')
  await openCase(page, number)
  await act(page, '信息核对', (form) => form.getByLabel('结论').fill('收入超过标准'))

  await enter(page, city, 'clerk')
  await openCase(page, number)
  await act(page, '审核意见', async (form) => {
    await expect(form.getByRole('radio', { name: '不批准' })).toBeChecked()
    await form.getByLabel('意见').fill('收入和车辆不符合条件')
  })
  await act(page, '开始公示', (form) => form.getByLabel(/公示地点/).fill('社区公示栏'))
  await city.serve('2020-12-29')

  await enter(page, city, 'decider')
  await openCase(page, number)
  await act(page, '作出决定', async (form) => {
    await expect(form.getByRole('radio', { name: '不批准' })).toBeChecked()
    await form.getByLabel('理由与说明').fill('家庭人均收入高于低保标准')
  })
  await expect(part(page, '决定')).toContainText('不予批准')

  await enter(page, city, 'clerk')
  await openCase(page, number)
  const letter = await readLetter(page, '不予确认同意通知书')
  expect(letter).toContain('孙试三')
  expect(letter).toMatch(/理由：.*收入/)
  expect(letter).toContain('六十日内申请行政复议')
  await act(page, '已送达', (form) => form.getByText('当面送达').click())
  await page.getByRole('article').getByRole('link', { name: '孙试三' }).click()
  await expect(part(page, '在册与发放')).toContainText('没有在册的项目')
  await expect(part(page, '办件')).toContainText(number)
})
