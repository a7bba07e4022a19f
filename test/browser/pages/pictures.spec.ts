/*
 * The pictures of the README: HUIMIN_PICTURES names the folder that they go to. Without it they are made
 * all the same, into the results. They have to stay small.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, enter, expect, test } from '../city'
import { about, answers, newFamily, NOTHING, offer } from '../steps'
import { settled } from './look'
import { small } from './png'
import type { Page, TestInfo } from '@playwright/test'

const MOST = 150_000
interface Refs {
  items: { ref: string; step?: { name: string } }[]
}
async function picture(page: Page, info: TestInfo, name: string): Promise<void> {
  await settled(page)
  await page.mouse.move(0, 0)
  const folder = process.env.HUIMIN_PICTURES ?? info.outputPath()
  mkdirSync(folder, { recursive: true })
  const png = small(await page.screenshot({ caret: 'hide' }))
  expect(png.length, `bytes of ${name}.png`).toBeLessThan(MOST)
  writeFileSync(join(folder, name + '.png'), png)
}
test('desk, window, household, case, decide', async ({ page, city }, info) => {
  test.setTimeout(180_000)
  await enter(page, city, 'clerk')
  await expect(page.getByRole('article')).toBeVisible()
  await picture(page, info, 'desk')

  let household = ''
  for (const { ref } of (await ask<Refs>(page, 'GET', '/households?programme=dibao&limit=50')).data.items) {
    const h = await ask<{ awards: { month: string }[] }>(page, 'GET', `/households/${ref}`)
    household = h.data.awards.some((a) => a.month === '2020-12') ? ref : ''
    if (household) break
  }
  await page.goto(`${city.url}households/${household}`)
  await expect(page.getByRole('row', { name: /2020-12/ })).toBeVisible()
  await picture(page, info, 'household')

  const cases = (await ask<Refs>(page, 'GET', '/cases?state=open&service=dibao_application&limit=50')).data.items
  await page.goto(`${city.url}cases/${(cases.find((c) => c.step?.name === 'opinion') ?? cases[0]!).ref}`)
  await expect(page.getByRole('article')).toBeVisible()
  const amount = page.getByRole('article').getByRole('button', { name: /^(看计算|[\d,]+\.\d\d)$/ }).first()
  if (await amount.isVisible()) await amount.click()
  await picture(page, info, 'case')

  await newFamily(page, /社区/, [
    { name: '何试甲', birth: '1979-05-16', male: true },
    { name: '何试乙', birth: '2010-09-01', male: false, relation: '女' },
  ])
  await answers(about(page), { 家庭财产: '12000', 车辆数: '0', 残疾人专用车: '否' })
  await answers(about(page, '何试乙'), { ...NOTHING, 在校就读: '是' })
  await answers(about(page, '何试甲'), { ...NOTHING, 月收入: '640', 在业: '是', 其中工资: '640' })
  await expect(offer(page, '低保申请')).toContainText('符合')
  await page.evaluate(() => window.scrollTo(0, 0))
  await picture(page, info, 'window')

  await enter(page, city, 'decider')
  await page.goto(`${city.url}decide`)
  await page.getByRole('row').nth(1).getByRole('button').first().click()
  await expect(page.getByRole('article')).toBeVisible()
  await picture(page, info, 'decide')
})
