/* A posting: looked at before it hangs, read by everybody, photographed, over by itself; and one that somebody objects to. */
import type { Page } from '@playwright/test'
import { ask, enter, expect, test, type City } from '../city'
import { about, accept, act, answers, goTo, newFamily, NOTHING, openCase, part, step } from '../steps'

interface Shown {
  ref: string
  lines: { label: { zh: string }; value: string }[]
}
interface Public {
  items: Shown[]
}
/* What everybody gets, without a session. */
async function everybody<T>(page: Page, city: City, path: string, body?: unknown): Promise<{ status: number; data: T; robots: string }> {
  const url = city.url + 'api/v1/public' + path
  const answer = body === undefined ? await page.request.get(url, { headers: { Cookie: '' } }) : await page.request.post(url, { headers: { Cookie: '' }, data: body })
  const text = await answer.text()
  return { status: answer.status(), data: (text ? JSON.parse(text) : null) as T, robots: answer.headers()['x-robots-tag'] ?? '' }
}
const said = (p: Shown) => p.lines.map((l) => `${l.label.zh}=${l.value}`).join(' ')

/* A dibao case of one person with 640 yuan, as far as the opinion; its village. */
async function upToOpinion(page: Page, city: City, name: string, birth: string): Promise<{ number: string; url: string; division: string }> {
  await enter(page, city, 'clerk')
  await newFamily(page, /社区/, [{ name, birth, male: true }])
  await answers(about(page), { 家庭财产: '3000', 车辆数: '0', 残疾人专用车: '否' })
  await answers(about(page, name), { ...NOTHING, 月收入: '320' })
  const { number, url } = await accept(page, ['低保申请'])
  await page.goto(url)
  await act(page, '入户调查', (form) => form.getByLabel('结论').fill('属实'))
  await enter(page, city, 'verifier')
  await openCase(page, number)
  await act(page, '信息核对', (form) => form.getByLabel('结论').fill('无异常'))
  await enter(page, city, 'clerk')
  await page.goto(url)
  await act(page, '审核意见', (form) => form.getByLabel('意见').fill('拟同意'))
  const c = await ask<{ division: { code: string } }>(page, 'GET', '/cases/' + url.split('/').pop()!)
  return { number, url, division: c.data.division.code }
}

test('it hangs out seven days and is over by itself', async ({ page, city }) => {
  test.setTimeout(180_000)
  const { url, division } = await upToOpinion(page, city, '周试公', '1970-05-06')

  /* a number where none belongs is refused before anything hangs out */
  await act(page, '开始公示', async (form) => {
    await form.getByLabel(/公示地点/).fill('村务公开栏 13812345678')
    await expect(form).toContainText('phone number')
    await form.getByLabel(/公示地点/).fill('村务公开栏')
    await expect(form.locator('.posting')).toContainText('周试公')
    await expect(form.locator('.posting')).toContainText('每月290.00元')
    await expect(form.locator('.posting')).not.toContainText('1970')
  })
  await expect(part(page, '公示')).toContainText('公示中')
  const now = await everybody<Public>(page, city, `/postings?division=${division}`)
  expect(now.status).toBe(200)
  expect(now.robots).toContain('noindex')
  const one = now.data.items.find((p) => said(p).includes('周试公'))!
  expect(said(one)).toContain('金额=每月290.00元')
  expect(Object.keys(one).sort()).toEqual(['begins', 'division', 'ends', 'kind', 'lines', 'place', 'ref', 'says', 'title'])
  expect(JSON.stringify({ ...one, ref: '' })).not.toMatch(/\d{13}/)

  /* the proof that it hangs: missed, then there */
  await expect(part(page, '公示')).toContainText('还没有公示照片')
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/VscvDQAAAABJRU5ErkJggg==', 'base64')
  await part(page, '公示').locator('input[type=file]').setInputFiles({ name: '公示栏.png', mimeType: 'image/png', buffer: png })
  await expect(part(page, '公示').getByRole('link', { name: '公示照片' })).toBeVisible()

  await city.serve('2020-12-28')
  await page.goto(url)
  await expect(step(page, '公示')).toContainText('待办')
  expect((await everybody(page, city, '/postings/' + one.ref)).status).toBe(200)
  await city.serve('2020-12-29')
  await page.goto(url)
  await expect(step(page, '公示')).toContainText('已办')
  await expect(step(page, '公示')).toContainText('2020-12-28')
  expect((await everybody(page, city, '/postings/' + one.ref)).status).toBe(404)
  const then = await everybody<Public>(page, city, `/postings?division=${division}`)
  expect(then.data.items.map(said).join()).not.toContain('周试公')

  /* after the family was told, what was decided hangs out as long as it is paid */
  await enter(page, city, 'decider')
  await page.goto(url)
  await act(page, '作出决定', (form) => form.getByLabel('理由与说明').fill('同意'))
  await enter(page, city, 'clerk')
  await page.goto(url)
  await act(page, '已送达', (form) => form.getByText('当面送达').click())
  await expect(part(page, '公示')).toContainText('结果公示')
  const result = await everybody<Public>(page, city, `/postings?division=${division}&kind=result`)
  expect(result.data.items.map(said).join()).toContain('周试公')
})

test('an objection brings the survey back', async ({ page, city }) => {
  test.setTimeout(180_000)
  const { number, url, division } = await upToOpinion(page, city, '吴试异', '1971-07-08')

  /* several can be posted on one sheet, from the page of postings */
  await goTo(page, '公示')
  const waiting = page.locator('section').filter({ has: page.getByRole('heading', { name: /待公示/ }) })
  await waiting.getByRole('checkbox', { name: /吴试异/ }).check()
  await waiting.getByRole('textbox', { name: '公示地点' }).fill('居民公示栏')
  await waiting.getByRole('button', { name: /公示选中的 1 件/ }).click()
  await expect(page.getByRole('button', { name: '吴试异' })).toBeVisible()

  const now = await everybody<Public>(page, city, `/postings?division=${division}`)
  const one = now.data.items.find((p) => said(p).includes('吴试异'))!
  const made = await everybody<{ ref: string }>(page, city, `/postings/${one.ref}/objections`, { text: '他家在城里还有一套房', contact: '13987654321' })
  expect(made.status).toBe(201)
  expect((await everybody(page, city, '/postings/' + one.ref)).status).toBe(404)

  /* its task on the township's desk, and what was said with the case */
  await goTo(page, '待办')
  await expect(page.getByRole('button').filter({ hasText: '吴试异' }).filter({ hasText: '重新入户调查（有异议）' })).toBeVisible()
  await openCase(page, number)
  await expect(part(page, '经过')).toContainText('他家在城里还有一套房')
  const posting = part(page, '公示')
  await expect(posting).toContainText('139****4321')
  await expect(posting).not.toContainText('13987654321')
  await posting.getByRole('button', { name: '看联系方式' }).click()
  await posting.getByLabel('查看事由').fill('回复异议人')
  await posting.getByRole('button', { name: '查看', exact: true }).click()
  await expect(posting).toContainText('13987654321')
  await posting.getByLabel('核实结果').fill('已查，房屋已于去年出售')
  await posting.getByRole('button', { name: '记录核实结果' }).click()
  await page.goto(url)
  await expect(step(page, '入户调查')).toContainText('待办')
})
