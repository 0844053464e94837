import type { Node, Pod } from 'kubernetes-types/core/v1.js'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { Registry } from '../api/registry.ts'
import { RegistryClient } from '../api/registry-client.ts'
import { ResourceCatalog } from '../api/resource-catalog.ts'
import type { ResourceStrategy } from '../api/resource-strategy.ts'
import { storedAs } from '../api/resource-type.ts'
import { as, type DraftObject, type KubeObject } from '../kube-object.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'
import { ObjectStore } from '../store/object-store.ts'
import { seededRandom } from '../time/seeded-random.ts'
import { Scheduler, type SchedulerOptions } from './scheduler.ts'

/** Bound pods go when a kubelet says so, 30 s later here at the latest; others at once. */
const podStrategy: ResourceStrategy = {
  graceSeconds: (object, asked) => ((object.spec as { nodeName?: string } | undefined)?.nodeName ? (asked ?? 30) : 0),
}

/** A scheduler on an API server, in virtual time that begins on 1 January 2026. */
export async function schedulerRig(options: Partial<Pick<SchedulerOptions, 'minor' | 'schedulerName'>> & { seed?: number } = {}) {
  const { minor = 33, seed = 1, ...rest } = options
  const clock = new VirtualClock({ startMs: Date.parse('2026-01-01T00:00:00Z') })
  const store = new ObjectStore()
  const random = seededRandom(seed)
  const strategyOf = (type: Parameters<typeof storedAs>[0]) => (storedAs(type) === 'pods' ? podStrategy : {})
  const registry = new Registry({ store, catalog: new ResourceCatalog(minor, resourceTypes(minor)), clock, random, strategyOf })
  const client = new RegistryClient(registry)
  const failures: unknown[] = []
  const scheduler = new Scheduler({ client, clock, random, minor, ...rest, onFailure: (_, error) => failures.push(error) })
  await client.create('namespaces', { metadata: { name: 'default' } })
  const get = (name: string) => {
    const found = store.get('pods', 'default', name)
    return found === undefined ? undefined : as<Pod>(found)
  }
  return {
    clock,
    store,
    client,
    scheduler,
    failures,
    /** Creates an object, and writes its status, as its controller would. */
    create: async (resource: string, object: object) => {
      const draft = object as DraftObject
      const { namespace, name } = (await client.create(resource, draft)).metadata
      if (draft.status === undefined) return
      await client.change(resource, { namespace, name }, (current) => ({ ...current, status: draft.status }), 'status')
    },
    nodeOf: (name: string) => get(name)?.spec?.nodeName ?? '',
    condition: (name: string) => get(name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled'),
    nominated: (name: string) => get(name)?.status?.nominatedNodeName ?? '',
    /** What was said of a pod and how often, also when several events say it: `FailedScheduling x3: …`. */
    events(name: string): readonly string[] {
      const times = new Map<string, number>()
      const about = store.list('events', 'default').filter((event) => (event.involvedObject as { name: string }).name === name)
      for (const event of about) {
        const text = `${event.reason} ${event.message}`
        times.set(text, (times.get(text) ?? 0) + timesOf(event, minor))
      }
      return [...times].map(([text, count]) => text.replace(' ', `${count === 1 ? '' : ` x${count}`}: `))
    },
  }
}

/** Since 1.26 a series counts the event that it began with. */
function timesOf({ count = 1, series }: KubeObject, minor: number): number {
  const said = (series as { readonly count: number } | undefined)?.count
  if (said === undefined) return Number(count)
  return minor >= 26 ? said : said + 1
}

export function smallNode(name: string, cpu = '2', more: Partial<Node> = {}): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    status: { allocatable: { cpu, memory: '4Gi', pods: '110' } },
    ...more,
  }
}

export function smallPod(name: string, cpu = '1', spec: object = {}, labels: Record<string, string> = {}): object {
  return {
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu } } }], ...spec },
    status: { phase: 'Pending' },
  }
}
