import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './el.css'
import './style.css'
import App from './App.vue'
import { router } from './router'
import { watchNetwork } from './lib/api'
import { lang, setLang } from './lib/tr'
import { large, online, setLarge } from './lib/ui'

setLang(lang.value)
setLarge(large.value)
watchNetwork((ok) => (online.value = ok))
window.addEventListener('offline', () => (online.value = false))
window.addEventListener('online', () => (online.value = true))
createApp(App).use(createPinia()).use(router).mount('#app')
