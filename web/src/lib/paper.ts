/*
 * Papers are opened in a tab of their own, where the browser prints them. The tab is opened at the click, before
 * the server has answered: later the browser would take it for one that nobody asked for.
 */
import { get, post, urlOf } from './api'
import { tr } from './tr'
import type { MadePaper, Print } from '@/types'

export async function openPaper(path: () => Promise<string>): Promise<void> {
  const tab = window.open('', '_blank')
  if (tab) tab.document.title = tr('正在制作…', 'being made…')
  try {
    const url = urlOf(await path())
    if (tab) tab.location.replace(url)
    else window.location.assign(url)
  } catch (e) {
    tab?.close()
    throw e
  }
}

const pdfOf = (p: MadePaper) => `/papers/${p.ref}/pdf`

/* Made, or found as it was made before. */
export async function casePaperPath(caseRef: string, form: string, person?: string | null): Promise<string> {
  return pdfOf(await post<MadePaper>(`/cases/${caseRef}/papers`, { form, ...(person ? { person } : {}) }))
}
export async function noticePaperPath(notice: string): Promise<string> {
  return pdfOf(await post<MadePaper>(`/notices/${notice}/paper`, {}))
}
/* The letter of a decision that is being typed. */
export async function letterPath(caseRef: string, form: string, decision: Record<string, unknown>): Promise<string> {
  return `/prints/${(await post<Print>(`/cases/${caseRef}/letter`, { form, ...decision })).print}/pdf`
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
/* Many in one file: told how far it is until it is there. */
export async function printsPath(body: Record<string, unknown>, told: (p: Print) => void): Promise<string> {
  let p = await post<Print>('/papers/print', body)
  for (let wait = 150; p.state === 'waiting' || p.state === 'running'; wait = Math.min(wait * 1.5, 1500)) {
    told(p)
    await pause(wait)
    p = await get<Print>(`/prints/${p.print}`)
  }
  told(p)
  if (p.state !== 'done') throw new Error(p.error)
  return `/prints/${p.print}/pdf`
}
