import { onTestFinished } from 'vitest'
import { VirtualClock } from '../../../cluster/virtual-clock.ts'
import type { AdmissionStep } from '../../api/admission.ts'
import { Registry } from '../../api/registry.ts'
import { RegistryClient } from '../../api/registry-client.ts'
import { ResourceCatalog } from '../../api/resource-catalog.ts'
import { storedAs } from '../../api/resource-type.ts'
import { ControlLoop } from '../../control-loop/control-loop.ts'
import { as, type DraftObject, type KubeObject } from '../../kube-object.ts'
import { strategyOf } from '../../schema/strategies/strategy-of.ts'
import { resourceTypes } from '../../schema/types/resource-types.ts'
import { ObjectStore } from '../../store/object-store.ts'
import { seededRandom } from '../../time/seeded-random.ts'
import type { TwinClient } from '../../twin-client.ts'
import { FakeNodes, type FakeNodesOptions } from './fake-nodes.test-support.ts'
import { workloadControllers } from './workload-controllers.ts'
import type { PodObject } from './workload-objects.ts'

export const startMs = Date.parse('2026-11-21T10:00:00Z')

export interface WorkloadClusterOptions extends FakeNodesOptions {
  /** 20 unless told. */
  readonly minor?: number
  /** Nodes `n1` … `n<nodes>`; 3 unless told. */
  readonly nodes?: number
}

/** A registry with the workload controllers, a scheduler and kubelets that do as little as possible, in virtual time. */
export class WorkloadCluster {
  readonly clock = new VirtualClock({ startMs })
  readonly store = new ObjectStore()
  readonly client: TwinClient
  readonly failures: string[] = []
  readonly nodes: FakeNodes
  /** Throws what a new pod is refused with. */
  refusePods: () => void = () => undefined
  readonly #loops: readonly ControlLoop[]

  constructor(options: WorkloadClusterOptions = {}) {
    const { minor = 20 } = options
    const { clock, store } = this
    const quota: AdmissionStep = {
      name: 'quota',
      validate: ({ type, operation }) => (type.plural === 'pods' && operation === 'CREATE' ? this.refusePods() : undefined),
    }
    const catalog = new ResourceCatalog(minor, resourceTypes(minor))
    const registry = new Registry({
      store,
      catalog,
      clock,
      random: seededRandom(7),
      strategyOf: (type) => strategyOf(storedAs(type)),
      admission: [quota],
    })
    this.client = new RegistryClient(registry)
    this.nodes = new FakeNodes(this.client, clock, options)
    this.#loops = workloadControllers(this.client, { clock, minor }).map(
      (controller) =>
        new ControlLoop(controller, {
          store,
          clock,
          onFailure: (name, key, error) => this.failures.push(`${name} ${key}: ${error instanceof Error ? error.message : String(error)}`),
        }),
    )
  }

  /** Ready for use: the namespace `default`, the nodes, everything running. */
  static async start(options: WorkloadClusterOptions = {}): Promise<WorkloadCluster> {
    const cluster = new WorkloadCluster(options)
    await cluster.client.create('namespaces', { metadata: { name: 'default' }, status: { phase: 'Active' } })
    for (let number = 1; number <= (options.nodes ?? 3); number++)
      await cluster.client.create('nodes', { metadata: { name: `n${number}` } })
    cluster.nodes.start()
    for (const loop of cluster.#loops) loop.start()
    return cluster
  }

  async seconds(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1000)
  }

  create(resource: string, draft: DraftObject): Promise<KubeObject> {
    return this.client.create(resource, { ...draft, metadata: { namespace: 'default', ...draft.metadata } })
  }

  get<T extends KubeObject>(resource: string, name: string): T {
    const object = this.store.get(resource, 'default', name)
    if (object === undefined) throw new Error(`${resource} ${name} is not there`)
    return as<T>(object)
  }

  /** Merges fields into `spec`. */
  async changeSpec(resource: string, name: string, fields: object): Promise<void> {
    await this.client.change(resource, { namespace: 'default', name }, (current) => ({
      ...current,
      spec: { ...(current.spec as object), ...fields },
    }))
  }

  pods(): readonly PodObject[] {
    return this.store.list('pods', 'default').map((pod) => as<PodObject>(pod))
  }

  /** Pods that are not being deleted. */
  livePods(): readonly PodObject[] {
    return this.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  }

  /** `reason: message` of the events about an object, in the order in which they first came. */
  events(name: string): readonly string[] {
    return this.store
      .list('events', 'default')
      .map((event) =>
        as<{ involvedObject: { name: string }; reason: string; message: string; metadata: { resourceVersion: string } }>(event),
      )
      .filter(({ involvedObject }) => involvedObject.name === name)
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ reason, message }) => `${reason}: ${message}`)
  }

  stop(): void {
    for (const loop of this.#loops) loop.stop()
    this.nodes.stop()
  }
}

/** A cluster that ends with the test which is running. */
export async function startCluster(options: WorkloadClusterOptions = {}): Promise<WorkloadCluster> {
  const cluster = await WorkloadCluster.start(options)
  onTestFinished(() => cluster.stop())
  return cluster
}
