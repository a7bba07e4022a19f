/* Back in both times: an income is corrected from an earlier day; what was known before is there to be seen. */
import { ask, enter, expect, test } from '../city'
import { choose, newFamily, part } from '../steps'
import type { Page } from '@playwright/test'

interface House {
  version: number
  head: { ref: string; name: string }
  members: { ref: string; name: string; facts: Record<string, number> }[]
}
interface Times {
  changes: { known_at: string }[]
}
async function told(page: Page, ref: string, day: string, fen: number, evidence: string): Promise<void> {
  const h = (await ask<House>(page, 'GET', `/households/${ref}`)).data
  const facts = [{ person: h.head.ref, field: 'income', value: fen }]
  const r = await ask(page, 'POST', `/households/${ref}/changes`, { kind: 'fact', day, evidence, facts }, { 'If-Match': `"${h.version}"` })
  expect(r.status).toBe(200)
}

test('an income corrected backwards: the old value, and back', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  const ref = (await ask<{ items: { ref: string }[] }>(page, 'GET', '/households?programme=dibao&limit=1')).data.items[0]!.ref
  const before = (await ask<House>(page, 'GET', `/households/${ref}`)).data
  const { name } = before.head
  const change = page.getByRole('button', { name: `更改${name}月收入`, exact: true })
  const facts = part(page, '已知情况').locator('div').filter({ has: page.getByRole('heading', { name, level: 3, exact: true }) }).last()
  const income = facts.locator('dt', { hasText: /^月收入$/ }).locator('xpath=following-sibling::dd[1]')
  await told(page, ref, '2020-12-10', 40000, '本人申报')
  await page.goto(`${city.url}households/${ref}`)
  await expect(income).toContainText('400.00')

  /* at the page, from an earlier day than today */
  await change.click()
  const form = page.locator('form').filter({ has: page.getByRole('heading', { name: /情况变化/ }) })
  await form.getByLabel(/^月收入/).fill('1250')
  await form.getByLabel(/^从哪天起/).fill('2020-12-10')
  await form.getByLabel(/^凭什么/).fill('工资流水')
  await form.getByRole('button', { name: '登记', exact: true }).click()
  await expect(income).toContainText('1,250.00')

  /* the arrows go from change to change, each said in words */
  const known = page.getByRole('slider', { name: '当时所知' })
  await expect(known).toHaveAttribute('aria-valuetext', '现在所知')
  await known.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(known).toHaveAttribute('aria-valuetext', /工资流水/)
  await expect(page).toHaveURL(/known_at=/)
  await page.keyboard.press('ArrowLeft')
  await expect(known).toHaveAttribute('aria-valuetext', /本人申报/)
  const then = page.getByRole('region', { name: '当时的情况' })
  await expect(income).toContainText('400.00')
  await expect(income).toContainText('现在：1,250.00')
  await expect(then).toContainText(`${name}的月收入：当时 400.00 元/月，现在 1,250.00 元/月`)
  await expect(change).toHaveCount(0)
  await expect(page.getByRole('button', { name: '情况变化' })).toHaveCount(0)
  await expect(part(page, '当时各项目的计算')).toContainText('最低生活保障')

  /* the other slider: the day before the income began */
  const day = page.getByRole('slider', { name: '看哪一天' })
  await expect(day).toHaveAttribute('aria-valuetext', /^今天/)
  await page.getByLabel('看哪一天：直接选日期').fill('2020-12-09')
  await expect(page).toHaveURL(/as_of=2020-12-09/)
  await expect(then).toContainText('2020年12月9日的情况')
  await expect(income).not.toContainText('400.00')
  await day.focus()
  await page.keyboard.press('ArrowRight')
  await expect(day).toHaveAttribute('aria-valuetext', /2020年12月10日.*月收入/)
  await expect(income).toContainText('400.00')

  /* such an address can be sent to somebody, and the back button takes it back */
  await page.goBack()
  await expect(page).not.toHaveURL(/as_of=/)
  await expect(income).toContainText('现在：1,250.00')
  const address = page.url()
  await page.goto(city.url)
  await page.goto(address)
  await expect(income).toContainText('400.00')
  await expect(known).toHaveAttribute('aria-valuetext', /本人申报/)
  await page.getByRole('button', { name: '回到现在' }).click()
  await expect(then).toHaveCount(0)
  await expect(income).toContainText('1,250.00')
  await expect(change).toHaveCount(1)
  expect(new URL(page.url()).search).toBe('')
})

test('a list as it was known before a family came, and its sheet', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  const ref = await newFamily(page, /社区/, [{ name: '温后来', birth: '1969-08-05', male: false }])
  const first = (await ask<Times>(page, 'GET', `/households/${ref}/times`)).data.changes.at(-1)!.known_at
  await page.goto(`${city.url}households?q=${encodeURIComponent('温后来')}`)
  await expect(page.getByRole('link', { name: '温后来' })).toHaveCount(1)
  const year = Number(first.slice(0, 4)) - 1
  await page.getByRole('button', { name: '换个时候看' }).click()
  await page.getByLabel('按何时所知').fill(`${year}${first.slice(4, 16)}`)
  await expect(page.getByText(`按 ${year}年`)).toBeVisible()
  await expect(page.getByText('没有符合条件的。')).toBeVisible()
  await expect(page).toHaveURL(/known_at=/)
  await page.getByRole('button', { name: '不再按当时所知' }).click()
  await expect(page.getByRole('link', { name: '温后来' })).toHaveCount(1)
})

test('the rules of a day', async ({ page, city }) => {
  await enter(page, city, 'decider')
  await page.goto(city.url + 'rules?rule=dibao')
  await page.getByLabel('看哪一天的数值').fill('2020-02-01')
  await expect(page.getByRole('status').filter({ hasText: '第 1 版规则' })).toContainText('2020年2月的数值')
  await expect(page.getByText('2020年2月适用').first()).toBeVisible()
  await choose(page.getByLabel('按哪一版'), /第 1 版/)
  await expect(page).toHaveURL(/known_at=/)
  await page.getByRole('button', { name: '回到现行' }).click()
  await expect(page.getByText('2020年12月适用').first()).toBeVisible()
})
