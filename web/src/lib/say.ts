import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import { isAbort, wordsOf } from './api'

/* Short words at the top of the page, read out by screen readers. */
export function say(text: string): void {
  ElMessage({ message: text, type: 'success', duration: 3000, grouping: true })
}
export function sayError(e: unknown): void {
  if (isAbort(e)) return
  ElMessage({ message: wordsOf(e), type: 'error', duration: 8000, showClose: true, grouping: true })
}
