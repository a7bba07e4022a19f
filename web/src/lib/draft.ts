import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

/*
 * What is being typed, kept as it is typed: at once in the browser (by account, so that a shared PC
 * gives nobody another's), and a moment later on the server where there is a place for it.
 */
export interface Draft {
  saved: Ref<'' | 'here' | 'server' | 'waiting'>
  restored: boolean
  clear(): void
}
const PREFIX = 'huimin.draft.'

export function useDraft<T extends object>(
  key: string,
  value: Ref<T>,
  send?: (v: T) => Promise<unknown>,
): Draft {
  const saved = ref<'' | 'here' | 'server' | 'waiting'>('')
  const name = PREFIX + key
  let restored = false
  let timer = 0
  let cleared = false
  const kept = localStorage.getItem(name)
  if (kept) {
    try {
      value.value = { ...value.value, ...(JSON.parse(kept) as T) }
      restored = true
      saved.value = 'here'
    } catch {
      localStorage.removeItem(name)
    }
  }

  const sendNow = async () => {
    if (!send || cleared) return
    try {
      await send(value.value)
      saved.value = 'server'
    } catch {
      saved.value = 'waiting'
    }
  }
  watch(
    value,
    (v) => {
      if (cleared) return
      try {
        localStorage.setItem(name, JSON.stringify(v))
        saved.value = 'here'
      } catch {
        saved.value = 'waiting' /* the browser's store is full or closed */
      }
      clearTimeout(timer)
      if (send) timer = window.setTimeout(() => void sendNow(), 1500)
    },
    { deep: true },
  )
  onBeforeUnmount(() => {
    if (timer && saved.value === 'here') void sendNow()
    clearTimeout(timer)
  })
  return {
    saved,
    restored,
    clear() {
      cleared = true
      clearTimeout(timer)
      localStorage.removeItem(name)
    },
  }
}

/* Drafts hold facts about people: gone when somebody logs out for good. */
export function forgetDrafts(): void {
  for (const k of Object.keys(localStorage)) if (k.startsWith(PREFIX)) localStorage.removeItem(k)
}
