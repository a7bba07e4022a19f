/* A family change as one act: told once, shown with what follows, done; by the county, and by a township. */
import type { Page } from '@playwright/test'
import { ask, enter, expect, test } from '../city'
import { fine } from '../pages/look'

interface Item {
  ref: string
}
interface Home {
  ref: string
  version: number
  head: { ref: string; name: string }
  members: { ref: string; name: string; age: number }[]
}
async function familyOfThree(page: Page): Promise<Home> {
  const list = (await ask<{ items: Item[] }>(page, 'GET', '/households?programme=dibao&limit=100')).data.items
  /* nothing of it lies open already */
  const open = (await ask<{ items: { household: string }[] }>(page, 'GET', '/proposals?limit=200')).data.items.map((p) => p.household)
  for (const i of list) {
    if (open.includes(i.ref)) continue
    const h = (await ask<Home>(page, 'GET', '/households/' + i.ref)).data
    if (h.members.length >= 3) return h
  }
  throw new Error('no family of three is on dibao')
}
const follows = (page: Page) => page.locator('.follows')

test('a death: shown to the fen, decided with its letter at once', async ({ page, city }) => {
  test.setTimeout(120_000)
  await enter(page, city, 'decider')
  const h = await familyOfThree(page)
  const gone = h.members.find((m) => m.ref !== h.head.ref)!
  await page.goto(`${city.url}households/${h.ref}`)
  await page.getByRole('button', { name: '死亡', exact: true }).click()
  await expect(page.getByRole('heading', { name: '家庭变动：死亡' })).toBeVisible()
  await page.getByRole('radiogroup', { name: '谁去世了' }).getByText(gone.name, { exact: true }).click()
  const table = follows(page).getByRole('table').first()
  await expect(table.getByRole('rowheader', { name: '最低生活保障', exact: true })).toBeVisible()
  await fine(page, 'a family change')
  /* Nothing is written by looking. */
  expect((await ask<Home>(page, 'GET', '/households/' + h.ref)).data.version).toEqual(h.version)
  await page.getByRole('textbox', { name: '凭什么' }).fill('死亡医学证明')
  await expect(follows(page)).toHaveAttribute('aria-busy', 'false')
  const letters = await follows(page).locator('summary').count()
  const button = page.getByRole('button', { name: letters ? '登记并决定' : '登记', exact: true })
  await button.click()
  await expect(page.getByRole('status').filter({ hasText: '已登记' })).toContainText(`文书 ${letters} 份`)
  const after = (await ask<Home>(page, 'GET', '/households/' + h.ref)).data
  expect(after.members.map((m) => m.ref)).toContain(gone.ref) /* who died today is still there today */
  const wait = (await ask<{ items: { household: string }[] }>(page, 'GET', '/proposals')).data.items
  expect(wait.filter((p) => p.household === h.ref)).toEqual([])
})

test('a birth: what is not known of the child is asked, the county decides', async ({ page, city }) => {
  test.setTimeout(120_000)
  await enter(page, city, 'clerk')
  const h = await familyOfThree(page)
  await page.goto(`${city.url}households/${h.ref}`)
  await page.getByRole('button', { name: '出生', exact: true }).click()
  const form = page.locator('.change form')
  await form.getByRole('textbox', { name: '孩子的姓名' }).fill('沈小满')
  await form.getByRole('radiogroup', { name: '性别' }).getByText('女', { exact: true }).click()
  await form.getByRole('combobox', { name: '与户主关系' }).selectOption({ label: '女' })
  await expect(form.getByRole('textbox', { name: '孩子的月收入' })).toHaveValue('0.00')
  const dibao = follows(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name: '最低生活保障', exact: true }) })
  await expect(dibao).toContainText(/增发|减发|照旧|停发/, { timeout: 15_000 })
  await fine(page, 'a birth')
  await form.getByRole('textbox', { name: '凭什么' }).fill('出生医学证明')
  await expect(follows(page)).toHaveAttribute('aria-busy', 'false')
  const proposed = await follows(page).getByText('报县（区）决定', { exact: true }).count()
  await form.getByRole('button', { name: proposed ? '登记并上报' : '登记', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: '已登记' })).toContainText(`报县（区）决定 ${proposed} 项`)
  await expect(page.getByRole('cell', { name: '沈小满', exact: true })).toBeVisible()
  await enter(page, city, 'decider')
  const wait = (await ask<{ items: { household: string }[] }>(page, 'GET', '/proposals?limit=200')).data.items
  expect(wait.filter((p) => p.household === h.ref)).toHaveLength(proposed)
})
