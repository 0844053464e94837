import type { Deployment } from 'kubernetes-types/apps/v1'
import type { Job } from 'kubernetes-types/batch/v1'
import type { Node, Pod } from 'kubernetes-types/core/v1'
import { describe, expect, it, onTestFinished } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import type { RequestFault } from '../api/http/request-faults.ts'
import { StatusError } from '../api/status-error.ts'
import { as } from '../kube-object.ts'
import { newMachine } from '../machine/new-machine.ts'
import { ApiFaultRules } from '../scenario/faults/api-faults.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { createTwin } from '../twin.ts'

const version = 'v1.30.4'

async function startedTwin() {
  const clock = new VirtualClock({ startMs: Date.parse('2026-11-21T10:00:00Z') })
  const defects: string[] = []
  const faults = new ApiFaultRules(seededRandom(5))
  const twin = await createTwin({
    clock,
    random: seededRandom(1),
    version,
    api: { faults },
    onDefect: (where, error) => defects.push(`${where}: ${error}`),
  })
  onTestFinished(() => twin.close())
  await twin.addNodes(
    ['node-1', 'node-2'].map((name) => newMachine({ name, version, distribution: 'kubeadm', role: 'Agent', bootId: name })),
  )
  await twin.start()
  await clock.advance(10_000)
  const { client } = twin.api
  return { clock, client, store: client.store, faults, defects }
}

const container = { name: 'c', image: 'x:1' }
const labels = { app: 'web' }
const deployment = {
  metadata: { namespace: 'default', name: 'web' },
  spec: { replicas: 4, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
}
const ended = { 'twin.falkirk.dev/run-seconds': '5' }
const job = {
  metadata: { namespace: 'default', name: 'once' },
  spec: { completions: 3, template: { metadata: { annotations: ended }, spec: { restartPolicy: 'Never', containers: [container] } } },
}

const kinds: readonly (readonly [string, RequestFault])[] = [
  ['429', { kind: 'Overload', retryAfterSeconds: 1 }],
  ['500', { kind: 'Refuse', error: new StatusError(500, 'InternalError', 'Internal error occurred: a fault') }],
  ['a connection that breaks', { kind: 'Break' }],
  ['an answer that is lost', { kind: 'LoseAnswer' }],
  ['a delay', { kind: 'Delay', ms: 700 }],
]

describe('one write of three of controllers, scheduler and kubelets meets', () => {
  it.each(kinds)('%s: they try again, and all comes to its end', async (_, fault) => {
    const { clock, client, store, faults, defects } = await startedTwin()
    faults.add(fault, { share: 1 / 3 })
    await client.create('deployments.apps', deployment)
    await client.create('jobs.batch', job)
    await clock.advance(120_000)
    await client.change('deployments.apps', { namespace: 'default', name: 'web' }, (old) => {
      const spec = old.spec as typeof deployment.spec
      return { ...old, spec: { ...spec, template: { ...spec.template, spec: { containers: [{ ...container, image: 'x:2' }] } } } }
    })
    await clock.advance(600_000)
    const pods = store.list('pods', 'default').map((pod) => as<Pod>(pod))
    const images = pods.filter(({ metadata }) => metadata?.labels?.app === 'web').map(({ spec }) => spec?.containers[0]?.image)
    expect(images).toEqual(['x:2', 'x:2', 'x:2', 'x:2'])
    expect(as<Deployment>(store.get('deployments.apps', 'default', 'web') ?? {}).status).toMatchObject({ readyReplicas: 4, replicas: 4 })
    expect(as<Job>(store.get('jobs.batch', 'default', 'once') ?? {}).status).toMatchObject({ succeeded: 3 })
    expect(pods.filter(({ status }) => status?.phase === 'Succeeded')).toHaveLength(3)
    for (const name of ['node-1', 'node-2']) {
      const ready = as<Node>(store.get('nodes', undefined, name) ?? {}).status?.conditions?.find(({ type }) => type === 'Ready')
      expect(ready?.status).toBe('True')
    }
    expect(defects).toEqual([])
  })
})

describe('a fault for one component', () => {
  it.each([
    { users: ['system:kube-controller-manager'], pods: 0, bound: 0 },
    { users: ['system:kube-scheduler'], pods: 4, bound: 0 },
    { users: ['system:node:node-1', 'system:node:node-2'], pods: 4, bound: 4 },
  ])('$users is met by no other', async ({ users, pods, bound }) => {
    const { clock, client, store, faults } = await startedTwin()
    const undo = faults.add({ kind: 'Break' }, { users })
    await client.create('deployments.apps', deployment)
    await clock.advance(20_000)
    const all = () => store.list('pods', 'default').map((pod) => as<Pod>(pod))
    expect(all()).toHaveLength(pods)
    expect(all().filter(({ spec }) => spec?.nodeName !== undefined)).toHaveLength(bound)
    expect(all().filter(({ status }) => status?.phase === 'Running')).toHaveLength(0)
    undo()
    await clock.advance(600_000)
    expect(all().filter(({ status }) => status?.phase === 'Running')).toHaveLength(4)
  })
})
