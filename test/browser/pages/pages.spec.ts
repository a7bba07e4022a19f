/* Every page: no serious finding of the checker, nothing wider than its window, in Chinese and in English. */
import { ask, enter, expect, test, type City } from '../city'
import { chinese, fine, hear, menu, serious, settled, tooWide } from './look'
import type { Page } from '@playwright/test'

interface Refs {
  items: { ref: string }[]
}
/* The pages of a role; where one thing is looked at, of a household on assistance and a case under way. */
async function pagesOf(page: Page, role: string): Promise<string[]> {
  const first = async (path: string) => (await ask<Refs>(page, 'GET', path)).data.items[0]!.ref
  const month = ['compare', 'payments', 'changes', 'candidates'].map((t) => `month?month=2020-12&tab=${t}`)
  if (role === 'administrator') return ['accounts']
  if (role === 'payer') return ['', 'month', ...month.slice(0, 2), 'bank']
  if (role === 'decider') return ['', 'decide', 'decide?tab=money', 'arrears', 'import', 'month', ...month, 'rules', 'rules?rule=tekun', 'rules?as_of=2020-06-01', 'rules?tab=try', 'rules?tab=versions']
  if (role === 'village_worker') return ['', 'households', 'cases', 'unclaimed']
  if (role !== 'clerk') return ['', 'households', 'cases']
  const household = await first('/households?programme=dibao&limit=1')
  const open = await first('/cases?state=open&limit=1')
  const meta = await ask<{ registers: { name: string; record: boolean }[] }>(page, 'GET', '/meta')
  const registers = meta.data.registers.filter((r) => r.record).map((r) => 'registers/' + r.name)
  return [
    '', '?tab=done', '?tab=handover', 'window', `window?household=${household}`, 'households', `households/${household}`, `households/${household}?as_of=2020-06-01`,
    'households?as_of=2020-12-01&known_at=2026-01-01', 'persons?known_at=2026-01-01',
    `households/${household}/months/2020-12`, 'persons', 'cases', `cases/${open}`, 'cases?clock=late', 'reports', 'reports?tab=figures', 'notices', 'unclaimed', 'postings', 'postings?kind=result', 'registers', ...registers, 'no-such-page',
  ]
}
async function each(page: Page, city: City, role: string, look: (what: string) => Promise<void>): Promise<void> {
  for (const path of await pagesOf(page, role)) {
    await page.goto(city.url + path)
    await look(`${role}: /${path}`)
  }
}
const ROLES = ['clerk', 'decider', 'payer', 'administrator', 'city_officer', 'village_worker', 'auditor', 'verifier']

for (const role of ROLES) {
  test(`${role}: by the checker, at 1366 and 360 pixels`, async ({ page, city }) => {
    test.setTimeout(200_000)
    await enter(page, city, role)
    await each(page, city, role, (what) => fine(page, what))
  })
}
test('before anybody is logged in', async ({ page, city }) => {
  await page.goto(city.url + 'login')
  await fine(page, 'login')
  await page.getByLabel('账号').fill('nobody')
  await page.getByLabel('密码').fill('wrong')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('账号或密码不对')
  expect(await serious(page)).toEqual([])
})

for (const role of ['clerk', 'decider', 'payer', 'administrator']) {
  test(`${role}: English has no Chinese of its own, large type fits`, async ({ page, city }) => {
    test.setTimeout(200_000)
    const heard = hear(page)
    await enter(page, city, role)
    await menu(page, '账号与显示', 'English')
    await menu(page, 'Account and display', 'Large type')
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
    const normal = 15
    expect(await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))).toBeGreaterThan(normal * 1.15)
    await each(page, city, role, async (what) => {
      await settled(page)
      expect.soft(await chinese(page, heard), what).toEqual([])
      expect.soft(await tooWide(page), what + ', large type').toEqual([])
      await page.setViewportSize({ width: 360, height: 740 })
      await settled(page)
      expect.soft(await tooWide(page), what + ', large type at 360').toEqual([])
      await page.setViewportSize({ width: 1366, height: 768 })
    })
  })
}
