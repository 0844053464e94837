import fc from 'fast-check'
import type { Node, Pod } from 'kubernetes-types/core/v1.js'
import { expect, it } from 'vitest'
import { podInfo } from '../../core/scheduling/pod-info.ts'
import { schedulePod } from '../../core/scheduling/schedule-pod.ts'
import { SchedulerCache } from '../../core/scheduling/scheduler-cache.ts'
import { as, type DraftObject } from '../kube-object.ts'
import { AssumedVolumes } from './assumed-volumes.ts'
import { schedulerRig, smallNode, smallPod } from './scheduler.test-support.ts'

type Rig = Awaited<ReturnType<typeof schedulerRig>>

const app = fc.constantFrom('a', 'b')
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('Create' as const),
      cpu: fc.integer({ min: 1, max: 12 }),
      app,
      rule: fc.constantFrom('none', 'none', 'spread', 'apart', 'near'),
      priority: fc.constantFrom(0, 0, 0, 10),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Delete' as const), pod: fc.nat(30), grace: fc.constantFrom(0, 0, 30) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Cordon' as const), node: fc.nat(3), unschedulable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Taint' as const), node: fc.nat(3), tainted: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Zone' as const), node: fc.nat(3), zone: fc.constantFrom('x', 'y') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('Resize' as const), node: fc.nat(3), cpu: fc.integer({ min: 4, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('Wait' as const), ms: fc.constantFrom(3, 20, 700, 5_000) }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function rules(rule: string, name: string): object {
  const labelSelector = { matchLabels: { app: name } }
  const terms = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector }] }
  switch (rule) {
    case 'spread':
      return { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector }] }
    case 'apart':
      return { affinity: { podAntiAffinity: terms } }
    case 'near':
      return { affinity: { podAffinity: terms } }
    default:
      return {}
  }
}

async function carryOut({ client, create, clock, store }: Rig, each: Step, number: number): Promise<void> {
  const onNode = (node: number, change: (current: Node) => object, subresource?: 'status') =>
    client.change('nodes', { name: `n${node}` }, (current) => change(as<Node>(current)) as DraftObject, subresource)
  switch (each.kind) {
    case 'Create':
      await create(
        'pods',
        smallPod(`p${number}`, `${each.cpu * 100}m`, { priority: each.priority, ...rules(each.rule, each.app) }, { app: each.app }),
      )
      break
    case 'Delete': {
      const name = `p${each.pod}`
      if (store.get('pods', 'default', name))
        await client.delete('pods', { namespace: 'default', name }, { gracePeriodSeconds: each.grace })
      break
    }
    case 'Cordon':
      await onNode(each.node, (node) => ({ ...node, spec: { ...node.spec, unschedulable: each.unschedulable } }))
      break
    case 'Taint':
      await onNode(each.node, (node) => ({
        ...node,
        spec: { ...node.spec, taints: each.tainted ? [{ key: 't', effect: 'NoSchedule' }] : [] },
      }))
      break
    case 'Zone':
      await onNode(each.node, (node) => ({
        ...node,
        metadata: { ...node.metadata, labels: { ...node.metadata?.labels, zone: each.zone } },
      }))
      break
    case 'Resize':
      await onNode(
        each.node,
        (node) => ({ ...node, status: { ...node.status, allocatable: { cpu: `${each.cpu * 100}m`, memory: '4Gi', pods: '110' } } }),
        'status',
      )
      break
    case 'Wait':
      await clock.advance(each.ms)
  }
}

/** Everything counted anew from the store, with the room that is kept for nominated pods. */
function freshCache({ store }: Rig): SchedulerCache {
  const cache = new SchedulerCache()
  for (const node of store.list('nodes')) cache.setNode(as<Node>(node))
  for (const object of store.list('pods')) {
    const pod = as<Pod>(object)
    const nominated = pod.status?.nominatedNodeName
    if (pod.spec?.nodeName) cache.addPod(podInfo(pod))
    else if (nominated) cache.nominate(podInfo(pod, nominated))
  }
  return cache
}

/** Kubelets that let every pod go that is asked to. */
async function endDeletions({ store, client }: Rig): Promise<void> {
  for (const { metadata } of store.list('pods')) {
    if (metadata.deletionTimestamp === undefined) continue
    await client.delete('pods', { namespace: 'default', name: metadata.name }, { gracePeriodSeconds: 0 })
  }
}

async function run(steps: readonly Step[], minor: number): Promise<Rig> {
  const rig = await schedulerRig({ minor })
  rig.scheduler.start()
  for (let at = 0; at < 4; at += 1) {
    await rig.create(
      'nodes',
      smallNode(`n${at}`, '1', { metadata: { name: `n${at}`, labels: { 'kubernetes.io/hostname': `n${at}`, zone: at < 2 ? 'x' : 'y' } } }),
    )
  }
  for (const [number, each] of steps.entries()) await carryOut(rig, each, number)
  for (let at = 0; at < 8; at += 1) {
    await rig.clock.advance(12_000)
    await endDeletions(rig)
  }
  await rig.clock.advance(15_000)
  return rig
}

it.each([20, 33])(
  'whatever happens to nodes and pods, no binding is above allocatable, and none that fits keeps waiting (1.%i)',
  async (minor) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const rig = await run(steps, minor)
        expect(rig.failures).toEqual([])
        const cache = freshCache(rig)
        const shrunk = steps.some(({ kind }) => kind === 'Resize')
        for (const { requested, allocatable } of cache.nodes())
          if (!shrunk) expect(requested.milliCpu).toBeLessThanOrEqual(allocatable.milliCpu)
        for (const object of rig.store.list('pods')) {
          const pod = as<Pod>(object)
          if (pod.spec?.nodeName) continue
          const cycle = { pod: podInfo(pod), cache, volumes: new AssumedVolumes(rig.store), minor }
          expect([object.metadata.name, schedulePod(cycle, { random: () => 0, startIndex: 0 }).kind]).toEqual([
            object.metadata.name,
            'Unschedulable',
          ])
        }
      }),
      { numRuns: 60 },
    )
  },
)
