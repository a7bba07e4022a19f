import { onActivated, onDeactivated, onMounted, onUnmounted } from 'vue'

/*
 * The keyboard map. Single keys work while nothing is being typed and no dialog is open; the page
 * that came last is asked first.
 */
type Map_ = Record<string, (e: KeyboardEvent) => void>
const maps: Map_[] = []

function typing(e: KeyboardEvent): boolean {
  const at = e.target as HTMLElement | null
  if (!at) return false
  if (at.isContentEditable || at.closest('[role="dialog"]')) return true
  if (at instanceof HTMLInputElement) return !['checkbox', 'button', 'submit'].includes(at.type)
  return at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement
}

let leader = ''
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e)) return
  if (document.querySelector('.el-overlay:not([style*="display: none"]) [role="dialog"]')) return
  const at = e.target as HTMLElement | null
  if (e.key === 'Enter' && at?.closest('a, button, summary')) return
  const name = leader ? `${leader} ${e.key}` : e.key
  leader = !leader && e.key === 'g' ? 'g' : ''
  for (let i = maps.length - 1; i >= 0; i--) {
    const doIt = maps[i]![name]
    if (doIt) {
      e.preventDefault()
      doIt(e)
      return
    }
  }
})

export function useKeys(map: Map_): void {
  const on = () => {
    if (!maps.includes(map)) maps.push(map)
  }
  const off = () => {
    const i = maps.indexOf(map)
    if (i >= 0) maps.splice(i, 1)
  }
  onMounted(on)
  onActivated(on)
  onDeactivated(off)
  onUnmounted(off)
}
