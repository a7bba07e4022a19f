/* The window without a mouse: from the login to the acceptance. */
import { expect, idNumber, test } from '../city'
import { receipt } from '../steps'
import type { Page } from '@playwright/test'

/* The name of what has the focus, as it is read out, and what kind of thing it is. */
async function focused(page: Page): Promise<{ name: string; kind: string; group: string; value: string }> {
  return page.evaluate(() => {
    const e = document.activeElement as HTMLInputElement
    const words = (ids: string | null) => (ids ?? '').split(' ').map((i) => document.getElementById(i)?.textContent ?? '').join(' ').trim()
    const group = e.closest('[role=radiogroup]')
    const label = e.labels?.[0]?.textContent ?? ''
    return {
      name: (e.getAttribute('aria-label') ?? (label || words(e.getAttribute('aria-labelledby')) || e.textContent || '')).replace(/\*$/, '').trim(),
      kind: e.type ?? e.tagName.toLowerCase(),
      group: group ? words(group.getAttribute('aria-labelledby')).replace(/\*$/, '') : '',
      value: e.value,
    }
  })
}
async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 80; i++) {
    const at = await focused(page)
    if (typeof name === 'string' ? at.name === name : name.test(at.name)) return
    await page.keyboard.press(key)
  }
  throw new Error(`${key} never comes to ${name}; last at ${JSON.stringify(await focused(page))}`)
}
/* In a group of radio buttons, by the arrows. */
async function arrowTo(page: Page, value: string): Promise<void> {
  for (let i = 0; i < 8; i++) {
    const at = await focused(page)
    if (at.name === value && (await page.evaluate(() => (document.activeElement as HTMLInputElement).checked))) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`the arrows never come to ${value}`)
}

test('the keyboard alone is enough from the login to the acceptance', async ({ page, city }) => {
  test.setTimeout(180_000)
  const who = city.login('clerk')
  await page.goto(city.url)
  await expect(page.getByLabel('账号')).toBeFocused()
  await page.keyboard.type(who.login)
  await page.keyboard.press('Tab')
  await page.keyboard.type(who.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('banner')).toBeVisible()

  /* the sheet of keys, and the window by two of them */
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: '快捷键' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('g')
  await page.keyboard.press('w')
  await expect(page.getByRole('combobox', { name: /搜索/ }).last()).toBeFocused()

  /* nobody of that name: a new household */
  await tabTo(page, '新建家庭')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '新建家庭' })).toBeVisible()
  await expect.poll(async () => (await focused(page)).kind).toBe('select-one')
  await page.keyboard.press('ArrowDown') /* the first village */
  await page.keyboard.press('Tab')
  await arrowTo(page, '城市')
  await tabTo(page, '姓名')
  await page.keyboard.type('朱试十')
  await page.keyboard.press('Enter')
  await page.keyboard.type(idNumber('1966-04-04', true))
  await page.keyboard.press('Enter')
  await page.keyboard.type('13800000000')
  await page.keyboard.press('Tab')
  await tabTo(page, '建立并办理')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/window\?household=/)
  await expect(page.getByRole('heading', { name: '能办什么' })).toBeVisible()

  /* each question by Enter; typed, or chosen by the arrows */
  await tabTo(page, '家庭财产')
  const typed: Record<string, string> = { 家庭财产: '500', 车辆数: '0', 月收入: '300', 其中工资: '0' }
  const chosen: Record<string, string> = { 残疾人专用车: '否', 在业: '否', 在校就读: '否', 病情: '无', 残疾等级: '无', 另有住房: '否', 失独: '否', 特困人员: '否' }
  const todo = new Set([...Object.keys(typed), ...Object.keys(chosen)])
  for (let i = 0; todo.size && i < 120; i++) {
    const at = await focused(page)
    const what = at.group || at.name
    if (todo.delete(what)) {
      if (chosen[what]) await arrowTo(page, chosen[what]!)
      else await page.keyboard.type(typed[what]!)
    }
    await page.keyboard.press('Tab')
  }
  expect([...todo]).toEqual([])
  await expect(page.getByRole('checkbox', { name: /^低保申请/ })).toBeChecked()
  await expect(page.getByRole('listitem').filter({ hasText: '低保申请' }).first()).toContainText('310.00')
  await page.keyboard.press('Control+Enter')
  const { number } = await receipt(page)

  /* and to the case, where the next click has its key */
  await page.keyboard.press('/')
  await page.keyboard.type(number)
  await expect(page.getByRole('option').filter({ hasText: number }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article', { name: number })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await expect(page.getByLabel('结论')).toBeFocused()
  await page.keyboard.type('与申报一致')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('入户调查：已保存').or(page.getByText('与申报一致').first()).first()).toBeVisible()
})
