/* A whole dibao case: the family at the window, survey, check, opinion, posting, decision, told, explained. */
import { enter, expect, test } from '../city'
import { about, accept, act, answers, goTo, newFamily, NOTHING, offer, openCase, openHousehold, part, readLetter, step } from '../steps'

test('from the window to the explained enrolment', async ({ page, city }) => {
  test.setTimeout(180_000)
  await enter(page, city, 'clerk')
  const household = await newFamily(page, /社区/, [
    { name: '赵试一', birth: '1975-03-08', male: true },
    { name: '钱试二', birth: '1978-11-20', male: false, relation: '配偶' },
  ])
  await answers(about(page), { 家庭财产: '3000', 车辆数: '0', 残疾人专用车: '否' })
  await answers(about(page, '赵试一'), { ...NOTHING, 月收入: '640' })
  /* while the wife's income is missing the page says so, and nothing is decided */
  await expect(offer(page, '低保申请')).toContainText('待补情况')
  await expect(offer(page, '低保申请')).toContainText('钱试二')
  await answers(about(page, '钱试二'), { ...NOTHING, 月收入: '0' })
  await expect(offer(page, '低保申请')).toContainText('符合')
  await expect(offer(page, '低保申请')).toContainText('580.00')
  await answers(about(page, '钱试二'), { 月收入: '500' })
  await expect(offer(page, '低保申请')).toContainText('80.00')
  await answers(about(page, '钱试二'), { 月收入: '0' })
  await expect(offer(page, '低保申请')).toContainText('580.00')

  const { number, url } = await accept(page, ['低保申请'])
  expect(number).toMatch(/^510402-2020-\d+$/)
  await page.goto(url)
  await expect(step(page, '受理')).toContainText('已办')
  await expect(step(page, '入户调查')).toContainText('2020-12-24')
  await act(page, '入户调查', async (form) => {
    await form.getByLabel('结论').fill('与申报一致')
  })
  await expect(step(page, '入户调查')).toContainText('与申报一致')

  /* it lies on the verifier's desk, who has it next */
  await enter(page, city, 'verifier')
  await openCase(page, number)
  await act(page, '信息核对', async (form) => {
    await form.getByLabel('结论').fill('核对无异常')
  })

  await enter(page, city, 'clerk')
  await openCase(page, number)
  await act(page, '审核意见', async (form) => {
    await expect(form.getByRole('row', { name: /最低生活保障/ })).toContainText('580.00')
    await form.getByLabel('意见').fill('符合条件，拟同意')
  })
  await expect(page.getByRole('article')).toContainText('符合条件，拟同意')
  await act(page, '开始公示', async (form) => {
    await form.getByLabel(/公示地点/).fill('村务公开栏')
  })

  /* seven days hang out, then it ends by itself; the clock is moved */
  await city.serve('2020-12-29')
  await page.goto(url)
  await expect(step(page, '公示')).toContainText('已办')

  await enter(page, city, 'decider')
  await openCase(page, number)
  await act(page, '作出决定', async (form) => {
    await expect(form.getByRole('row', { name: /最低生活保障/ })).toContainText('580.00')
    await form.getByLabel('理由与说明').fill('同意')
  })
  await expect(page.getByRole('article')).toContainText('批准')

  await enter(page, city, 'clerk')
  await openCase(page, number)
  const letter = await readLetter(page, '确认同意通知书')
  expect(letter).toContain('每月580.00元')
  expect(letter).toContain(number)
  await act(page, '已送达', async (form) => {
    await form.getByText('当面送达').click()
  })
  await expect(page.getByRole('article')).toContainText('办结')
  await expect(part(page, '经过').getByRole('listitem')).toHaveCount(8)

  /* the first month that it is paid in, as the payer starts it */
  await city.serve('2021-01-05')
  await enter(page, city, 'payer')
  await goTo(page, '月度发放')
  await page.getByRole('textbox', { name: '月份' }).fill('202101')
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByRole('heading', { name: /2021年1月.*已完成/ })).toBeVisible({ timeout: 60_000 })

  await enter(page, city, 'clerk')
  await openHousehold(page, '赵试一')
  const money = part(page, '在册与发放')
  await expect(money.getByRole('listitem').filter({ hasText: '最低生活保障' })).toContainText('580.00')
  await expect(money.getByRole('row', { name: /2021-01/ })).toContainText('最低生活保障')
  await money.getByRole('row', { name: /2021-01/ }).getByRole('link', { name: '580.00' }).click()
  await expect(page.getByRole('heading', { name: /2021年1月 计算明细/ })).toBeVisible()
  await expect(page.getByText('已决定：最低生活保障').first()).toContainText('580.00')
  const line = (name: string) => page.getByRole('row').filter({ has: page.getByRole('cell', { name, exact: true }) })
  await expect(line('人均月收入').first()).toContainText('320.00')
  await expect(page.getByRole('main')).toContainText('610.00')
  await expect(page.getByRole('main')).toContainText('社会救助暂行办法')
})
