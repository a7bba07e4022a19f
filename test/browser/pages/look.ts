/* How a page is looked at: by an accessibility checker, by its width, by its language. */
import AxeBuilder from '@axe-core/playwright'
import { expect } from '../city'
import type { Page } from '@playwright/test'

export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('main')).not.toBeEmpty()
  await expect(page.getByText(/^(正在读取…|Reading …)$/)).toHaveCount(0)
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.locator('.el-message')).toHaveCount(0) /* words that fade have no contrast */
  await page.evaluate(async () => {
    await document.fonts.ready
    await Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity).map((a) => a.finished.catch(() => undefined)))
  })
}
/* What of WCAG 2.1 AA, or of good practice, is seriously wrong. */
export async function serious(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']).analyze()
  return found.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} (${(n.failureSummary ?? '').split('\n')[1]?.trim()})`).slice(0, 4).join(' | ')}`)
}
/* What stands out of the window at the right, so that the whole page would scroll sideways. */
export async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement
    if (root.scrollWidth <= window.innerWidth) return []
    const scrolled = (e: Element | null): boolean => !!e && (getComputedStyle(e).overflowX !== 'visible' || scrolled(e.parentElement))
    return Array.from(document.querySelectorAll('body *'))
      .filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1 && !scrolled(e))
      .slice(0, 5)
      .map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${e.getBoundingClientRect().right}`)
      .concat(`the page: ${root.scrollWidth}`)
  })
}
export async function fine(page: Page, what: string): Promise<void> {
  for (const width of [1366, 360]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 768 })
    await settled(page)
    await expect(page.locator('.note.wrong'), what).toHaveCount(0)
    expect.soft(await serious(page), `${what} at ${width}`).toEqual([])
    expect.soft(await tooWide(page), `${what} at ${width}`).toEqual([])
  }
  await page.setViewportSize({ width: 1366, height: 768 })
}

/* Everything in Chinese that the server has sent and that has no English: names, places, what people wrote. */
export function hear(page: Page): Set<string> {
  const heard = new Set<string>()
  const han = /[\u3400-\u9fff]/
  const walk = (v: unknown): void => {
    if (typeof v === 'string') {
      if (!han.test(v)) return
      heard.add(v.trim())
      heard.add(v.trim().replace(/(居民|村民)委员会$/, '')) /* as it is shortened in lists */
    } else if (Array.isArray(v)) v.forEach(walk)
    else if (v && typeof v === 'object') {
      const label = v as { zh?: unknown; en?: unknown }
      if (typeof label.zh === 'string' && typeof label.en === 'string') walk(label.en || label.zh)
      else Object.values(v).forEach(walk)
    }
  }
  page.on('response', (r) => {
    if (r.url().includes('/api/v1/') && r.headers()['content-type']?.includes('json')) {
      void r.json().then(walk, () => undefined)
    }
  })
  return heard
}
/* Chinese that is the program's own words, on a page that is to be English. */
export async function chinese(page: Page, heard: Set<string>): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const out: string[] = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      if (!n.parentElement?.closest('[lang=zh-CN], noscript, script, style') && n.textContent) out.push(n.textContent)
    }
    for (const e of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      for (const a of ['aria-label', 'title', 'placeholder', 'alt']) out.push(e.getAttribute(a) ?? '')
    }
    return [...out, document.title]
  })
  const longest = [...heard].flatMap((t) => [t, ...t.split('\n')]).sort((a, b) => b.length - a.length)
  return [...new Set(texts.map((t) => longest.reduce((rest, known) => rest.replaceAll(known, ''), t)).filter((t) => /[\u3400-\u9fff]/.test(t)))]
}
export async function menu(page: Page, label: string, item: string): Promise<void> {
  await page.getByRole('button', { name: label }).click()
  await page.getByRole('menuitem', { name: item }).click()
  await expect(page.getByRole('menu')).toBeHidden()
}
