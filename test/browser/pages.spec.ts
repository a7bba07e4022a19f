/* Every page by an accessibility checker, at both widths; nothing wider than its window. */
import AxeBuilder from '@axe-core/playwright'
import { ask, enter, expect, test } from './city'
import type { Page } from '@playwright/test'

async function serious(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']).analyze()
  return found.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 4).join(' | ')}`)
}
async function fits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(over, 'pixels wider than the window').toBeLessThanOrEqual(0)
}
async function look(page: Page, url: string): Promise<void> {
  for (const width of [1366, 360]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 768 })
    await page.goto(url)
    await page.waitForLoadState('networkidle')
    await expect(page.getByText('正在读取…')).toHaveCount(0)
    await expect(page.locator('.note.wrong')).toHaveCount(0)
    expect(await serious(page), `${url} at ${width}`).toEqual([])
    await fits(page)
  }
}
interface List {
  items: { ref: string }[]
}

test('login', async ({ page, city }) => {
  await look(page, city.url + 'login')
})
for (const [role, paths] of [
  ['clerk', ['', '?tab=done', '?tab=handover', 'window', 'households', 'persons', 'cases', 'notices', 'registers']],
  ['decider', ['', 'decide', 'decide?tab=money']],
  ['payer', ['month']],
  ['administrator', ['accounts']],
] as const) {
  for (const path of paths) {
    test(`${role}: /${path}`, async ({ page, city }) => {
      await enter(page, city, role)
      await look(page, city.url + path)
    })
  }
}
test('a household, its window and its calculation', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  const list = await ask<List>(page, 'GET', '/households?limit=1')
  const ref = list.data.items[0]!.ref
  await look(page, `${city.url}households/${ref}`)
  await look(page, `${city.url}window?household=${ref}`)
})
test('dialogs: keys, password', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await serious(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})
test('in English, in large type', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  await page.getByRole('button', { name: '账号与显示' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await expect(page.getByRole('link', { name: 'Desk', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Account and display' }).click()
  await page.getByRole('menuitem', { name: 'Large type' }).click()
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('18px')
  expect(await serious(page)).toEqual([])
  await fits(page)
  for (const path of ['', 'window', 'households', 'persons', 'cases', 'notices', 'registers']) {
    await page.goto(city.url + path)
    await page.waitForLoadState('networkidle')
    const pages = await page.locator('nav').first().innerText()
    expect(pages).not.toMatch(/[\u4e00-\u9fff]/)
    await fits(page)
  }
})
