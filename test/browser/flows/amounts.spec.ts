/* What a month finds differently is decided over the whole list at once, each with its notice. */
import { ask, enter, expect, FIRST_DAY, test } from '../city'
import { goTo } from '../steps'
import type { Page } from '@playwright/test'

interface Counted {
  count: { n: number }
  items: { household: string; programme: string; kind: string; new_fen: number; old_fen: number }[]
}
async function decide(page: Page, n: number): Promise<void> {
  const dialog = page.getByRole('dialog', { name: '按新金额决定' })
  await expect(dialog).toContainText(`共 ${n} 条`)
  await dialog.getByLabel('说明（留在决定记录里）').fill('情况变化')
  await dialog.getByRole('button', { name: '确定' }).click()
  await expect(page.getByText(`已决定 ${n} 条，生成文书 ${n} 份`)).toBeVisible()
  await expect(dialog).toBeHidden()
}
test('a month is run again, its changes are decided in one batch', async ({ page, city }) => {
  test.setTimeout(180_000)
  await enter(page, city, 'payer')
  await goTo(page, '月度发放')
  await page.getByRole('textbox', { name: '月份' }).fill(FIRST_DAY.slice(0, 7))
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByRole('heading', { name: /2020年12月.*已完成/ })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('link', { name: /金额变动 \d+ 条/ })).toBeVisible({ timeout: 60_000 })

  await enter(page, city, 'decider')
  const open = await ask<Counted>(page, 'GET', '/proposals?month=2020-12')
  const n = open.data.count.n
  expect(n).toBeGreaterThan(1)
  await goTo(page, '审核确认')
  await page.getByRole('button', { name: '金额变动' }).click()
  await page.getByRole('textbox', { name: '月份' }).fill('202012')
  await page.keyboard.press('Enter')
  await expect(page.getByText(`共 ${n} 条`)).toBeVisible()
  /* all at once only what is alike */
  await expect(page.getByRole('button', { name: /^整批决定/ })).toBeDisabled()
  const stops = open.data.items.filter((p) => p.programme === 'dibao' && p.kind === 'stop').length
  expect(stops).toBeGreaterThan(0)
  await page.getByRole('combobox', { name: '项目' }).selectOption({ label: '最低生活保障' })
  await page.getByRole('combobox', { name: '变动' }).selectOption({ label: '停发' })
  await page.getByRole('button', { name: `整批决定（全部 ${stops} 条）` }).click()
  await decide(page, stops)
  /* the others are ticked */
  await page.getByRole('combobox', { name: '项目' }).selectOption({ label: '全部项目' })
  await page.getByRole('combobox', { name: '变动' }).selectOption({ label: '全部变动' })
  await expect(page.getByText(`共 ${n - stops} 条`)).toBeVisible()
  for (const box of await page.getByRole('table').getByRole('checkbox').all()) await box.check()
  await page.getByRole('button', { name: `按新金额：勾选的 ${n - stops} 条` }).click()
  await decide(page, n - stops)
  const left = await ask<Counted>(page, 'GET', '/proposals?month=2020-12')
  expect(left.data.count.n).toBe(0)
  /* the household is paid what was decided */
  const one = open.data.items.find((p) => p.new_fen > 0)!
  const h = await ask<{ enrolments: { amount_fen: number }[] }>(page, 'GET', `/households/${one.household}`)
  expect(h.data.enrolments.map((e) => e.amount_fen)).toContain(one.new_fen)
})
