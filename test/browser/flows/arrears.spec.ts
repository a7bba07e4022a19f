/* A standard that was raised backwards: found, looked at, decided, on the bank's next list and with the family. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alone as test, ask, enter, expect, type City } from '../city'
import { goTo } from '../steps'

const root = process.env.HUIMIN_SRC ?? '../..'
/* The place with 40 yuan more from November on, signed in January. */
function raise(city: City): void {
  const home = mkdtempSync(join(tmpdir(), 'huimin-home-'))
  for (const part of ['lines', 'places']) cpSync(join(root, part), join(home, part), { recursive: true })
  const file = join(home, 'places/panzhihua.hm')
  const text = readFileSync(file, 'utf8')
  const old = /^ *set dibao\.standard .*$/m
  expect(text).toMatch(old)
  writeFileSync(file, text.replace(old, (line) => `${line}\n  set dibao.standard from 2020-11: 650.00 for urban, 450.00 for rural`))
  city.run('init', '--place', 'panzhihua', '--home', home)
  rmSync(home, { recursive: true })
}
interface Lines {
  items: { household: string; kind: string; month: string; fen: number; state: string }[]
}
const fenOf = (text: string) => Number(text.replace(/[^\d]/g, ''))

test('back-pay from the signature to the bank and the family', async ({ page, city }) => {
  test.setTimeout(300_000)
  city.run('pay', 'freeze', '--month', '2020-12', '--county', '510411')
  raise(city)
  await city.serve('2021-01-05')
  await enter(page, city, 'decider', '510411')
  await goTo(page, '补发追回')
  await page.getByLabel('从', { exact: true }).fill('202011')
  await page.getByLabel('到', { exact: true }).fill('202012')
  await page.getByLabel('事由').fill('2021年低保标准自2020年11月起执行')
  await page.getByRole('button', { name: '开始查找' }).click()
  await page.getByRole('link', { name: '2020年11月 至 2020年12月' }).click({ timeout: 60_000 })

  /* By place, and each part adds up. */
  const places = page.getByRole('region', { name: '按地区' })
  const total = fenOf(await places.getByRole('row', { name: /^合计/ }).getByRole('cell').nth(3).innerText())
  expect(total).toBeGreaterThan(0)
  await places.getByRole('row').nth(1).getByRole('link').nth(1).click()
  await expect(page.getByRole('button', { name: '家庭', exact: true })).toHaveAttribute('aria-pressed', 'true')

  /* One family: its months beside each other, the calculation of then and of now, and its letter. */
  const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: '看通知书，决定' }) }).first()
  const head = (await row.getByRole('link').first().innerText()).trim()
  const household = (await row.getByRole('link').first().getAttribute('href'))!.split('/').pop()!
  await row.getByRole('button', { name: /笔$/ }).click()
  await expect(row.getByRole('link', { name: /\d\.\d\d/ }).first()).toHaveAttribute('href', /months\/2020-1[12]$/)
  await expect(row.getByRole('link', { name: /\d\.\d\d/ }).nth(1)).toHaveAttribute('href', /known_at=/)
  await row.getByRole('button', { name: '看通知书，决定' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('补发通知书')
  await expect(dialog).toContainText(`${head}：经重新核算`)
  await dialog.getByRole('button', { name: '决定', exact: true }).click()
  await expect(dialog).toBeHidden()

  /* All the others at once; what stands open is with the decider's desk until then. */
  await goTo(page, '待办')
  await page.getByText(/裁决补发追回：2020-11至2020-12/).first().click()
  await page.getByRole('button', { name: '打开清单，看通知书，决定' }).click()
  await page.getByRole('button', { name: /^决定（待决定/ }).click()
  await dialog.getByRole('button', { name: '决定', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('已决定完')).toBeVisible()
  await expect(page.getByRole('button', { name: /^决定（待决定/ })).toHaveCount(0)

  /* The next list pays it, month by month, once. */
  city.run('run', '--month', '2021-01', '--division', '510411000000')
  const told = city.run('pay', 'freeze', '--month', '2021-01', '--county', '510411')
  expect(told).toContain('510411-202101-01')
  await enter(page, city, 'payer', '510411')
  await goTo(page, '银行代发')
  await page.getByRole('link', { name: '510411-202101-01' }).first().click()
  const yuan = (total / 100).toLocaleString('en', { minimumFractionDigits: 2 })
  await expect(page.getByText(new RegExp(`补发 \\d+ 笔 ${yuan.replace('.', '\\.')} 元`))).toBeVisible()
  const ref = page.url().split('/').pop()!.split('?')[0]
  const lines = (await ask<Lines>(page, 'GET', `/batches/${ref}/lines?limit=200`)).data.items
  const mine = lines.filter((l) => l.household === household && l.kind === 'backpay')
  expect(mine.map((l) => l.month).sort()).toEqual(['2020-11', '2020-12'])

  /* The family's page names them. */
  await enter(page, city, 'decider', '510411')
  await page.goto(city.url + `households/${household}#accounts`)
  const accounts = page.locator('section').filter({ has: page.getByRole('heading', { name: '收款账户', level: 2 }) })
  await expect(accounts.getByText('补发', { exact: true })).toHaveCount(2)
})
