/*
 * A screenshot with a palette: of a page's colours the 256 most frequent, every other one as the nearest of
 * them. A third of the size, and nothing that an eye would see.
 */
import { deflateSync, inflateSync } from 'node:zlib'

interface Image {
  width: number
  height: number
  rgb: Uint8Array
}
/* As the browser writes it: 8 bits, RGB or RGBA, not interlaced. */
function read(png: Buffer): Image {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const bytes = png[25] === 6 ? 4 : 3
  if (png[24] !== 8 || ![2, 6].includes(png[25]!) || png[28] !== 0) throw new Error('not a PNG as the browser writes it')
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  const raw = inflateSync(Buffer.concat(parts))
  const line = width * bytes
  const out = new Uint8Array(line * height)
  const rgb = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)]!
    for (let x = 0; x < line; x++) {
      const at = y * line + x
      const left = x >= bytes ? out[at - bytes]! : 0
      const up = y ? out[at - line]! : 0
      const corner = x >= bytes && y ? out[at - line - bytes]! : 0
      out[at] = raw[y * (line + 1) + 1 + x]! + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!
    }
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) rgb[(y * width + x) * 3 + c] = out[y * line + x * bytes + c]!
  }
  return { width, height, rgb }
}
function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}
function crc(data: Buffer): number {
  let c = 0xffffffff
  for (const b of data) {
    c ^= b
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  }
  return ~c >>> 0
}
function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc(body))
  return Buffer.concat([size, body, sum])
}
export function small(png: Buffer): Buffer {
  const { width, height, rgb } = read(png)
  const colour = (i: number) => (rgb[i * 3]! << 16) | (rgb[i * 3 + 1]! << 8) | rgb[i * 3 + 2]!
  const count = new Map<number, number>()
  for (let i = 0; i < width * height; i++) count.set(colour(i), (count.get(colour(i)) ?? 0) + 1)
  const palette = [...count].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([c]) => c)
  const index = new Map(palette.map((c, i) => [c, i]))
  const nearest = (c: number): number => {
    const away = (p: number) => ((p >> 16) - (c >> 16)) ** 2 + (((p >> 8) & 255) - ((c >> 8) & 255)) ** 2 + ((p & 255) - (c & 255)) ** 2
    return palette.reduce((best, p, i) => (away(p) < away(palette[best]!) ? i : best), 0)
  }
  const lines = Buffer.alloc((width + 1) * height)
  for (let i = 0; i < width * height; i++) {
    const c = colour(i)
    if (!index.has(c)) index.set(c, nearest(c))
    lines[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = index.get(c)!
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))
  return Buffer.concat([
    png.subarray(0, 8), chunk('IHDR', head), chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ])
}
