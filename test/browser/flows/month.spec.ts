/* A month held against the one before, from the county to the household; the rules read and tried. */
import { ask, enter, expect, test } from '../city'
import { goTo, part } from '../steps'

interface Row {
  division: { code: string; name: string }
  programme: string
  households: number
  gone: number
  was: { households: number }
}
interface Compare {
  compared: boolean
  rows: Row[]
}
const plain = (text: string) => Number(text.replace(/[^\d]/g, ''))

test('the month beside the month before, down to the households behind a number', async ({ page, city }) => {
  test.setTimeout(120_000)
  await enter(page, city, 'decider')
  await goTo(page, '月度发放')
  /* Another flow may have run a later month, which is shown first then. */
  await page.getByRole('combobox', { name: '月份', exact: true }).selectOption('2020-12')
  await page.getByRole('button', { name: '与上月比较' }).click()
  const places = page.getByRole('region', { name: '按地区与上月比较' })
  await page.getByRole('button', { name: '最低生活保障', exact: true }).click()
  await expect(page.getByRole('heading', { name: /按地区 · 最低生活保障/ })).toBeVisible()
  /* The figures are those of the server, and each part adds up to the whole. */
  const told = (await ask<Compare>(page, 'GET', '/runs/2020-12/compare')).data
  expect(told.compared).toBe(true)
  const dibao = told.rows.filter((r) => r.programme === 'dibao')
  const total = dibao.reduce((s, r) => s + r.households, 0)
  await expect(places.getByRole('row', { name: /^合计/ }).getByRole('cell').first()).toHaveText(total.toLocaleString('en'))
  const town = dibao.find((r) => r.gone > 0)!
  await places.getByRole('link', { name: town.division.name, exact: true }).click()
  await expect(page.getByRole('navigation', { name: '区划' }).getByText(town.division.name)).toBeVisible()
  const inTown = (await ask<Compare>(page, 'GET', `/runs/2020-12/compare?division=${town.division.code}`)).data.rows.filter((r) => r.programme === 'dibao')
  expect(inTown.reduce((s, r) => s + r.households, 0)).toBe(town.households)
  const village = inTown.find((r) => r.gone > 0)!
  /* The number of those who get no more leads to them, each with a reason. */
  const row = places.getByRole('row').filter({ has: page.getByRole('rowheader', { name: village.division.name, exact: true }) })
  await row.getByRole('link', { name: String(village.gone), exact: true }).first().click()
  await expect(page.getByRole('button', { name: '变动名单' })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByText(`共 ${village.gone} 条`)).toBeVisible()
  const first = page.getByRole('region', { name: '与上月不同的家庭' }).getByRole('row').nth(1)
  await expect(first).toContainText('停发')
  await expect(first.getByRole('listitem').first()).not.toBeEmpty()
  await first.getByRole('link').first().click()
  await expect(page).toHaveURL(/households\//)
})

test('who could be enrolled is named, the payments add up', async ({ page, city }) => {
  await enter(page, city, 'decider')
  await goTo(page, '月度发放')
  const all = page.getByRole('region', { name: '本月结果' })
  const dibao = all.getByRole('row').filter({ hasText: '最低生活保障' }).first()
  const households = plain(await dibao.getByRole('link').first().innerText())
  const sum = await dibao.getByRole('link').nth(1).innerText()
  await dibao.getByRole('link').first().click()
  await expect(page.getByText(`合计 ${sum} 元`)).toBeVisible()
  expect(households).toBeGreaterThan(0)
  await page.getByRole('button', { name: '符合未在册' }).click()
  const n = plain(await page.getByText(/^共 [\d,]+ 条$/).innerText())
  expect(n).toBeGreaterThan(0)
  await expect(page.getByRole('region', { name: '符合而未在册' }).getByRole('row')).toHaveCount(Math.min(n, 50) + 1)
})

test('a rule is read in words, with its source; made-up facts are tried', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  await goTo(page, '政策规则')
  await expect(page.getByRole('heading', { name: '最低生活保障' })).toBeVisible()
  await expect(page.getByText('人均月收入 低于 低保标准')).toBeVisible()
  await expect(page.getByText(/结果都相符/)).toBeVisible()
  await page.getByText('规则原文').first().click()
  await expect(page.getByText('policy dibao').or(page.locator('pre').first())).toBeVisible()

  await page.getByRole('button', { name: '试一试' }).click()
  const result = part(page, '结果').last()
  await expect(result).toContainText('每月 610.00 元')
  await page.getByLabel('月收入').fill('320')
  await expect(result).toContainText('每月 290.00 元')
  await page.getByRole('button', { name: '加一人' }).click()
  await expect(result).toContainText('每月 900.00 元')
  await page.getByLabel('月收入').first().fill('9000')
  await expect(result).not.toContainText('按标施保')

  await page.getByRole('button', { name: '历次变动' }).click()
  await expect(page.getByText('只有一版，没有可比较的。')).toBeVisible()
})
