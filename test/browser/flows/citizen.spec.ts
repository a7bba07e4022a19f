/* The citizen on a phone: applies, is taken by a clerk, is refused, understands why, appeals and is answered. */
import { enter, expect, idNumber, test, type City } from '../city'
import { accept, act, openCase, part } from '../steps'
import type { Browser, BrowserContext, Page } from '@playwright/test'

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/Vscv/QAAAABJRU5ErkJggg==', 'base64')

async function phone(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
}
const next = (p: Page) => p.getByRole('button', { name: '下一步' }).click()
/* The last list's answer is slow: who goes on at once has chosen all the same. Gives the village's name. */
async function place(p: Page): Promise<string> {
  await p.route(/\/public\/divisions\?parent=\d{9}(?!000)\d{3}/, async (r) => {
    await new Promise((then) => setTimeout(then, 1000))
    await r.continue().catch(() => undefined)
  })
  await p.getByLabel('区、县').selectOption({ label: '东区' })
  await p.getByLabel('街道、乡镇').selectOption({ label: '炳草岗街道' })
  await expect(p.getByText('由炳草岗街道办事处')).toBeVisible()
  const village = p.getByLabel('村、社区')
  const name = await village.getByRole('option').nth(1).innerText()
  await village.selectOption({ index: 1 })
  return name
}
/* To the last question but one; `id` of whoever applies alone. */
async function fill(p: Page, city: City, name: string, id: string): Promise<string> {
  await p.goto(city.url + 'p/')
  await p.getByRole('link', { name: /申请救助/ }).click()
  await p.getByRole('button', { name: '开始' }).click()
  await p.getByText('家里收入低').click()
  await next(p)
  const village = await place(p)
  await next(p)
  await p.getByLabel('姓名').fill(name)
  await p.getByLabel('身份证号').fill('123')
  await p.getByLabel('手机号').fill('138 1234 5678')
  await p.getByLabel('在户口本上').selectOption({ label: '就是户主' })
  await next(p)
  await expect(p.getByText('18位：17位数字')).toBeVisible()
  await p.getByLabel('身份证号').fill(id)
  await next(p)
  await expect(p.getByRole('heading', { name: '还有谁和申请人一起生活？' })).toBeVisible()
  await next(p)
  await p.getByText('城市', { exact: true }).click()
  await next(p)
  await p.getByRole('textbox').fill('3000')
  await next(p)
  await p.getByRole('textbox').fill('0')
  await next(p)
  await p.getByRole('group').getByText('没有', { exact: true }).click()
  await next(p)
  await p.getByLabel(name).fill('2600')
  return village
}
async function toTheEnd(p: Page): Promise<void> {
  for (let i = 0; i < 20; i++) {
    if (await p.getByRole('heading', { name: '拍一下材料' }).isVisible()) return
    const group = p.getByRole('group')
    const nobody = group.getByText('没有人', { exact: true })
    const list = group.getByRole('combobox')
    const box = group.getByRole('textbox')
    const asked = (await group.first().innerText()).split('\n')[0]!
    if (await nobody.isVisible()) await nobody.click()
    else if (await list.isVisible()) await list.selectOption({ label: '无' })
    else if ((await box.inputValue()) === '') await box.fill('0')
    await next(p)
    await expect(p.getByText(asked, { exact: true })).toHaveCount(0)
  }
}
async function send(p: Page): Promise<string> {
  await p.getByText('同意核对', { exact: true }).click()
  await p.getByText('保证属实', { exact: true }).click()
  await p.getByRole('button', { name: '提交申请' }).click()
  await expect(p.getByRole('heading', { name: '已经提交' })).toBeVisible({ timeout: 30_000 })
  return /510402-\d{4}-W\d{6}/.exec(await p.getByRole('main').innerText())![0]
}
async function look(p: Page, city: City, number: string): Promise<void> {
  await p.goto(city.url + 'p/progress?number=' + number)
  await p.getByLabel('手机号后四位').fill('5678')
  await p.getByRole('button', { name: '查询' }).click()
}

test('from the phone to the window, refused, explained and appealed', async ({ page, city, browser }) => {
  test.setTimeout(240_000)
  const at = await phone(browser)
  const p = await at.newPage()
  const village = await fill(p, city, '周试五', idNumber('1982-06-03', true))
  await next(p)
  await toTheEnd(p)
  await p.locator('input[type=file]').first().setInputFiles({ name: 'book.png', mimeType: 'image/png', buffer: PNG })
  await expect(p.getByAltText('拍的照片')).toBeVisible()
  await next(p)
  await expect(p.getByText('2,600.00 元')).toBeVisible()
  await expect(p.getByText('住在')).toContainText(village)
  await next(p)
  const online = await send(p)
  await look(p, city, online)
  await expect(p.getByText('已经收到')).toContainText('2020年12月24日')
  await expect(p.getByText('周*五')).toBeVisible()
  await expect(p.getByText('收到照片 1 张')).toBeVisible()

  /* at the township's desk; nothing of it is a case before a clerk has taken it */
  await enter(page, city, 'clerk', '510402002')
  await page.getByRole('button', { name: /看网上申请/ }).first().click()
  const hand = page.getByRole('region', { name: '当前事项' })
  await expect(hand).toContainText('身份未经核实')
  await expect(hand).toContainText('138****5678')
  await hand.getByRole('button', { name: '到窗口受理' }).click()
  await expect(page.getByRole('group', { name: '户主' }).getByLabel(/^姓名/)).toHaveValue('周试五')
  await page.getByRole('button', { name: '建立并办理' }).click()
  await expect(page.getByRole('heading', { name: '能办什么' })).toBeVisible()
  await expect(page.getByText('逐项核对')).toBeVisible()
  await expect(page.getByRole('textbox', { name: '家庭财产', exact: true })).toHaveValue(/3,?000/)
  const { number } = await accept(page, ['低保申请'])

  await look(p, city, online)
  await expect(p.getByText(number)).toBeVisible()
  await look(p, city, number)
  await expect(p.getByText('现在：炳草岗街道办事处')).toContainText('入户调查')
  await expect(p.getByText('周*五').first()).toBeVisible()
  await expect(p.getByText('周试五')).toHaveCount(0)

  await openCase(page, number)
  await expect(part(page, '材料')).toContainText('book.png')
  await act(page, '入户调查', (form) => form.getByLabel('结论').fill('有工资收入'))
  await enter(page, city, 'verifier')
  await openCase(page, number)
  await act(page, '信息核对', (form) => form.getByLabel('结论').fill('收入超过标准'))
  await enter(page, city, 'clerk', '510402002')
  await openCase(page, number)
  await act(page, '审核意见', (form) => form.getByLabel('意见').fill('收入不符合条件'))
  await act(page, '开始公示', (form) => form.getByLabel(/公示地点/).fill('社区公示栏'))
  await city.serve('2020-12-29') /* what hung out its days has ended by itself */
  await enter(page, city, 'decider')
  await openCase(page, number)
  await act(page, '作出决定', (form) => form.getByLabel('理由与说明').fill('家庭人均收入高于低保标准'))

  await look(p, city, number)
  await expect(p.getByText('没有批准').first()).toBeVisible()
  await expect(p.getByText('没有达到：').first()).toBeVisible()
  await expect(p.getByText('差在哪里：').first()).toBeVisible()
  await p.getByText('一行一行看').first().click()
  await expect(p.getByText('2,600.00').first()).toBeVisible()
  await expect(p.getByText('以前，可以申请行政复议')).toBeVisible()
  await p.getByRole('button', { name: '我不服，要申诉' }).click()
  await p.getByLabel('您为什么不服？').fill('我十一月就没有上班了')
  await p.getByRole('button', { name: '提交' }).click()
  await expect(p.getByText('我十一月就没有上班了')).toBeVisible()

  await page.goto(city.url)
  await page.getByRole('button', { name: /周试五.*答复申诉/ }).click()
  await expect(hand).toContainText('我十一月就没有上班了')
  await hand.getByLabel(/答复/).fill('请带离职证明来，我们重新核实')
  await hand.getByRole('button', { name: '答复' }).click()
  await expect(page.getByText('已答复').first()).toBeVisible()
  await p.getByRole('button', { name: '刷新' }).click()
  await expect(p.getByText('请带离职证明来，我们重新核实')).toBeVisible()
  await at.close()
})

test('without a network nothing is lost, and it is sent once', async ({ city, browser }) => {
  test.setTimeout(120_000)
  const at = await phone(browser)
  const p = await at.newPage()
  await fill(p, city, '吴试六', idNumber('1983-06-03', true))
  await p.reload() /* the battery was empty */
  await expect(p.getByLabel('吴试六')).toHaveValue('2600')
  await next(p)
  await toTheEnd(p)
  await next(p)
  await next(p)
  await p.getByText('同意核对', { exact: true }).click()
  await p.getByText('保证属实', { exact: true }).click()
  await at.setOffline(true)
  await p.getByRole('button', { name: '提交申请' }).click()
  await expect(p.getByText('网络不通')).toBeVisible({ timeout: 30_000 })
  await at.setOffline(false)
  await p.getByRole('button', { name: '提交申请' }).click()
  await expect(p.getByRole('heading', { name: '已经提交' })).toBeVisible({ timeout: 30_000 })
  await p.goto(city.url + 'p/apply')
  await expect(p.getByRole('button', { name: '开始' })).toBeVisible() /* and the phone has forgotten it */
  await at.close()
})

test('a wrong number and a wrong phone look the same', async ({ city, browser }) => {
  const at = await phone(browser)
  const p = await at.newPage()
  for (const number of ['510402-2020-000001', '510402-2020-999999']) {
    await p.goto(city.url + 'p/progress?number=' + number)
    await p.getByLabel('手机号后四位').fill('0000')
    await p.getByRole('button', { name: '查询' }).click()
    await expect(p.getByRole('alert')).toContainText('编号和手机尾号对不上')
  }
  await at.close()
})
