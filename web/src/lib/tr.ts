import { ref } from 'vue'

/*
 * Two languages, side by side where a text is used: tr('受理', 'Accept'). So none can be missing.
 * {name} in a text is replaced by args.name.
 */
export type Lang = 'zh' | 'en'
export interface Both {
  zh: string
  en: string
}
type Args = Record<string, string | number>

const KEY = 'huimin.lang'
export const lang = ref<Lang>(localStorage.getItem(KEY) === 'en' ? 'en' : 'zh')

export function setLang(to: Lang): void {
  lang.value = to
  localStorage.setItem(KEY, to)
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en'
}

export function tr(zh: string, en: string, args?: Args): string {
  const text = lang.value === 'zh' ? zh : en
  return args ? text.replace(/\{(\w+)\}/g, (_, k: string) => String(args[k] ?? '')) : text
}

/* A label of the server: both languages, or one text, or nothing. */
export function both(label: Both | string | null | undefined): string {
  if (!label) return ''
  if (typeof label === 'string') return label
  return label[lang.value] || label.zh || label.en || ''
}
