/* The document of the API, by a public validator, and what it says about sessions against the server. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from './city'

interface Operation {
  security?: unknown[]
}
test('the document is valid OpenAPI 3.1', async ({ city }) => {
  const text = await (await fetch(city.url + 'api/v1/openapi.json')).text()
  const said = await new Validator().validate(JSON.parse(text))
  expect(said.errors ?? []).toEqual([])
  expect(said.valid).toBe(true)
  expect((JSON.parse(text) as { openapi: string }).openapi).toMatch(/^3\.1\./)
})
test('what needs a session says 401 without one', async ({ city }) => {
  const doc = (await (await fetch(city.url + 'api/v1/openapi.json')).json()) as { paths: Record<string, Record<string, Operation>> }
  const wrong: string[] = []
  for (const [path, operations] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(operations)) {
      if (!['get', 'post', 'put', 'patch', 'delete'].includes(method)) continue
      const open = Array.isArray(op.security) && op.security.length === 0
      const url = city.url.replace(/\/$/, '') + path.replace(/\{[^}]+\}/g, '510402-1')
      const status = (await fetch(url, { method: method.toUpperCase() })).status
      if (open === (status === 401) && !(open && path.endsWith('/session'))) wrong.push(`${method} ${path}: ${status}`)
    }
  }
  expect(wrong).toEqual([])
})
