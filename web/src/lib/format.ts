import { lang, tr } from './tr'

/* Whole fen as "1,234.00". Whole numbers only: no amount passes through a fraction. */
export function yuan(fen: number | null | undefined): string {
  if (fen === null || fen === undefined) return '—'
  const n = Math.abs(fen)
  const cents = String(n % 100).padStart(2, '0')
  const whole = String((n - (n % 100)) / 100).replace(/\B(?=(\d{3})+$)/g, ',')
  return (fen < 0 ? '−' : '') + whole + '.' + cents
}

/* "1,234.5" or "１２３４．５" as fen; undefined: not an amount. */
export function fenOf(text: string): number | undefined {
  const plain = halfWidth(text).replace(/[,，\s¥￥元]/g, '')
  const m = /^(-?)(\d{1,12})(?:\.(\d{0,2}))?$/.exec(plain)
  if (!m) return undefined
  const fen = Number(m[2]) * 100 + Number((m[3] ?? '').padEnd(2, '0'))
  return m[1] ? -fen : fen
}

export function halfWidth(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ')
    .trim()
}

function realDay(y: number, m: number, d: number): string | undefined {
  const date = new Date(Date.UTC(y, m - 1, d))
  if (y < 1850 || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return undefined
  return date.toISOString().slice(0, 10)
}

/* A day as it is typed: 20201221, 2020-12-21, 2020.12.21, 2020年12月21日; undefined: none. */
export function dayOf(text: string): string | undefined {
  const t = halfWidth(text)
  const m =
    /^(\d{4})(\d{2})(\d{2})$/.exec(t) ??
    /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(t)
  return m ? realDay(Number(m[1]), Number(m[2]), Number(m[3])) : undefined
}

export function monthOf(text: string): string | undefined {
  const t = halfWidth(text)
  const m = /^(\d{4})(\d{2})$/.exec(t) ?? /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?$/.exec(t)
  if (!m || !realDay(Number(m[1]), Number(m[2]), 1)) return undefined
  return `${m[1]}-${m[2]!.padStart(2, '0')}`
}

export function dayText(day: string | null | undefined): string {
  if (!day) return '—'
  return day
}

/* The day and its weekday, for the banner. */
export function dayLong(day: string): string {
  const date = new Date(day + 'T00:00:00Z')
  return new Intl.DateTimeFormat(lang.value === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'full',
    timeZone: 'UTC',
  }).format(date)
}

export function monthText(month: string): string {
  const [y, m] = month.split('-')
  return tr('{y}年{m}月', '{y}-{m}', { y: y ?? '', m: lang.value === 'zh' ? Number(m) : (m ?? '') })
}

export function nextMonth(month: string, by = 1): string {
  const n = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by
  return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`
}

/* The clock time of a moment, in China's time. */
export function timeText(ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: 'Asia/Shanghai',
  }).format(new Date(ms))
}

/* A village or community as people say it, where there is little room. */
export function villageShort(name: string | null | undefined): string {
  return (name ?? '').replace(/社区居民委员会$/, '社区').replace(/村?村民委员会$/, '村').replace(/居民委员会$/, '居委会')
}

export function count(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}

export function bytesText(n: number): string {
  if (n < 1024) return `${n} B`
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} kB`
  return `${(n / 1048576).toFixed(1)} MB`
}

/* Is the identity number's date and check digit right (GB 11643)? What is wrong, in words. */
export function idWrong(text: string): string | undefined {
  const id = halfWidth(text).toUpperCase()
  if (!/^\d{17}[\dX]$/.test(id)) {
    return tr('应为18位：17位数字加校验码', '18 characters: 17 digits and a check character')
  }
  const birth = id.slice(6, 14)
  if (!realDay(Number(birth.slice(0, 4)), Number(birth.slice(4, 6)), Number(birth.slice(6)))) {
    return tr('第7至14位不是日期：{d}', 'characters 7 to 14 are no date: {d}', { d: birth })
  }
  const w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = w.reduce((s, x, i) => s + x * Number(id[i]), 0)
  if ('10X98765432'[sum % 11] !== id[17]) {
    return tr('校验码不符，请核对每一位', 'the check character does not fit: compare each digit')
  }
  return undefined
}
