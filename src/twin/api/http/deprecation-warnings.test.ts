import { describe, expect, it } from 'vitest'
import { ask } from './ask.test-support.ts'
import { smallServer } from './small-server.test-support.ts'

const budgets =
  '299 - "policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget"'

describe('who uses a version that will go', () => {
  it.each([
    ['GET', '/apis/policy/v1beta1/poddisruptionbudgets', 'v1.21.0', budgets],
    ['GET', '/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/none', 'v1.21.0', budgets],
    ['GET', '/apis/policy/v1/poddisruptionbudgets', 'v1.21.0', undefined],
    ['GET', '/apis/policy/v1beta1/poddisruptionbudgets', 'v1.20.0', undefined],
    ['GET', '/api/v1/componentstatuses', 'v1.18.0', undefined],
  ])('is told so: %s %s of %s', async (method, path, gitVersion, warning) => {
    const { server } = await smallServer({ gitVersion })
    expect((await ask(server, method, path)).headers.warning).toBe(warning)
  })

  it.each([
    [{}, 'example.com/v1 Thing is deprecated'],
    [{ deprecationWarning: 'use the other' }, 'use the other'],
  ])('of a custom resource with %j too', async (more, warning) => {
    const { server, client, clock } = await smallServer()
    const version = { name: 'v1', served: true, storage: true, deprecated: true, schema: { openAPIV3Schema: { type: 'object' } }, ...more }
    const names = { plural: 'things', kind: 'Thing' }
    const spec = { group: 'example.com', scope: 'Namespaced', names, versions: [version] }
    await client.create('customresourcedefinitions.apiextensions.k8s.io', { metadata: { name: 'things.example.com' }, spec })
    await clock.advance(10_000)
    const { status, headers } = await ask(server, 'GET', '/apis/example.com/v1/things')
    expect([status, headers.warning]).toEqual([200, `299 - ${JSON.stringify(warning)}`])
  })
})
