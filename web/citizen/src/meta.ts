/* What can be applied for: asked once, kept for the time without a network. */
import { ref } from 'vue'
import { call, say } from './api'
import type { Meta } from './types'

export const meta = ref<Meta | null>(null)
export const metaWrong = ref('')
let asking = false

export async function loadMeta(): Promise<void> {
  if (asking || (meta.value && !metaWrong.value)) return
  asking = true
  metaWrong.value = ''
  try {
    meta.value = await call<Meta>('/meta')
    try {
      localStorage.setItem('huimin.p.meta', JSON.stringify(meta.value))
    } catch (e) {
      /* then not */
    }
  } catch (e) {
    try {
      const text = localStorage.getItem('huimin.p.meta')
      if (text) meta.value = JSON.parse(text)
    } catch (x) {
      meta.value = null
    }
    if (!meta.value) metaWrong.value = say(e)
  } finally {
    asking = false
  }
}
