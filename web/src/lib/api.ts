/*
 * The only way to the server. Reading and everything that says by its key or its kind that it may be
 * repeated is tried again on a weak network; a session that ended asks for the password over the
 * page and then goes on; what the server refuses comes back as a Problem.
 */
import type { ProblemDetails } from '@/types'
import { tr } from './tr'

export class Problem extends Error {
  status: number
  details: ProblemDetails
  constructor(status: number, details: ProblemDetails) {
    super(details.detail || details.title || `HTTP ${status}`)
    this.status = status
    this.details = details
  }
  get code(): string {
    return this.details.code ?? ''
  }
  /* Messages by field: for a form, beside what is wrong. */
  get fields(): Record<string, string> {
    const out: Record<string, string> = {}
    const { field, detail, hint, errors } = this.details
    if (field) out[field] = hint ? `${detail} ${hint}` : (detail ?? '')
    for (const e of errors ?? []) out[e.field] = e.detail
    return out
  }
}

/* No answer came at all. */
export class Offline extends Error {
  constructor() {
    super(tr('连不上服务器，请检查网络后重试；已填内容保留在本页', 'No answer from the server. Check the network and try again; what was typed is kept on this page'))
  }
}

export interface Answer<T> {
  data: T
  etag: string
  status: number
}
interface Options {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  raw?: Blob
  headers?: Record<string, string>
  once?: string /* Idempotency-Key: the call may be repeated */
  version?: string | number
  quiet401?: boolean
  signal?: AbortSignal
  timeout?: number
}

const PAUSES = [400, 1200, 3000]
let csrf = ''
export function setCsrf(value: string): void {
  csrf = value
}

/* Asks for the password over the page; resolves when there is a session again. */
let askLogin: (() => Promise<void>) | undefined
export function onSessionEnd(ask: () => Promise<void>): void {
  askLogin = ask
}

/* Told when requests begin to fail for want of a network and when they get through again. */
let onNetwork: ((ok: boolean) => void) | undefined
export function watchNetwork(told: (ok: boolean) => void): void {
  onNetwork = told
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export function urlOf(path: string, query?: Options['query']): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query ?? {})) {
    if (v !== undefined && v !== null && v !== '') q.set(k, String(v))
  }
  const text = q.toString()
  return '/api/v1' + path + (text ? '?' + text : '')
}

function headersOf(method: string, o: Options): Record<string, string> {
  const h: Record<string, string> = { Accept: 'application/json', ...o.headers }
  if (o.body !== undefined) h['Content-Type'] = 'application/json'
  if (method !== 'GET') h['X-CSRF'] = csrf
  if (o.once) h['Idempotency-Key'] = o.once
  if (o.version !== undefined) h['If-Match'] = `"${o.version}"`
  return h
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      fail(new DOMException('aborted', 'AbortError'))
    })
  })
}

async function attempt(method: string, path: string, o: Options): Promise<Response> {
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(), o.timeout ?? 30000)
  const stop = () => clock.abort()
  o.signal?.addEventListener('abort', stop)
  try {
    return await fetch(urlOf(path, o.query), {
      method,
      headers: headersOf(method, o),
      body: o.raw ?? (o.body === undefined ? undefined : JSON.stringify(o.body)),
      credentials: 'same-origin',
      signal: clock.signal,
    })
  } finally {
    clearTimeout(timer)
    o.signal?.removeEventListener('abort', stop)
  }
}

async function reach(method: string, path: string, o: Options): Promise<Response> {
  const again = method === 'GET' || method === 'PUT' || method === 'DELETE' || !!o.once
  for (let i = 0; ; i++) {
    let failed: Response | undefined
    try {
      const r = await attempt(method, path, o)
      if (![429, 502, 503, 504].includes(r.status)) {
        onNetwork?.(true)
        return r
      }
      failed = r
    } catch {
      if (o.signal?.aborted) throw new DOMException('aborted', 'AbortError')
      onNetwork?.(false)
    }
    const wait = PAUSES[i]
    if (!again || wait === undefined) {
      if (failed) return failed
      throw new Offline()
    }
    const asked = Number(failed?.headers.get('Retry-After') ?? 0) * 1000
    await pause(Math.min(Math.max(wait, asked), 10000), o.signal)
  }
}

async function problemOf(r: Response): Promise<Problem> {
  let details: ProblemDetails = { title: r.statusText, status: r.status }
  try {
    const told: unknown = await r.json()
    if (told && typeof told === 'object') details = told as ProblemDetails
  } catch {
    /* no JSON: the status has to do */
  }
  return new Problem(r.status, details)
}

export async function call<T>(method: string, path: string, o: Options = {}): Promise<Answer<T>> {
  for (let logins = 0; ; logins++) {
    const r = await reach(method, path, o)
    if (r.status === 401 && !o.quiet401 && askLogin && logins < 3) {
      await askLogin()
      continue
    }
    if (!r.ok && r.status !== 304) throw await problemOf(r)
    const text = await r.text()
    return {
      data: (text ? JSON.parse(text) : null) as T,
      etag: (r.headers.get('ETag') ?? '').replace(/^W\//, '').replace(/"/g, ''),
      status: r.status,
    }
  }
}

export async function get<T>(path: string, query?: Options['query'], o: Options = {}): Promise<T> {
  return (await call<T>('GET', path, { ...o, query })).data
}
export async function post<T>(path: string, body: unknown, o: Options = {}): Promise<T> {
  return (await call<T>('POST', path, { ...o, body })).data
}
export async function put<T>(path: string, body: unknown, o: Options = {}): Promise<T> {
  return (await call<T>('PUT', path, { ...o, body })).data
}
export async function patch<T>(path: string, body: unknown, o: Options = {}): Promise<T> {
  return (await call<T>('PATCH', path, { ...o, body })).data
}
export async function remove<T>(path: string, o: Options = {}): Promise<T> {
  return (await call<T>('DELETE', path, o)).data
}

/* A file of the server's, saved under the name that it gives. */
export async function download(path: string, query: Options['query'], o: Options = {}): Promise<void> {
  for (let logins = 0; ; logins++) {
    const r = await reach('GET', path, { timeout: 300000, ...o, query })
    if (r.status === 401 && askLogin && logins < 3) {
      await askLogin()
      continue
    }
    if (!r.ok) throw await problemOf(r)
    const named = /filename\*=UTF-8''([^;]+)/.exec(r.headers.get('Content-Disposition') ?? '')
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await r.blob())
    link.download = decodeURIComponent(named?.[1] ?? 'huimin.xlsx')
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60000)
    return
  }
}

/* A file, its bytes as the body. */
export async function upload<T>(path: string, file: File, query: Options['query']): Promise<T> {
  const answer = await call<T>('POST', path, {
    query,
    raw: file,
    headers: { 'Content-Type': file.type || 'application/octet-stream' },
    once: newKey(),
    timeout: 300000,
  })
  return answer.data
}

const hasHan = (s: string) => /[\u4e00-\u9fff]/.test(s)
/* What went wrong, for somebody at a desk. */
export function wordsOf(e: unknown): string {
  if (e instanceof Problem) {
    const { detail, title, hint } = e.details
    /* Whom the server does not answer in their language is told the kind of mistake in it first. */
    const foreign = !!detail && !!title && hasHan(title) && !hasHan(detail)
    const what = foreign ? `${title}（${detail}）` : detail || title || `HTTP ${e.status}`
    const words: Record<number, string> = {
      403: tr('无权办理：', 'Not allowed: '),
      404: tr('没有找到，或不在您的辖区内：', 'Not found, or outside your division: '),
      413: tr('文件太大：', 'Too large: '),
      429: tr('请求太频繁，请稍候：', 'Too many requests, wait a moment: '),
    }
    if (foreign && words[e.status]) return words[e.status].replace(/：$/, '。')
    return (words[e.status] ?? '') + what + (hint ? ' ' + hint : '')
  }
  return e instanceof Error ? e.message : String(e)
}
export function isAbort(e: unknown): boolean {
  return e instanceof DOMException && e.name === 'AbortError'
}
