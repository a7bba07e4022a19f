/* A right that nobody claims: found by itself, visited, applied for; enrolled, it is on the list no more. */
import { ask, enter, expect, test, type City } from '../city'
import { accept, act, goTo, openCase } from '../steps'
import type { Page } from '@playwright/test'

interface Rights {
  items: { household: string; programme: string; head: { name: string } | null }[]
}
const NAME = '秦试六'

/* What is on record of a family that never asked for anything: nobody earns. */
async function recorded(page: Page, division: string): Promise<string> {
  const facts = [
    { person: null, field: 'hukou_type', value: 'urban' },
    { person: null, field: 'assets', value: 300000 },
    { person: null, field: 'vehicles', value: 0 },
    { person: null, field: 'disability_vehicle', value: false },
    ...Object.entries({ income: 0, wage: 0, employed: false, student: false, disease: 'none', disability_grade: 'none', second_house: false, lost_only_child: false, destitute: false })
      .map(([field, value]) => ({ person: 'new1', field, value })),
  ]
  const made = await ask<{ ref: string }>(page, 'POST', '/households', {
    division, day: '2020-12-01', members: [{ name: NAME, sex: 1, birth: '1975-03-01' }], facts, evidence: '户口簿',
  })
  expect(made.status, JSON.stringify(made.data)).toBe(201)
  return made.data.ref
}
async function listed(page: Page, household: string): Promise<boolean> {
  const all = await ask<Rights>(page, 'GET', '/unclaimed-rights?programme=dibao&limit=200')
  return all.data.items.some((r) => r.household === household)
}
async function walk(page: Page, city: City, number: string): Promise<void> {
  await openCase(page, number)
  await act(page, '入户调查', (form) => form.getByLabel('结论').fill('与登记一致'))
  await enter(page, city, 'verifier')
  await openCase(page, number)
  await act(page, '信息核对', (form) => form.getByLabel('结论').fill('核对无异常'))
  await enter(page, city, 'clerk')
  await openCase(page, number)
  await act(page, '审核意见', (form) => form.getByLabel('意见').fill('符合条件，拟同意'))
  await act(page, '开始公示', (form) => form.getByLabel(/公示地点/).fill('社区公示栏'))
  await city.serve('2020-12-29')
  await enter(page, city, 'decider')
  await openCase(page, number)
  await act(page, '作出决定', (form) => form.getByLabel('理由与说明').fill('同意'))
  await expect(page.getByRole('article')).toContainText('批准')
}

test('a family that qualifies is seen, applies, and is on the list no more', async ({ page, city }) => {
  test.setTimeout(240_000)
  const clerk = await enter(page, city, 'clerk')
  const below = await ask<{ items: { code: string }[] }>(page, 'GET', `/divisions?parent=${clerk.division}&limit=200`)
  const household = await recorded(page, below.data.items[0]!.code)
  await expect.poll(() => listed(page, household), { timeout: 20_000 }).toBe(true)

  await goTo(page, '应享未享')
  await page.getByRole('combobox', { name: '项目' }).selectOption({ label: '最低生活保障' })
  await page.getByRole('button', { name: NAME }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('低保申请书')
  await expect(dialog).toContainText('由经办机构自己查')
  await expect(dialog).toContainText('还没有人去过')
  /* not wanting to needs a reason */
  await dialog.getByRole('button', { name: '暂不申请' }).click()
  await expect(dialog.getByRole('alert')).toContainText('为什么')
  await dialog.getByRole('button', { name: '愿意申请，去受理' }).click()

  await expect(page).toHaveURL(new RegExp(`window\\?household=${household}`))
  const { number } = await accept(page, ['低保申请'])
  await walk(page, city, number)

  await enter(page, city, 'clerk')
  await expect.poll(() => listed(page, household), { timeout: 20_000 }).toBe(false)
  await goTo(page, '应享未享')
  await expect(page.getByRole('heading', { name: '应享未享', level: 1 })).toBeVisible()
  await expect(page.getByRole('button', { name: NAME })).toHaveCount(0)
})
