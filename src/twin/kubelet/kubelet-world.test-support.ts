import type { Node, Pod, PodSpec } from 'kubernetes-types/core/v1'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { Registry } from '../api/registry.ts'
import { RegistryClient } from '../api/registry-client.ts'
import { ResourceCatalog } from '../api/resource-catalog.ts'
import { storedAs } from '../api/resource-type.ts'
import { as, type DraftObject } from '../kube-object.ts'
import { newMachine } from '../machine/new-machine.ts'
import { strategyOf } from '../schema/strategies/strategy-of.ts'
import { resourceTypes } from '../schema/types/resource-types.ts'
import { ObjectStore } from '../store/object-store.ts'
import { type FleetOptions, KubeletFleet } from './kubelet-fleet.ts'
import { TwinKubeletApi } from './twin-kubelet-api.ts'

export const startMs = Date.parse('2026-11-21T10:00:00Z')

/** Numbers in [0, 1), always the same. */
export function seeded(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state * 16_807) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** An API of the twin without controllers, and kubelets on it. */
export async function kubeletWorld({ minor = 20, ...fleetOptions }: Partial<FleetOptions> & { minor?: number } = {}) {
  const clock = (fleetOptions.clock as VirtualClock | undefined) ?? new VirtualClock({ startMs })
  const store = new ObjectStore()
  const random = seeded()
  const catalog = new ResourceCatalog(minor, resourceTypes(minor))
  const registry = new Registry({ store, catalog, clock, random, strategyOf: (type) => strategyOf(storedAs(type)) })
  const client = new RegistryClient(registry)
  for (const name of ['default', 'kube-system', 'kube-node-lease']) await client.create('namespaces', { metadata: { name } })
  const fleet = new KubeletFleet({ api: new TwinKubeletApi(client), random, ...fleetOptions, clock })
  const world = {
    clock,
    store,
    client,
    fleet,
    async addNode(name: string, wish: Partial<Parameters<typeof newMachine>[0]> = {}) {
      await fleet.addNode(newMachine({ name, version: `v1.${minor}.2`, bootId: `boot-of-${name}`, ...wish }))
    },
    /** A pod that is bound already. */
    async pod(name: string, spec: Partial<PodSpec> & { nodeName: string }, metadata: NonNullable<DraftObject['metadata']> = {}) {
      const containers = spec.containers ?? [{ name: 'app', image: 'registry.example/app:1' }]
      return as<Pod>(await client.create('pods', { metadata: { name, namespace: 'default', ...metadata }, spec: { ...spec, containers } }))
    },
    read: (name: string, namespace = 'default') => store.get('pods', namespace, name) as Pod | undefined,
    node: (name: string) => store.get('nodes', undefined, name) as Node | undefined,
    /** `Reason message` of the events so far, in their order. */
    events: () =>
      store
        .list('events')
        .toSorted(bySequence)
        .map((event) => `${event.reason} ${event.message}`),
    seconds: (count: number) => clock.advance(count * 1000),
  }
  return world
}

function bySequence(a: { metadata: { resourceVersion: string } }, b: { metadata: { resourceVersion: string } }): number {
  return Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion)
}
