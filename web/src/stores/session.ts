import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call, get, onSessionEnd, Problem, put, remove, setCsrf } from '@/lib/api'
import { lang } from '@/lib/tr'
import type { Session, Status } from '@/types'

/* Who is at the desk. A session that ends while a page is open is asked for again over that page. */
export const useSession = defineStore('session', () => {
  const now = ref<Session | null>(null)
  const status = ref<Status | null>(null)
  const ended = ref(false)
  let waiting: { promise: Promise<void>; resolve: () => void } | null = null

  function take(s: Session): void {
    now.value = s
    setCsrf(s.csrf)
    if (waiting) {
      waiting.resolve()
      waiting = null
    }
    ended.value = false
  }

  async function load(): Promise<boolean> {
    try {
      take((await call<Session>('GET', '/session', { quiet401: true })).data)
      return true
    } catch (e) {
      if (e instanceof Problem && e.status === 401) return false
      throw e
    }
  }

  async function loadStatus(): Promise<void> {
    status.value = await get<Status>('/status')
  }

  async function open(login: string, password: string): Promise<void> {
    const o = { body: { login, password }, quiet401: true }
    take((await call<Session>('POST', '/session', o)).data)
  }

  async function close(): Promise<void> {
    await remove('/session', { quiet401: true }).catch((e: unknown) => {
      if (!(e instanceof Problem)) throw e
    })
    now.value = null
  }

  async function password(old: string, fresh: string): Promise<void> {
    await put('/session/password', { old, new: fresh }, { quiet401: true })
    if (now.value) now.value.must_change = false
    await load()
  }

  onSessionEnd(() => {
    ended.value = true
    if (!waiting) {
      let resolve = () => {}
      const promise = new Promise<void>((done) => (resolve = done))
      waiting = { promise, resolve }
    }
    return waiting.promise
  })

  const today = computed(() => now.value?.today ?? status.value?.today ?? '')
  const demo = computed(() => now.value?.demo ?? status.value?.demo ?? false)
  const place = computed(() => {
    const label = now.value?.place?.label ?? status.value?.place?.label
    return label ? label[lang.value] || label.zh : ''
  })
  /* For what to show first, not for what is allowed: that the server decides. */
  const is = (...roles: string[]) => !!now.value?.roles.some((r) => roles.includes(r.role))

  return { now, status, ended, load, loadStatus, open, close, password, today, demo, place, is }
})
