/* The citizens' pages: by the accessibility checker, at three widths, in large type, in both languages. */
import { expect, test } from '../city'
import { chinese, fine, hear, serious, settled, tooWide } from './look'

const PATHS = ['', 'apply', 'progress', 'postings', 'check', 'check/510402-2020-P999999?code=abcd', 'go', 'help', 'no-such-page']

test('by the checker, at 1366, 360 and 320 pixels', async ({ page, city }) => {
  test.setTimeout(120_000)
  for (const path of PATHS) {
    await page.goto(city.url + 'p/' + path)
    if (!path.includes('code=')) await fine(page, path)
    await page.setViewportSize({ width: 320, height: 640 })
    await settled(page)
    expect.soft(await serious(page), path + ' at 320').toEqual([])
    expect.soft(await tooWide(page), path + ' at 320').toEqual([])
  }
})
test('large type is remembered and fits', async ({ page, city }) => {
  test.setTimeout(120_000)
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(city.url + 'p/')
  await page.getByRole('button', { name: '大字版' }).click()
  for (const path of PATHS) {
    await page.goto(city.url + 'p/' + path)
    await settled(page)
    expect(await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))).toBeGreaterThanOrEqual(24)
    expect.soft(await serious(page), path).toEqual([])
    expect.soft(await tooWide(page), path).toEqual([])
  }
  await page.goto(city.url + 'p/')
  await expect(page.getByRole('link', { name: '核对文书真假' })).toBeHidden() /* fewer things */
})
test('English has no Chinese of its own', async ({ page, city }) => {
  test.setTimeout(120_000)
  const heard = hear(page)
  await page.goto(city.url + 'p/')
  await page.getByRole('button', { name: 'English' }).click()
  for (const path of PATHS) {
    await page.goto(city.url + 'p/' + path)
    await settled(page)
    expect.soft(await chinese(page, heard), path).toEqual([])
    expect.soft(await tooWide(page), path).toEqual([])
  }
})
test('by keyboard alone to the second question', async ({ page, city }) => {
  await page.goto(city.url + 'p/')
  await page.getByRole('link', { name: /申请救助/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '开始' }).focus()
  await page.keyboard.press('Enter')
  const first = page.getByRole('checkbox').first()
  await first.focus()
  await page.keyboard.press('Space')
  await expect(first).toBeChecked()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: '您家现在住在哪里？' })).toBeVisible()
})
