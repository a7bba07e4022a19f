/* Two at once, sessions that end, weak networks, broken uploads: nothing is lost, nothing is done twice. */
import { request as plain } from 'node:http'
import { ask, enter, expect, test, type City } from '../city'
import { about, accept, act, answers, newFamily, NOTHING, offer, part, receipt } from '../steps'
import type { Page } from '@playwright/test'

let made = 0
async function taken(page: Page, city: City): Promise<{ number: string; url: string; ref: string }> {
  await enter(page, city, 'clerk')
  await newFamily(page, /社区/, [{ name: '郑试' + '甲乙丙丁戊己庚辛'[made++], birth: '1958-07-14', male: true }])
  await answers(about(page), { 家庭财产: '0', 车辆数: '0', 残疾人专用车: '否' })
  const { number, url } = await accept(page, ['低保申请'])
  return { number, url, ref: url.slice(url.lastIndexOf('/') + 1) }
}

test('two clerks save at once: the second is shown the difference', async ({ page, city, browser }) => {
  const { url } = await taken(page, city)
  const other = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage()
  await enter(other, city, 'township_head')
  await other.goto(url)
  await page.goto(url)

  await other.getByRole('button', { name: '备注' }).click()
  await other.getByLabel('说明').fill('家属来电询问')
  await act(page, '入户调查', (form) => form.getByLabel('结论').fill('独居，无收入'))
  await other.getByRole('button', { name: '确定' }).click()
  const told = other.getByRole('alert').filter({ hasText: '别人已先改动本件' })
  await expect(told).toContainText('clerk.bingcaogang')
  await expect(told).toContainText('独居，无收入')
  await expect(told).toContainText('入户调查：待办 → 已办')
  await told.getByRole('button', { name: /仍按我的保存/ }).click()
  await expect(part(other, '经过')).toContainText('家属来电询问')
  await expect(part(other, '经过')).toContainText('独居，无收入')

  /* what can't be done any more is said too */
  await other.goto(url)
  await page.goto(url)
  await page.getByRole('button', { name: '申请人撤回' }).click()
  await page.getByLabel('撤回原因').fill('不想申请了')
  await act(other, '申请人撤回', (form) => form.getByLabel('撤回原因').fill('找到工作'))
  await page.getByRole('button', { name: '确定' }).click()
  await expect(page.getByRole('alert')).toContainText('现在已不能做')
  await page.getByRole('button', { name: /放弃我的/ }).click()
  await expect(part(page, '经过')).toContainText('找到工作')
  await other.context().close()
})

test('a session that ended while a form was open: log in over the page, nothing is lost', async ({ page, city }) => {
  const who = await enter(page, city, 'clerk')
  const household = await newFamily(page, /社区/, [{ name: '王试七', birth: '1990-10-10', male: false }])
  await answers(about(page), { 家庭财产: '1234', 车辆数: '0', 残疾人专用车: '否' })
  await answers(about(page, '王试七'), { ...NOTHING, 月收入: '77' })
  await expect(offer(page, '低保申请')).toContainText('533.00')
  await page.getByLabel('备注').fill('会话结束前写的')
  await ask(page, 'DELETE', '/session')
  await page.context().clearCookies()
  await page.getByRole('button', { name: /^受理 1 项/ }).click()
  const dialog = page.getByRole('dialog', { name: '登录已过期' })
  await expect(dialog).toBeVisible()
  await dialog.getByLabel('密码').fill(who.password)
  await page.keyboard.press('Enter')
  const { url } = await receipt(page)
  await page.goto(url)
  await expect(part(page, '申报与核实的情况')).toContainText('1,234.00')
  await expect(part(page, '申报与核实的情况')).toContainText('77.00')
  const h = await ask<{ cases: unknown[] }>(page, 'GET', `/households/${household}`)
  expect(h.data.cases).toHaveLength(1)
})

test('what was typed is still there when the page is opened again', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  await newFamily(page, /社区/, [{ name: '冯试八', birth: '1988-08-08', male: true }])
  await answers(about(page), { 家庭财产: '4321.05' })
  await page.reload()
  await expect(about(page).getByRole('textbox', { name: '家庭财产' })).toHaveValue('4321.05')
})

test('an answer that was lost on the way: sent again, one case only', async ({ page, city }) => {
  await enter(page, city, 'clerk')
  const household = await newFamily(page, /社区/, [{ name: '陈试九', birth: '1955-05-05', male: true }])
  await answers(about(page), { 家庭财产: '0', 车辆数: '0', 残疾人专用车: '否' })
  const keys: string[] = []
  await page.route('**/api/v1/cases', async (route) => {
    keys.push(route.request().headers()['idempotency-key'] ?? '')
    if (keys.length > 1) return route.continue()
    await route.fetch() /* it gets there, but nothing comes back */
    return route.abort('connectionreset')
  })
  const { number } = await accept(page, ['低保申请'])
  expect(keys).toHaveLength(2)
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
  expect(keys[1]).toBe(keys[0])
  const h = await ask<{ cases: { number: string }[] }>(page, 'GET', `/households/${household}`)
  expect(h.data.cases.map((c) => c.number)).toEqual([number])
})

test('no network: said so, and the request goes on when it is back', async ({ page, city }) => {
  const { url } = await taken(page, city)
  await page.goto(url)
  await page.getByRole('button', { name: '备注' }).click()
  await page.getByLabel('说明').fill('断网时写的')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '确定' }).click()
  await expect(page.getByText('网络不通')).toBeVisible()
  await page.context().setOffline(false)
  await expect(part(page, '经过')).toContainText('断网时写的')
  await expect(page.getByText('网络不通')).toBeHidden()
})

/* Half of a body, then the line is cut. */
async function half(page: Page, city: City, path: string, bytes: number): Promise<void> {
  const cookies = await page.context().cookies()
  const session = await ask<{ csrf: string }>(page, 'GET', '/session')
  await new Promise<void>((done) => {
    const to = plain(city.url.replace(/\/$/, '') + path, {
      method: 'POST',
      headers: {
        'Content-Type': 'image/jpeg', 'Content-Length': bytes, 'X-CSRF': session.data.csrf,
        Cookie: cookies.map((c) => `${c.name}=${c.value}`).join('; '),
      },
    })
    to.on('error', () => done())
    to.on('close', () => done())
    to.write(Buffer.alloc(bytes / 2, 0xff), () => to.destroy())
  })
}
test('an upload cut off half-way leaves nothing, the next one works', async ({ page, city }) => {
  const { url, ref } = await taken(page, city)
  await page.goto(url)
  await half(page, city, `/api/v1/cases/${ref}/files?name=half.jpg&paper=application`, 400_000)
  const files = await ask<{ files: { name: string }[] }>(page, 'GET', `/cases/${ref}`)
  expect(files.data.files).toEqual([])
  const photo = await page.screenshot({ type: 'jpeg' })
  await page.locator('input[type=file]').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo.subarray(0, photo.length / 2) })
  await expect(part(page, '材料').getByRole('alert')).toBeVisible()
  await page.locator('input[type=file]').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo })
  await expect(page.getByRole('button', { name: 'photo.jpg' })).toBeVisible()
  await page.getByRole('button', { name: 'photo.jpg' }).click()
  const shown = page.getByRole('dialog', { name: 'photo.jpg' }).getByRole('img', { name: 'photo.jpg' })
  await expect(shown).toBeVisible()
  expect(await shown.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(1366)
})

test('a PDF named as a photo is kept as what it is, and a program as nothing', async ({ page, city }) => {
  const { url, ref } = await taken(page, city)
  await page.goto(url)
  await page.locator('input[type=file]').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await page.pdf() })
  await expect(part(page, '材料').getByRole('button', { name: /photo/ })).toBeVisible()
  const one = await ask<{ files: { id: string; name: string; type: string }[] }>(page, 'GET', `/cases/${ref}`)
  expect(one.data.files.map((f) => f.type)).toEqual(['application/pdf'])
  const sent = await page.request.get(`${city.url}api/v1/cases/${ref}/files/${one.data.files[0]!.id}`)
  expect(sent.headers()['content-type']).toBe('application/pdf')
  expect(sent.headers()['x-content-type-options']).toBe('nosniff')

  await page.locator('input[type=file]').setInputFiles({ name: 'scan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('MZ\x90\x00 not a scan at all') })
  await expect(part(page, '材料').getByRole('alert')).toBeVisible()
  const still = await ask<{ files: unknown[] }>(page, 'GET', `/cases/${ref}`)
  expect(still.data.files).toHaveLength(1)
})
