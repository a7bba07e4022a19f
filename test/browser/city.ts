/*
 * A town of its own for each file of tests: made by the program, served by the program. The legal clock
 * is moved by serving it again on another day.
 *   HUIMIN       the program          HUIMIN_SRC   the project's root (lines/, places/, build/web)
 *   HUIMIN_WEB   the built pages      HUIMIN_DB_TEMPLATE  a URL with %s for the database; none: SQLite
 */
import { test as base, expect, type Page } from '@playwright/test'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = process.env.HUIMIN ?? '../../build/huimin'
const root = process.env.HUIMIN_SRC ?? '../..'
const web = process.env.HUIMIN_WEB ?? join(root, 'build/web')
const template = process.env.HUIMIN_DB_TEMPLATE ?? ''

export interface Login {
  login: string
  password: string
  role: string
  division: string
}
export const FIRST_DAY = '2020-12-21'

export class City {
  readonly folder = mkdtempSync(join(tmpdir(), 'huimin-browser-'))
  readonly db: string
  logins: Login[] = []
  url = ''
  today = ''
  private server: ChildProcess | null = null
  private readonly name = `browser_${process.pid}_${Date.now()}`

  constructor() {
    cpSync(web, join(this.folder, 'web'), { recursive: true }) /* whoever builds the pages anew disturbs nothing */
    this.ofPostgres(`CREATE DATABASE ${this.name}`)
    this.db = template ? template.replace('%s', this.name) : `sqlite:${join(this.folder, 'town.db')}`
  }
  private ofPostgres(sql: string): void {
    if (template) execFileSync('psql', ['-qX', '-d', template.replace('%s', 'postgres'), '-c', sql])
  }
  run(...args: string[]): string {
    const [command, ...rest] = args
    const all = [command!, ...rest, '--db', this.db, '--key', join(this.folder, 'key')]
    return execFileSync(program, all, { encoding: 'utf8', cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  make(persons: number): void {
    this.run('init', '--place', 'panzhihua')
    this.run('synth', '--place', 'panzhihua', '--persons', String(persons), '--seed', '7')
    this.run('run', '--month', FIRST_DAY.slice(0, 7), '--decide', 'first')
    const told = this.run('user', 'demo', '--json')
    this.logins = told.trim().split('\n').map((line) => JSON.parse(line) as Login)
    this.run('synth', '--cases', '60', '--today', FIRST_DAY)
  }
  async serve(today: string): Promise<void> {
    await this.stop()
    this.today = today
    const args = ['serve', '--db', this.db, '--key', join(this.folder, 'key'), '--home', root, '--web', join(this.folder, 'web')]
    args.push('--files', join(this.folder, 'files'), '--today', today, '--demo', '--listen')
    args.push(this.url ? this.url.replace(/^http:\/\/|\/$/g, '') : '127.0.0.1:0')
    const server = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    this.server = server
    this.url = await new Promise<string>((done, fail) => {
      let said = ''
      const hear = (text: Buffer) => {
        said += text.toString()
        const found = /http:\/\/[\d.:]+\//.exec(said)
        if (found) done(found[0])
      }
      server.stdout.on('data', hear)
      server.stderr.on('data', hear)
      server.on('exit', (code) => fail(new Error(`serve ended with ${code}: ${said}`)))
    })
  }
  async stop(): Promise<void> {
    const server = this.server
    if (!server) return
    this.server = null
    const gone = new Promise((done) => server.on('exit', done))
    server.kill('SIGTERM')
    await gone
  }
  async end(): Promise<void> {
    await this.stop()
    this.ofPostgres(`DROP DATABASE IF EXISTS ${this.name}`)
    rmSync(this.folder, { recursive: true, force: true })
  }
  /* The first account of a role; of a county's office when a division is named. */
  login(role: string, division = '510402'): Login {
    const found = this.logins.find((l) => l.role === role && l.division.startsWith(division)) ?? this.logins.find((l) => l.role === role)
    if (!found) throw new Error(`no account is a ${role}`)
    return found
  }
}

async function live(use: (city: City) => Promise<void>): Promise<void> {
  const city = new City()
  city.make(30000)
  await city.serve(FIRST_DAY)
  await use(city)
  await city.end()
}

/* What every page must not do: throw, be refused by the browser's policy, or leave its own origin. */
export const test = base.extend<{ watched: void; day: void; page: Page }, { city: City }>({
  city: [async ({}, use) => live(use), { scope: 'worker', timeout: 120_000 }],
  day: [
    async ({ city }, use) => {
      if (city.today !== FIRST_DAY) await city.serve(FIRST_DAY)
      await use()
    },
    { auto: true },
  ],
  watched: [
    async ({ page, city }, use) => {
      const wrong: string[] = []
      page.on('pageerror', (e) => wrong.push(String(e)))
      page.on('console', (m) => {
        if (m.type() === 'error' && !/status of (4\d\d|5\d\d)|ERR_/.test(m.text())) wrong.push(m.text())
      })
      page.on('request', (r) => {
        if (!r.url().startsWith(city.url) && !/^(blob|data|about):/.test(r.url())) wrong.push('left its origin: ' + r.url())
      })
      await use()
      expect(wrong).toEqual([])
    },
    { auto: true },
  ],
})
/* For what changes the town for good, its rules say: a town that no other flow sees. */
export const alone = test.extend<object, { city: City }>({
  city: [async ({}, use) => live(use), { scope: 'worker', timeout: 120_000 }],
})
export { expect }

export async function enter(page: Page, city: City, role: string, division?: string): Promise<Login> {
  const who = city.login(role, division)
  await page.context().clearCookies()
  await page.goto(city.url + 'login')
  await page.getByLabel('账号').fill(who.login)
  await page.getByLabel('密码').fill(who.password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('banner')).toBeVisible()
  return who
}

/* An identity number that is nobody's: a village's area code, a day of birth, a running number, its check digit. */
let running = 0
export function idNumber(birth: string, male: boolean): string {
  const serial = String(((++running * 2 + 700) % 900) + (male ? 1 : 0)).padStart(3, '0')
  const id = '510402' + birth.replace(/-/g, '') + serial
  const w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = w.reduce((s, x, i) => s + x * Number(id[i]), 0)
  return id + '10X98765432'[sum % 11]
}

export interface Person {
  name: string
  birth: string
  male: boolean
  relation?: string
}
export interface Answer<T> {
  status: number
  data: T
}
/* The API as the page's own session, for what a test only needs as its ground. */
export async function ask<T>(page: Page, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
  return page.evaluate(
    async ({ method, path, body, headers }) => {
      const session = (await (await fetch('/api/v1/session')).json()) as { csrf: string }
      const answer = await fetch('/api/v1' + path, {
        method,
        headers: { 'X-CSRF': session.csrf, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      const text = await answer.text()
      return { status: answer.status, data: (text ? JSON.parse(text) : null) as T }
    },
    { method, path, body, headers },
  )
}
