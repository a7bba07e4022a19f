/* What clerks do again and again, by the words on the pages. */
import { expect, type Locator, type Page } from '@playwright/test'
import { idNumber } from './city'
import ExcelJS from 'exceljs'

export interface Member {
  name: string
  birth: string
  male: boolean
  relation?: string /* to the head, as it is chosen */
}

/* A family that nobody has on record, put there at the window. Ends on its window page. */
export async function newFamily(page: Page, village: string | RegExp, members: Member[]): Promise<string> {
  await page.getByRole('navigation', { name: '主要页面' }).getByRole('link', { name: '窗口受理' }).click()
  await page.getByRole('button', { name: '新建家庭' }).click()
  const places = page.getByRole('combobox', { name: /区划/ })
  await expect(places.first()).toBeVisible()
  await choose(places.first(), village)
  await page.getByRole('radiogroup', { name: '户类' }).or(page.getByRole('radiogroup', { name: /户口类别/ })).getByText('城市').click()
  for (const [i, m] of members.entries()) {
    if (i) await page.getByRole('button', { name: '加一个成员' }).click()
    const box = page.getByRole('group', { name: i ? `成员 ${i + 1}` : '户主' })
    await box.getByLabel(/^姓名/).fill(m.name)
    await box.getByLabel(/^身份证号/).fill(idNumber(m.birth, m.male))
    if (m.relation) await box.getByLabel(/^与户主关系/).selectOption({ label: m.relation })
  }
  await page.getByRole('button', { name: '建立并办理' }).click()
  await expect(page).toHaveURL(/window\?household=/)
  await expect(page.getByRole('heading', { name: '能办什么' })).toBeVisible()
  return new URL(page.url()).searchParams.get('household')!
}

export async function choose(list: Locator, label: string | RegExp): Promise<void> {
  if (typeof label === 'string') await list.selectOption({ label })
  else {
    const found = await list.getByRole('option').filter({ hasText: label }).first().innerText()
    await list.selectOption({ label: found })
  }
}

/* The panel of the window in which the questions about the family (undefined) or one member stand. */
export function about(page: Page, member?: string): Locator {
  const heading = page.getByRole('heading', { name: member ? new RegExp('^' + member) : '家庭情况', level: 2 })
  return page.locator('section').filter({ has: heading })
}
/* One answer: a radio's words, or what is typed. A fact that is known already is opened first. */
export async function answer(panel: Locator, label: string, value: string): Promise<void> {
  const group = panel.getByRole('radiogroup', { name: label, exact: true })
  const box = panel.getByRole('textbox', { name: label, exact: true })
  const list = panel.getByRole('combobox', { name: label, exact: true })
  const change = panel.getByRole('button', { name: '更改' + label, exact: true })
  /* it may open by itself while one is about to open it */
  await expect(async () => {
    if (!(await group.or(box).or(list).first().isVisible())) await change.click({ timeout: 1_000 })
    await expect(group.or(box).or(list).first()).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: 15_000 })
  if (await group.isVisible()) await group.getByText(value, { exact: true }).click()
  else if (await list.isVisible()) await list.selectOption({ label: value })
  else {
    await box.fill(value)
    await box.blur()
  }
}
export async function answers(panel: Locator, all: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(all)) await answer(panel, label, value)
}

/* The next step of the case that is open, filled in and confirmed. */
export async function act(page: Page, button: string | RegExp, fill?: (form: Locator) => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: button, exact: typeof button === 'string' }).first().click()
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: '确定' }) })
  await expect(form).toBeVisible()
  await fill?.(form)
  await form.getByRole('button', { name: '确定' }).click()
  await expect(form).toBeHidden()
}

/* What can be applied for, by its name, with what is said of it. */
export function offer(page: Page, label: string): Locator {
  const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: '能办什么' }) })
  return panel.getByRole('listitem').filter({ has: page.getByRole('checkbox', { name: new RegExp('^' + label) }) })
}

/* Facts of a member who has nothing and is well. */
export const NOTHING = { 月收入: '0', 在业: '否', 其中工资: '0', 在校就读: '否', 病情: '无', 残疾等级: '无', 另有住房: '否', 失独: '否', 特困人员: '否' }

/* Exactly these are applied for; what is said at the end: the number, and where the (first) case stands. */
export async function accept(page: Page, labels: string[]): Promise<{ number: string; url: string }> {
  const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: '能办什么' }) })
  for (const box of await panel.getByRole('checkbox', { checked: true }).all()) {
    const name = (await box.getAttribute('id'))!
    const label = await panel.locator(`label[for="${name}"]`).innerText()
    if (!labels.some((l) => label.startsWith(l))) await box.uncheck()
  }
  for (const label of labels) await offer(page, label).getByRole('checkbox').check()
  await page.getByRole('button', { name: `受理 ${labels.length} 项` }).click()
  return receipt(page)
}
export async function receipt(page: Page): Promise<{ number: string; url: string }> {
  const told = page.getByRole('status').filter({ has: page.getByRole('heading', { name: '已受理' }) })
  await expect(told).toBeVisible()
  const link = told.getByRole('link').first()
  const number = /510402-\d{4}-\d+/.exec(await told.innerText())![0]
  return { number, url: new URL((await link.getAttribute('href'))!, page.url()).href }
}

/* By its number in the box at the top. */
export async function openCase(page: Page, number: string): Promise<void> {
  const box = page.getByRole('combobox', { name: /搜索/ })
  await box.fill(number)
  await page.getByRole('option').filter({ hasText: '办件' }).first().click()
  await expect(page.getByRole('article', { name: number })).toBeVisible()
}

/* A line of a case's steps. */
export function step(page: Page, label: string): Locator {
  const part = page.locator('section').filter({ has: page.getByRole('heading', { name: '步骤', exact: true }) })
  return part.getByRole('listitem').filter({ has: page.getByText(label, { exact: true }) })
}

/* A page by the bar at the top. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: '主要页面' }).getByRole('link', { name, exact: true }).click()
}
/* A part of a page by its heading. */
export function part(page: Page, heading: string): Locator {
  return page.locator('section').filter({ has: page.getByRole('heading', { name: heading, exact: true, level: 2 }) })
}
/* A household by a name in the box at the top. */
export async function openHousehold(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: /搜索/ }).fill(name)
  await page.getByRole('option').filter({ hasText: name }).first().click()
  await expect(page.getByRole('heading', { name: `${name} 家庭`, level: 1 })).toBeVisible()
}
/* A notice as it leaves; closed again. The button that prints a paper of that name is another. */
export async function readLetter(page: Page, title: string): Promise<string> {
  await part(page, '文书').getByRole('button', { name: title, exact: true }).first().click()
  const letter = page.getByRole('dialog', { name: title })
  await expect(letter).toBeVisible()
  const text = await letter.innerText()
  await page.keyboard.press('Escape')
  await expect(letter).toBeHidden()
  return text
}
/* The workbook that a button gives, kept under a name. */
export async function saved(page: Page, button: string, to: string): Promise<ExcelJS.Workbook> {
  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  await (await coming).saveAs(to)
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(to)
  return book
}
