import { describe, expect, it } from 'vitest'
import { builtInAdmission } from '../../schema/strategies/admission/built-in-admission.ts'
import { StoreAddressPool } from '../../schema/strategies/admission/service-address-pool.ts'
import { ObjectStore } from '../../store/object-store.ts'
import { type Answered, ask, type SentRequest } from './ask.test-support.ts'
import { smallServer } from './small-server.test-support.ts'

const autoscalers = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`
const target = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 }
const by = (manager: string, body: unknown, contentType = 'application/json'): SentRequest => ({
  body,
  userAgent: `${manager}/1`,
  contentType,
})

function autoscaler(version: string, spec: object) {
  return { apiVersion: `autoscaling/${version}`, kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { ...target, ...spec } }
}

/** Who owns which fields of the spec, as `manager version: fields`. */
function owners({ body }: Answered): readonly string[] {
  const entries = body.metadata.managedFields as readonly { manager: string; apiVersion: string; fieldsV1: Record<string, object> }[]
  return entries.map(({ manager, apiVersion, fieldsV1 }) => {
    const fields = Object.keys(fieldsV1['f:spec'] ?? {}).filter((field) => !/scaleTargetRef|Replicas|^\.$/.test(field))
    return `${manager} ${apiVersion}: ${fields.join(' ')}`
  })
}

const processor = (averageUtilization: number) => ({
  metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }],
})
const memory = { metrics: [{ type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } }] }

describe('fields are owned as they are called in the version in which they were written', () => {
  it('of an autoscaler created as v1 it is f:targetCPUUtilizationPercentage', async () => {
    const { server } = await smallServer({ gitVersion: 'v1.32.1' })
    const made = await ask(server, 'POST', autoscalers('v1'), by('old', autoscaler('v1', { targetCPUUtilizationPercentage: 50 })))
    expect(owners(made)).toEqual(['old autoscaling/v1: f:targetCPUUtilizationPercentage'])
  })

  it.each([
    {
      what: 'the same fields',
      spec: processor(50),
      after: ['new autoscaling/v2: ', 'old autoscaling/v1: f:targetCPUUtilizationPercentage'],
    },
    { what: 'the target', spec: processor(70), after: ['new autoscaling/v2: f:metrics', 'old autoscaling/v1: '] },
    { what: 'another metric', spec: memory, after: ['new autoscaling/v2: f:metrics', 'old autoscaling/v1: '] },
  ])('an update in v2 of $what takes what it changes from an owner in v1', async ({ spec, after }) => {
    const { server } = await smallServer({ gitVersion: 'v1.32.1' })
    await ask(server, 'POST', autoscalers('v1'), by('old', autoscaler('v1', { targetCPUUtilizationPercentage: 50 })))
    const patch = { metadata: { labels: { a: 'b' } }, spec }
    const patched = await ask(server, 'PATCH', `${autoscalers('v2')}/web`, by('new', patch, 'application/merge-patch+json'))
    expect(owners(patched)).toEqual(after)
  })

  it('an apply in v2 that changes what an owner in v1 has is a conflict, in the words of v1', async () => {
    const { server } = await smallServer({ gitVersion: 'v1.32.1' })
    await ask(server, 'POST', autoscalers('v1'), by('old', autoscaler('v1', { targetCPUUtilizationPercentage: 50 })))
    const applied = autoscaler('v2', processor(70))
    const sent = by('new', applied, 'application/apply-patch+yaml')
    const answer = await ask(server, 'PATCH', `${autoscalers('v2')}/web?fieldManager=new`, sent)
    expect(answer.status).toBe(409)
    expect(answer.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "old" using autoscaling/v1: .spec.targetCPUUtilizationPercentage',
    )
    const forced = await ask(server, 'PATCH', `${autoscalers('v2')}/web?fieldManager=new&force=true`, sent)
    expect(owners(forced)).toEqual(['new autoscaling/v2: f:metrics', 'old autoscaling/v1: '])
  })

  it('owners in a version that the server no longer has are forgotten', async () => {
    const { server, serveRelease } = await smallServer({ gitVersion: 'v1.24.1' })
    const budgets = (version: string) => `/apis/policy/${version}/namespaces/default/poddisruptionbudgets`
    const budget = { metadata: { name: 'web' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } }
    await ask(server, 'POST', budgets('v1beta1'), by('old', { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', ...budget }))
    serveRelease('v1.25.1')
    const patched = await ask(
      server,
      'PATCH',
      `${budgets('v1')}/web`,
      by('new', { spec: { minAvailable: 2 } }, 'application/merge-patch+json'),
    )
    expect(owners(patched)).toEqual(['new policy/v1: f:minAvailable'])
  })
})

describe('a creator owns what it sent and the defaults, not what admission and the server add', () => {
  it('of a Service not its address', async () => {
    const random = () => 0.5
    const reader = new ObjectStore()
    const admission = builtInAdmission({ reader, pool: new StoreAddressPool(reader, random, '10.43.0.0/16'), minor: 32, random })
    const { server } = await smallServer({ gitVersion: 'v1.32.1', admission })
    const service = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }
    const made = await ask(server, 'POST', '/api/v1/namespaces/default/services', by('a', service))
    expect(made.body.spec.clusterIP).toMatch(/^10\.43\./)
    const [{ fieldsV1 }] = made.body.metadata.managedFields
    expect(Object.keys(fieldsV1['f:spec'])).toEqual(['f:internalTrafficPolicy', 'f:ports', 'f:selector', 'f:sessionAffinity', 'f:type'])
  })
})

describe('what cannot be applied', () => {
  it.each([
    { applied: { data: {} }, code: 400, message: 'Incorrect version specified in apply patch. Specified patch version: , expected: v1' },
    {
      applied: { apiVersion: 'apps/v1', kind: 'ConfigMap' },
      code: 400,
      message: 'Incorrect version specified in apply patch. Specified patch version: apps/v1, expected: v1',
    },
    {
      applied: { apiVersion: 'a/b/c', kind: 'ConfigMap' },
      code: 400,
      message: 'Incorrect version specified in apply patch. Specified patch version: , expected: v1',
    },
    { applied: { apiVersion: 'v1' }, code: 500, message: 'failed to create typed patch object: no corresponding type for /v1, Kind=' },
    {
      applied: { apiVersion: 'v1', kind: 'Gadget' },
      code: 500,
      message: 'failed to create typed patch object: no corresponding type for /v1, Kind=Gadget',
    },
    {
      applied: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { x: 'not base64' } },
      code: 500,
      message: 'failed to merge config: expected objects of the same type, but got ConfigMap and Secret',
    },
  ])('is refused $code, and nothing is stored: $message', async ({ applied, code, message }) => {
    const { server, store } = await smallServer()
    const sent = { body: applied, contentType: 'application/apply-patch+yaml' }
    const { status, body } = await ask(server, 'PATCH', '/api/v1/namespaces/default/configmaps/a?fieldManager=one', sent)
    expect({ status, message: body.message }).toEqual({ status: code, message })
    expect(store.list('configmaps')).toEqual([])
  })
})
