import { describe, expect, it } from 'vitest'
import { ask } from '../../../api/http/ask.test-support.ts'
import { smallServer } from '../../../api/http/small-server.test-support.ts'
import { statusProblems } from './status-problems.ts'

const below = (value: number) => `Invalid value: ${value}: must be greater than or equal to 0`
const above = (value: number) => `Invalid value: ${value}: cannot be greater than status.replicas`

describe('statusProblems', () => {
  it.each([
    { kind: 'ReplicaSet', next: { replicas: 2, readyReplicas: 2, availableReplicas: 1, fullyLabeledReplicas: 2 }, said: [] },
    { kind: 'ReplicaSet', next: undefined, said: [] },
    {
      kind: 'ReplicaSet',
      next: { replicas: -1 },
      said: [
        `status.replicas: ${below(-1)}`,
        `status.fullyLabeledReplicas: ${above(0)}`,
        `status.readyReplicas: ${above(0)}`,
        `status.availableReplicas: ${above(0)}`,
      ],
    },
    {
      kind: 'ReplicationController',
      next: { replicas: 3, readyReplicas: 1, availableReplicas: 2 },
      said: ['status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas'],
    },
    { kind: 'Deployment', next: { replicas: 1, unavailableReplicas: -2 }, said: [`status.unavailableReplicas: ${below(-2)}`] },
    { kind: 'StatefulSet', next: { replicas: 1, updatedReplicas: 2 }, said: [`status.updatedReplicas: ${above(2)}`] },
    { kind: 'DaemonSet', next: { numberReady: 5, desiredNumberScheduled: 1 }, said: [] },
    { kind: 'DaemonSet', next: { numberReady: -1 }, said: [`status.numberReady: ${below(-1)}`] },
    { kind: 'Job', next: { active: -1, failed: -2 }, said: [`status.active: ${below(-1)}`, `status.failed: ${below(-2)}`] },
  ] as const)('of a $kind $next are $said', ({ kind, next, said }) => {
    expect(statusProblems(kind, next, undefined).map(({ field, message }) => `${field}: ${message}`)).toEqual(said)
  })

  it.each([
    { old: 1, next: 2, refused: false },
    { old: undefined, next: 1, refused: false },
    { old: 2, next: 1, refused: true },
    { old: 1, next: undefined, refused: true },
  ])('collisions go from $old to $next: refused is $refused', ({ old, next, refused }) => {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
      const [cause] = statusProblems(kind, { collisionCount: next }, { collisionCount: old })
      expect(cause?.message).toBe(refused ? `Invalid value: ${next ?? 0}: cannot be decremented` : undefined)
    }
  })
})

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'x' }] } }
const spec = { selector: { matchLabels: { app: 'a' } }, template }
const merge = (body: object) => ({ body, contentType: 'application/merge-patch+json' })

describe('a workload that is written', () => {
  it.each(['replicasets', 'deployments', 'statefulsets'])('has its status checked by the path of it alone: %s', async (plural) => {
    const { server } = await smallServer()
    const path = `/apis/apps/v1/namespaces/default/${plural}`
    await ask(server, 'POST', path, { body: { metadata: { name: 'a' }, spec: { ...spec, serviceName: 'a' } } })
    const refused = await ask(server, 'PATCH', `${path}/a/status`, merge({ status: { replicas: 1, readyReplicas: 2 } }))
    expect(refused).toMatchObject({
      status: 422,
      body: { details: { causes: [{ field: 'status.readyReplicas', message: above(2) }] } },
    })
    expect((await ask(server, 'PATCH', `${path}/a`, merge({ status: { replicas: -1 } }))).status).toBe(200)
    expect((await ask(server, 'PATCH', `${path}/a/status`, merge({ status: { replicas: 2, readyReplicas: 2 } }))).status).toBe(200)
  })

  it.each([
    { plural: 'daemonsets', fields: ['template.metadata.labels', 'template.metadata.labels', 'selector'] },
    { plural: 'replicasets', fields: ['template.metadata.labels', 'template.metadata.labels', 'selector'] },
    { plural: 'deployments', fields: ['template.metadata.labels', 'selector'] },
  ])('has causes of $plural as often as the original finds them, and says each once', async ({ plural, fields }) => {
    const { server } = await smallServer()
    const path = `/apis/apps/v1/namespaces/default/${plural}`
    await ask(server, 'POST', path, { body: { metadata: { name: 'a' }, spec } })
    const { status, body } = await ask(server, 'PATCH', `${path}/a`, merge({ spec: { selector: { matchLabels: { app: 'b' } } } }))
    expect(status).toBe(422)
    expect(body.details.causes.map(({ field }: { field: string }) => field)).toEqual(fields.map((field) => `spec.${field}`))
    expect(body.message.match(/spec\.template/g)).toHaveLength(1)
  })
})
