/*
 * Spreadsheets against another program's: what ours writes it reads equal, what it writes ours reads equal.
 * HUIMIN_XLSX is the program of test/prog/xlsx_say.c.
 */
import { expect, test } from '@playwright/test'
import ExcelJS from 'exceljs'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = process.env.HUIMIN_XLSX ?? '../../build/test/prog_xlsx_say'
const folder = mkdtempSync(join(tmpdir(), 'huimin-xlsx-'))
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function said(book: ExcelJS.Workbook, name: string, o: Partial<ExcelJS.XlsxWriteOptions> = {}): Promise<string[]> {
  const path = join(folder, name)
  await book.xlsx.writeFile(path, o)
  return execFileSync(program, ['read', path], { encoding: 'utf8' }).trimEnd().split('\n')
}
const day = (y: number, m: number, d: number) => new Date(Date.UTC(y, m - 1, d))

test('what ours writes', async () => {
  const path = join(folder, 'ours.xlsx')
  execFileSync(program, ['write', path])
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(path)
  const s = book.getWorksheet('名册')!
  expect(s.getCell('A1').value).toBe('二〇二〇年十二月')
  expect(s.getCell('F1').master.address).toBe('A1')
  expect(s.getRow(2).values).toEqual([undefined, '姓名', '身份证号', '性别', '金额', '人数', '日期'])
  expect(JSON.stringify(s.getCell('A2').note)).toContain('如户口簿')
  expect(s.views[0]).toMatchObject({ state: 'frozen', ySplit: 2 })
  expect(s.getCell('A3').value).toBe('=SUM(A1)')
  expect(s.getCell('A3').type).toBe(ExcelJS.ValueType.String)
  expect(s.getCell('B3').value).toBe('510402199003070019')
  expect(s.getCell('B3').numFmt).toBe('@')
  expect(JSON.stringify(s.getCell('B3').fill)).toContain('FFFFD9D6')
  expect(JSON.stringify(s.getCell('B3').note)).toContain('应为：9')
  expect(s.getColumn(2).numFmt).toBe('@')
  expect(s.getCell('C9').dataValidation.formulae).toEqual(['"男,女"'])
  expect(s.getCell('D3').value).toBe(410.1)
  expect(s.getCell('D3').numFmt).toBe('#,##0.00')
  expect(s.getCell('E3').value).toBe(14)
  expect(s.getCell('F3').value).toEqual(day(2020, 12, 1))
  /* it leaves undone what stands for characters that XML can't hold */
  expect(s.getCell('A4').value).toBe('a_x0001_b_x005F_x000D_c_x000D_\n <&>"𠮷')
  expect(s.getCell('D4').value).toBe(-0.01)
  expect(s.getCell('E4').value).toBe(999999999999.99)
  expect(s.getCell('F4').value).toEqual(day(1900, 3, 1))
})

test('what the other program writes', async () => {
  for (const useSharedStrings of [true, false]) {
    const book = new ExcelJS.Workbook()
    const s = book.addWorksheet('人员')
    s.addRow(['姓名', '出生日期', '金额', '备注'])
    s.addRow([' 张三 ', day(1990, 3, 7), 0.1 + 0.2, { richText: [{ text: '富' }, { text: '文本', font: { bold: true } }] }])
    s.addRow(['李四', day(2024, 2, 29), { formula: 'C2*2', result: 820.2 }, true])
    s.addRow(['王五', new Date(Date.UTC(2020, 11, 1, 15, 30)), 1e15, { error: '#N/A' }])
    s.getCell('B5').value = day(2020, 12, 1)
    s.getCell('B5').numFmt = 'yyyy"年"m"月"d"日"'
    s.getCell('C5').value = 44166
    s.getCell('C5').numFmt = '0.00" d"'
    s.getCell('D5').value = 'a_x000D_b' /* not escaped by it: a line's end to whoever reads it */
    s.mergeCells('A6:B7')
    s.getCell('A6').value = '合并'
    s.getCell('D7').value = { formula: 'NOW()' } as ExcelJS.CellFormulaValue
    book.addWorksheet('空', { state: 'hidden' })
    expect(await said(book, 'theirs.xlsx', { useSharedStrings })).toEqual([
      'sheet 人员',
      'A1 text 姓名', 'B1 text 出生日期', 'C1 text 金额', 'D1 text 备注',
      'A2 text  张三 ', 'B2 day 1990-03-07', 'C2 number 0.3', 'D2 text 富文本',
      'A3 text 李四', 'B3 day 2024-02-29', 'C3 number formula 820.2', 'D3 flag TRUE',
      'A4 text 王五', 'B4 day 2020-12-01', 'C4 number 1000000000000000', 'D4 error #N/A',
      'B5 day 2020-12-01', 'C5 number 44166', 'D5 text a\\x0db',
      'A6 text 合并', 'B6 text merged 合并',
      'A7 text merged 合并', 'B7 text merged 合并', 'D7 none formula ',
      'sheet 空 hidden',
    ])
  }
})

test('days counted from 1904', async () => {
  const book = new ExcelJS.Workbook()
  book.properties.date1904 = true
  book.addWorksheet('a').addRow([day(2020, 12, 1), day(1904, 1, 2)])
  expect(await said(book, '1904.xlsx')).toEqual(['sheet a', 'A1 day 2020-12-01', 'B1 day 1904-01-02'])
})

test('its streaming writer, ten thousand rows', async () => {
  const path = join(folder, 'stream.xlsx')
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path, useStyles: true, useSharedStrings: true })
  const s = book.addWorksheet('流')
  for (let i = 1; i <= 10000; i++) s.addRow([`第${i}户`, i * 1.1, day(2000, 1, 1 + (i % 365))]).commit()
  await book.commit()
  const lines = execFileSync(program, ['read', path], { encoding: 'utf8', maxBuffer: 1 << 26 }).trimEnd().split('\n')
  expect(lines.length).toBe(30001)
  for (let i = 1; i <= 10000; i += 777) {
    expect(lines[3 * i - 2]).toBe(`A${i} text 第${i}户`)
    expect(lines[3 * i - 1]).toBe(`B${i} number ${Number((i * 1.1).toPrecision(15))}`)
    expect(lines[3 * i]).toBe(`C${i} day ${day(2000, 1, 1 + (i % 365)).toISOString().slice(0, 10)}`)
  }
})
