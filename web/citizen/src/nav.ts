/* Pages by their address below /p/: no more is needed. */
import { ref } from 'vue'

const BASE = '/p/'
const here = (): string => decodeURI(location.pathname).slice(BASE.length).replace(/\/$/, '')

export const path = ref(here())
export const query = ref(new URLSearchParams(location.search))

export function go(to: string, replace = false): void {
  if (replace) history.replaceState(null, '', BASE + to)
  else history.pushState(null, '', BASE + to)
  came()
  window.scrollTo(0, 0)
}
function came(): void {
  path.value = here()
  query.value = new URLSearchParams(location.search)
}
window.addEventListener('popstate', came)

export const hrefOf = (to: string): string => BASE + to
