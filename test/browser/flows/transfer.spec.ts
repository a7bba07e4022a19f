/*
 * The month from its run to the bank: frozen, sent, answered by the bank, a failed payment put right with a
 * second pair of eyes, and paid again.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ask, enter, expect, FIRST_DAY, test } from '../city'
import { goTo, part, saved } from '../steps'
import type { Page } from '@playwright/test'

const MONTH = FIRST_DAY.slice(0, 7)
interface Line {
  seq: number
  household: string
  payee: string
  name: string
  state: string
}

/* The bank's file as CSV, with the words under which it was asked for. */
async function bankFile(page: Page): Promise<string> {
  await page.getByRole('button', { name: '生成银行文件' }).click()
  const dialog = page.getByRole('dialog', { name: '生成银行文件' })
  await dialog.getByLabel('格式').selectOption({ label: '逗号分隔表（CSV）' })
  await dialog.getByLabel('用途').fill('交代发银行')
  const saved = page.waitForEvent('download')
  await dialog.getByRole('button', { name: '生成并下载' }).click()
  const file = readFileSync(await (await saved).path(), 'utf8')
  await expect(dialog).toBeHidden()
  return file
}
/* What the bank says to it: every line paid but the one named. */
function answerTo(file: string, fails: number): string {
  const [head, , ...lines] = file.trimEnd().split('\n').map((l) => l.split(','))
  const rows = lines.map((l) => [l[0], l[2], l[4], Number(l[0]) === fails ? '1003' : '0000', ''].join(','))
  return [[head![0], head![1], head![3], '20201228', head![4], head![5], head![6]].join(','), ...rows].join('\n') + '\n'
}
async function give(page: Page, text: string, name = 'answer.csv'): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
}

test('a month goes to the bank, and what fails is paid again', async ({ page, city }, info) => {
  test.setTimeout(240_000)
  await enter(page, city, 'payer')
  await goTo(page, '月度发放')
  await page.getByRole('textbox', { name: '月份' }).fill(MONTH)
  await page.getByRole('button', { name: '开始' }).click()
  await expect(page.getByRole('heading', { name: /2020年12月.*已完成/ })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: '冻结名单' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '确定冻结' }).click()
  await expect(page.getByText('510402-202012-01')).toBeVisible()
  await expect(page.getByRole('button', { name: '冻结名单' })).toBeHidden()

  await goTo(page, '银行代发')
  await page.getByRole('link', { name: '510402-202012-01' }).click()
  await expect(page.getByRole('heading', { name: '代发名单 510402-202012-01' })).toBeVisible()
  await expect(page.getByText('待送银行')).toBeVisible()
  const ref = page.url().split('/').pop()!
  const lines = await ask<{ items: Line[]; count: { n: number } }>(page, 'GET', `/batches/${ref}/lines?limit=200&state=frozen&division=${city.login('clerk').division}`)
  const failing = lines.data.items[0]!
  const sheet = (await saved(page, '导出表格', info.outputPath('lines.xlsx'))).worksheets[0]!
  const written: string[] = []
  sheet.eachRow((row) => written.push(String(row.values)))
  for (const l of lines.data.items.slice(0, 5)) expect(written.filter((w) => w.includes(l.name))).not.toHaveLength(0)
  const file = await bankFile(page)
  await expect(page.getByText('已送银行，待回盘').first()).toBeVisible()
  expect(file.split('\n')[0]).toContain('402,510402-202012-01,')
  expect(createHash('sha1').update(await bankFile(page)).digest('hex')).toBe(createHash('sha1').update(file).digest('hex'))

  /* answers that are not to this list change nothing */
  const answer = answerTo(file, failing.seq)
  await give(page, answer.replace(/^402/, '105'), 'other.csv')
  await expect(page.locator('.note[role=alert]')).toContainText('这是银行 105 的文件')
  await give(page, answer.split('\n').slice(0, 4).join('\n') + '\n', 'cut.csv')
  await expect(page.locator('.note[role=alert]')).toContainText('文件不完整')
  await give(page, answer)
  await expect(page.getByRole('status').filter({ hasText: '未成功 1' })).toBeVisible()
  await expect(page.getByText('银行已回盘')).toBeVisible()
  await give(page, answer)
  await expect(page.getByText('这个文件已经读入过')).toBeVisible()

  /* the township's clerk finds it on the desk and changes the account */
  await enter(page, city, 'clerk')
  await page.getByRole('link', { name: new RegExp(failing.name) }).filter({ hasText: '发放未成功' }).or(page.getByText('发放未成功（账户已销户')).first().click()
  await page.getByRole('link', { name: '打开收款账户' }).click()
  const accounts = part(page, '收款账户')
  await expect(accounts.getByText('发放未成功')).toBeVisible()
  await expect(accounts.getByText('账户已销户，请换一个账户')).toBeVisible()
  await accounts.getByRole('button', { name: '更换账户' }).first().click()
  await accounts.getByLabel(/^账号/).fill('6217003670000001231')
  await accounts.getByLabel(/^为什么更换/).fill('原账户已销户，换新卡')
  await accounts.getByRole('button', { name: '登记', exact: true }).click()
  await expect(accounts.getByText('待确认：')).toBeVisible()
  await expect(accounts.getByRole('button', { name: '核对无误，确认' })).toBeHidden()

  /* somebody else confirms it */
  await enter(page, city, 'payer')
  await page.goto(city.url + `households/${failing.household}`)
  await part(page, '收款账户').getByRole('button', { name: '核对无误，确认' }).click()
  await expect(part(page, '收款账户').getByText('已更正，待重发')).toBeVisible()
  await expect(part(page, '收款账户').getByText('6217***********1231').first()).toBeVisible()

  /* and it is paid again, once */
  await goTo(page, '银行代发')
  await page.getByRole('button', { name: '生成重发名单' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '生成重发名单' }).click()
  await expect(page.getByRole('heading', { name: '代发名单 510402-202012-02' })).toBeVisible()
  const again = await bankFile(page)
  expect(again).toContain('6217003670000001231')
  await give(page, answerTo(again, 0))
  await expect(page.getByText('银行已回盘')).toBeVisible()
  const more = await ask<{ code: string }>(page, 'POST', '/batches/again', { county: '510402000000' })
  expect(more.status).toBe(409)
  await page.goto(city.url + `households/${failing.household}`)
  await expect(part(page, '收款账户').getByText('已转重发')).toBeVisible()
  await expect(part(page, '收款账户').getByText('2020-12-28').first()).toBeVisible()
})
