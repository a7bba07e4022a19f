/* Papers are missing: asked for once and all together; the clock stands until they are there. */
import { enter, expect, test } from '../city'
import { about, accept, act, answers, newFamily, NOTHING, openCase, readLetter } from '../steps'

test('a supplement stops the clock', async ({ page, city }) => {
  test.setTimeout(180_000)
  await enter(page, city, 'clerk')
  await newFamily(page, /社区/, [{ name: '吴试六', birth: '1960-02-11', male: false }])
  await answers(about(page), { 家庭财产: '100', 车辆数: '0', 残疾人专用车: '否' })
  await answers(about(page, '吴试六'), { ...NOTHING, 月收入: '200' })
  const { number, url } = await accept(page, ['低保申请'])
  await openCase(page, number)
  const head = page.getByRole('article').locator('header')
  await expect(head).toContainText('2021-02-02')
  await act(page, '告知补正', async (form) => {
    await expect(form.getByText('户口簿')).toHaveCount(0) /* the office's own business to fetch */
    await form.getByText('委托书').click()
    await form.getByText('诊断证明').click()
    await form.getByLabel('对申请人的说明').fill('请带原件')
  })
  await expect(head).toContainText('待补正')
  const letter = await readLetter(page, '一次性补正告知书')
  expect(letter).toContain('委托书')
  expect(letter).toContain('诊断证明')
  /* only once */
  await expect(page.getByRole('button', { name: '告知补正' })).toHaveCount(0)

  await city.serve('2020-12-25')
  await page.goto(url)
  await expect(head).toContainText(/暂停|中止/)
  await act(page, '已补正', async (form) => {
    await form.getByText('委托书').click()
    await form.getByText('诊断证明').click()
  })
  /* Monday to Friday stood still: four working days later, of which one is a Sunday that is worked */
  await expect(head).toContainText('2021-02-07')
  await expect(head).toContainText('办理中')
})
