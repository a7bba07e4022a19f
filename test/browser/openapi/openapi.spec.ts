/* The document of the API: by a public validator, by a maker of types, and against what the server does. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type City } from '../city'

interface Operation {
  security?: unknown[]
}
type Doc = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}
async function text(city: City): Promise<string> {
  return (await fetch(city.url + 'api/v1/openapi.json')).text()
}
test('it is valid OpenAPI 3.1', async ({ city }) => {
  const doc = JSON.parse(await text(city)) as Doc
  expect(doc.openapi).toMatch(/^3\.1\./)
  const said = await new Validator().validate(doc)
  expect(said.errors ?? []).toEqual([])
  expect(said.valid).toBe(true)
  /* a validator that takes everything would prove nothing */
  const broken = await new Validator().validate({ ...doc, paths: { '/x': { get: { responses: 7 } } } })
  expect(broken.valid).toBe(false)
})
test('types are made of it; those that are kept are the same', async ({ city }) => {
  const file = join(city.folder, 'openapi.json')
  const made = join(city.folder, 'api.ts')
  writeFileSync(file, await text(city))
  execFileSync(process.execPath, ['node_modules/openapi-typescript/bin/cli.js', file, '-o', made], { stdio: 'pipe' })
  const types = readFileSync(made, 'utf8')
  expect(types).toContain('/api/v1/households')
  const kept = join('..', '..', 'web', 'src', 'gen', 'api.ts')
  if (existsSync(kept)) expect(readFileSync(kept, 'utf8'), 'web/src/gen/api.ts is to be made again').toBe(types)
})
test('what needs a session says 401 without one, for every path and every register', async ({ city }) => {
  const doc = JSON.parse(await text(city)) as Doc
  const wrong: string[] = []
  let asked = 0
  for (const [path, operations] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(operations)) {
      if (!['get', 'post', 'put', 'patch', 'delete'].includes(method)) continue
      const open = Array.isArray(op.security) && op.security.length === 0
      if (open && path.endsWith('/session')) continue /* the way in: 401 is for a wrong password */
      /* A citizen's own application asks for the pass that number and phone give, not for a session. */
      if (open && /\/public\/(files|progress)/.test(path)) continue
      const url = city.url.replace(/\/$/, '') + path.replace(/\{[^}]+\}/g, '510402-1')
      const status = (await fetch(url, { method: method.toUpperCase() })).status
      asked++
      if (open === (status === 401)) wrong.push(`${method} ${path}: ${status}`)
    }
  }
  expect(wrong).toEqual([])
  expect(asked).toBeGreaterThan(40)
})
