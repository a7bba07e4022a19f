/* Households in one spreadsheet: the program's own template, filled with mistakes, given back marked, mended, taken. */
import { ask, enter, expect, idNumber, test } from '../city'
import { goTo, saved } from '../steps'
import ExcelJS from 'exceljs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'

/* The column of a head, by its words. */
function columnOf(sheet: ExcelJS.Worksheet, head: string): number {
  for (let c = 1; c <= sheet.columnCount; c++) if (String(sheet.getCell(1, c).value).replace('*', '') === head) return c
  throw new Error(`no column ${head} in ${sheet.name}`)
}
function put(sheet: ExcelJS.Worksheet, row: number, values: Record<string, ExcelJS.CellValue>): void {
  for (const [head, value] of Object.entries(values)) sheet.getCell(row, columnOf(sheet, head)).value = value
}
async function send(page: Page, book: ExcelJS.Workbook, path: string): Promise<void> {
  await book.xlsx.writeFile(path)
  await page.getByLabel('填好的文件（.xlsx）').setInputFiles(path)
  await page.getByRole('button', { name: '上传并检查' }).click()
}

test('a workbook with mistakes, marked, mended and taken', async ({ page, city }) => {
  const head = city.login('township_head')
  await enter(page, city, 'township_head')
  await goTo(page, '台账')
  await page.getByRole('link', { name: '批量导入' }).click()
  await expect(page.getByRole('heading', { name: '批量导入' })).toBeVisible()

  const book = await saved(page, '下载模板', join(city.folder, 'template.xlsx'))
  expect(book.worksheets.filter((s) => s.state === 'visible').map((s) => s.name)).toEqual(['填写说明', '家庭', '人员', '在享'])
  const households = book.getWorksheet('家庭')!
  const persons = book.getWorksheet('人员')!
  const type = columnOf(households, '户口类别')
  expect(households.getCell(2, type).dataValidation.formulae).toEqual(['"城市,农村"'])
  expect(households.getCell(1, 1).note).toBeTruthy()

  const places = await ask<{ items: { code: string }[] }>(page, 'GET', `/divisions?parent=${head.division}`)
  const village = places.data.items[0]!.code
  put(households, 2, { 家庭编号: 1, 区划代码: Number(village), 户口类别: '乡村', 家庭财产: 12000.5 })
  put(persons, 2, { 家庭编号: '1', 姓名: '欧阳春来', 与户主关系: '户主', 身份证号: idNumber('1961-05-04', true).slice(0, 17) + '?', 月收入: { formula: '150*2', result: 300 } })
  put(persons, 3, { 姓名: '柳如是', 与户主关系: '配偶', 出生日期: new Date(Date.UTC(1963, 6, 1)), 月收入: 0 })
  persons.mergeCells(2, 1, 3, 1)
  await send(page, book, join(city.folder, 'filled.xlsx'))

  await expect(page.getByRole('heading', { name: '共 2 处问题，什么也没有导入' })).toBeVisible()
  const mistakes = page.getByRole('region', { name: '问题清单' }).getByRole('row')
  await expect(mistakes).toHaveCount(3)
  await expect(mistakes.nth(1)).toContainText('家庭')
  await expect(mistakes.nth(1)).toContainText('“乡村”')
  await expect(mistakes.nth(1)).toContainText('城市、农村')
  await expect(mistakes.nth(2)).toContainText('身份证号')
  await expect(page.getByText('公式，按其结果“300”取用')).toBeVisible()

  const marked = await saved(page, '下载标注好的文件', join(city.folder, 'marked.xlsx'))
  const wrong = marked.getWorksheet('家庭')!.getCell(2, type)
  expect(wrong.value).toBe('乡村')
  expect(JSON.stringify(wrong.fill)).toContain('FFFFD9D6')
  expect(JSON.stringify(wrong.note)).toContain('城市、农村')
  expect(marked.worksheets[0]!.name).toBe('问题清单')
  const id = marked.getWorksheet('人员')!.getCell(2, columnOf(marked.getWorksheet('人员')!, '身份证号'))
  expect(JSON.stringify(id.note)).toContain('最后一位')
  wrong.value = '城市'
  id.value = idNumber('1961-05-04', true)
  await send(page, marked, join(city.folder, 'mended.xlsx'))
  await expect(page.getByRole('heading', { name: '已导入：家庭 1 户，人员 2 人，在享 0 项' })).toBeVisible()

  const found = await ask<{ items: { household: string }[] }>(page, 'GET', `/search?q=${encodeURIComponent('欧阳春来')}`)
  const family = await ask<{ members: { name: string; birth: string; facts: Record<string, unknown> }[] }>(page, 'GET', `/households/${found.data.items[0]!.household}`)
  expect(family.data.members.map((m) => [m.name, m.birth])).toEqual([
    ['欧阳春来', '1961-05-04'],
    ['柳如是', '1963-07-01'],
  ])
  await expect(page.getByRole('region', { name: '我上传过的文件' }).getByRole('row')).toHaveCount(3)
})
test('what is no spreadsheet of ours is told in words', async ({ page, city }) => {
  await enter(page, city, 'township_head')
  await page.goto(city.url + 'import')
  await page.getByLabel('填好的文件（.xlsx）').setInputFiles({ name: '名册.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('姓名,金额\n张三,5\n') })
  await page.getByRole('button', { name: '上传并检查' }).click()
  await expect(page.getByText('这不是 .xlsx 表格')).toBeVisible()
})
