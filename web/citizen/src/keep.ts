/*
 * What is typed, kept on the phone alone until it is sent: words in localStorage, photos in IndexedDB. A
 * phone that keeps nothing (full, private) works all the same as long as the page is open.
 */
import { ref, watch, type Ref } from 'vue'

export function kept<T>(name: string, first: T): Ref<T> {
  let start = first
  try {
    const text = localStorage.getItem('huimin.p.' + name)
    if (text) start = Object.assign({}, first, JSON.parse(text))
  } catch (e) {
    start = first
  }
  const value = ref(start) as Ref<T>
  watch(
    value,
    (v) => {
      try {
        localStorage.setItem('huimin.p.' + name, JSON.stringify(v))
      } catch (e) {
        /* it stays on the page */
      }
    },
    { deep: true },
  )
  return value
}

export function forget(name: string): void {
  try {
    localStorage.removeItem('huimin.p.' + name)
  } catch (e) {
    /* nothing was kept */
  }
}

/* ---- photos ---- */

export interface Photo {
  id: string
  paper: string
  name: string
  blob: Blob
}

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const r = indexedDB.open('huimin.p', 1)
    r.onupgradeneeded = () => r.result.createObjectStore('photos', { keyPath: 'id' })
    r.onsuccess = () => done(r.result)
    r.onerror = () => fail(r.error)
  })
}
async function act<T>(mode: IDBTransactionMode, what: (s: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  try {
    const db = await open()
    return await new Promise<T>((done, fail) => {
      const r = what(db.transaction('photos', mode).objectStore('photos'))
      r.onsuccess = () => done(r.result)
      r.onerror = () => fail(r.error)
    })
  } catch (e) {
    return null
  }
}
export const photosKept = async (): Promise<Photo[]> => ((await act('readonly', (s) => s.getAll())) as Photo[] | null) || []
export const photoKeep = (p: Photo): Promise<unknown> => act('readwrite', (s) => s.put(p))
export const photoDrop = (id: string): Promise<unknown> => act('readwrite', (s) => s.delete(id))
export const photosDrop = (): Promise<unknown> => act('readwrite', (s) => s.clear())

/* A photo small enough to send: at most 1600 pixels wide or high. What is no picture goes as it is. */
const SIDE = 1600
export function smaller(file: File): Promise<Blob> {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || file.size < 400 * 1024) return Promise.resolve(file)
  return new Promise((done) => {
    const url = URL.createObjectURL(file)
    const img = new Image()
    img.onerror = () => done(file)
    img.onload = () => {
      const by = Math.min(1, SIDE / Math.max(img.naturalWidth, img.naturalHeight))
      const canvas = document.createElement('canvas')
      canvas.width = Math.round(img.naturalWidth * by)
      canvas.height = Math.round(img.naturalHeight * by)
      const c = canvas.getContext('2d')
      URL.revokeObjectURL(url)
      if (!c) return done(file)
      c.drawImage(img, 0, 0, canvas.width, canvas.height)
      canvas.toBlob((b) => done(b || file), 'image/jpeg', 0.8)
    }
    img.src = url
  })
}
