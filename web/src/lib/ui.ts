import { ref } from 'vue'

/* How the pages look for this person at this screen. */
const KEY = 'huimin.large'
export const large = ref(localStorage.getItem(KEY) === '1')
export function setLarge(on: boolean): void {
  large.value = on
  localStorage.setItem(KEY, on ? '1' : '0')
  document.documentElement.classList.toggle('large', on)
}
export const online = ref(true)
