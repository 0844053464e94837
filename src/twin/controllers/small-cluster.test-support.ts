import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { Registry } from '../api/registry.ts'
import { RegistryClient } from '../api/registry-client.ts'
import { ResourceCatalog } from '../api/resource-catalog.ts'
import { storedAs } from '../api/resource-type.ts'
import { ControlLoop } from '../control-loop/control-loop.ts'
import type { Controller } from '../control-loop/controller.ts'
import type { DraftObject, KubeObject } from '../kube-object.ts'
import { strategyOf } from '../schema/strategies/strategy-of.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'
import { ObjectStore } from '../store/object-store.ts'
import { seededRandom } from '../time/seeded-random.ts'
import type { TwinClient } from '../twin-client.ts'
import { KnownKinds } from './known-kinds.ts'

/** An API server without a wire, a clock that stands still, and the control loops that a test adds. For tests. */
export interface SmallCluster {
  readonly client: TwinClient
  readonly store: ObjectStore
  readonly clock: VirtualClock
  readonly kinds: KnownKinds
  readonly catalog: ResourceCatalog
  readonly minor: number
  readonly random: () => number
  /** What a reconcile has thrown, as `controller key: message`. */
  readonly failures: string[]
  run(...controllers: readonly Controller[]): void
  /** Writes an object with its status, creating its namespace when it is missing. */
  put(resource: string, draft: DraftObject): Promise<KubeObject>
  stop(): void
}

const startMs = Date.parse('2026-01-05T10:00:00Z')

export async function smallCluster(minor = 30): Promise<SmallCluster> {
  const store = new ObjectStore()
  const clock = new VirtualClock({ startMs })
  const types = resourceTypes(minor)
  const catalog = new ResourceCatalog(minor, types)
  const random = seededRandom(1)
  const client = new RegistryClient(new Registry({ store, catalog, clock, random, strategyOf: (type) => strategyOf(storedAs(type)) }))
  const loops: ControlLoop[] = []
  const failures: string[] = []
  for (const name of ['default', 'kube-system', 'kube-node-lease']) await client.create('namespaces', namespaceDraft(name))
  return {
    client,
    store,
    clock,
    kinds: new KnownKinds(store, types),
    catalog,
    minor,
    random,
    failures,
    run(...controllers) {
      for (const controller of controllers) {
        const onFailure = (name: string, key: string, error: unknown) => failures.push(`${name} ${key}: ${String(error)}`)
        const loop = new ControlLoop(controller, { store, clock, onFailure })
        loops.push(loop)
        loop.start()
      }
    },
    async put(resource, draft) {
      const created = await client.create(resource, draft)
      if (draft.status === undefined) return created
      return client.update(resource, { ...created, status: draft.status }, 'status')
    },
    stop() {
      for (const loop of loops) loop.stop()
    },
  }
}

function namespaceDraft(name: string): DraftObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
}
