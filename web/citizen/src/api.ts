/*
 * The way to the server, for a phone with one bar of signal: what may be repeated is tried again, what
 * failed is said in words, nothing that was typed depends on it.
 */
import { tr } from '@/lib/tr'

export class Problem extends Error {
  status: number
  code: string
  fields: { [field: string]: string }
  constructor(status: number, detail: string, code: string, fields: { [field: string]: string }) {
    super(detail)
    this.status = status
    this.code = code
    this.fields = fields
  }
}
export class Offline extends Error {}

interface Options {
  method?: string
  body?: unknown
  file?: Blob
  pass?: string
  once?: string
}
const PAUSES = [500, 1500, 4000]
const TIMEOUT = 20000
const TIMEOUT_FILE = 120000

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
function within<T>(p: Promise<T>, ms: number): Promise<T> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Offline('late')), ms)
    p.then(
      (v) => {
        clearTimeout(timer)
        done(v)
      },
      (e) => {
        clearTimeout(timer)
        fail(e)
      },
    )
  })
}

async function problemOf(r: Response): Promise<Problem> {
  const fields: { [field: string]: string } = {}
  let detail = ''
  let code = ''
  try {
    const p = await r.json()
    detail = String(p.detail || p.title || '')
    code = String(p.code || '')
    if (p.field) fields[p.field] = detail
    for (const e of p.errors || []) fields[e.field] = e.detail
  } catch (e) {
    /* no JSON: the status has to do */
  }
  return new Problem(r.status, detail, code, fields)
}

export async function call<T>(path: string, o: Options = {}): Promise<T> {
  const headers: { [name: string]: string } = { Accept: 'application/json' }
  const method = o.method || (o.body || o.file ? 'POST' : 'GET')
  if (o.body) headers['Content-Type'] = 'application/json'
  if (o.file) headers['Content-Type'] = o.file.type || 'application/octet-stream'
  if (o.pass) headers['X-Public'] = o.pass
  if (o.once) headers['Idempotency-Key'] = o.once
  const again = method === 'GET' || !!o.once || !!o.file
  for (let i = 0; ; i++) {
    let r: Response | null = null
    try {
      r = await within(
        fetch('/api/v1/public' + path, { method, headers, body: o.file || (o.body ? JSON.stringify(o.body) : undefined), credentials: 'omit' }),
        o.file ? TIMEOUT_FILE : TIMEOUT,
      )
    } catch (e) {
      r = null
    }
    if (r && [502, 503, 504].indexOf(r.status) < 0) {
      if (!r.ok) throw await problemOf(r)
      const text = await r.text()
      return (text ? JSON.parse(text) : null) as T
    }
    const pause = PAUSES[i]
    if (!again || pause === undefined) throw new Offline(tr('网络不通。您填的都在手机上，没有丢，过一会儿再试。', 'No network. What you typed is kept on this phone; try again in a while.'))
    await wait(pause)
  }
}

/* A file of the pass. */
export async function fileOf(path: string, pass: string): Promise<Blob> {
  let r: Response
  try {
    r = await within(fetch('/api/v1/public' + path, { headers: { 'X-Public': pass }, credentials: 'omit' }), TIMEOUT_FILE)
  } catch (e) {
    throw new Offline(tr('网络不通，请稍后再试。', 'No network; try again in a while.'))
  }
  if (!r.ok) throw await problemOf(r)
  return r.blob()
}

/* What went wrong, for anybody. */
export function say(e: unknown): string {
  if (e instanceof Offline) return e.message || tr('网络不通，请稍后再试。', 'No network; try again in a while.')
  if (e instanceof Problem) {
    if (e.status === 429) {
      const s = /wait (\d+) seconds/.exec(e.message)
      return s
        ? tr('试错太多次了，请等 {n} 秒再试。', 'Too many wrong tries: wait {n} seconds.', { n: s[1]! })
        : tr('现在提交的人太多，或者您提交得太频繁。请过一会儿再试。', 'Too many at once. Try again in a while.')
    }
    if (e.status === 413) return tr('照片太大或太多。', 'The photos are too large or too many.')
    if (e.status >= 500) return tr('服务器出了问题，请过一会儿再试，或拨打 12345。', 'The server has a problem: try again in a while, or call 12345.')
    return e.message
  }
  return e instanceof Error ? e.message : String(e)
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let out = ''
  for (let i = 0; i < bytes.length; i++) out += ('0' + bytes[i]!.toString(16)).slice(-2)
  return out
}
