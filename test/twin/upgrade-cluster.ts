import { upgradeCrd } from '../../src/core/upgrade/api/upgrade-crd.ts'
import type { ClusterUpgradeSpec } from '../../src/core/upgrade/api/upgrade-spec.ts'
import type { ClusterUpgradeStatus } from '../../src/core/upgrade/api/upgrade-status.ts'
import type { RequestFaults } from '../../src/twin/api/http/request-faults.ts'
import { usualLatencies } from '../../src/twin/controllers/latencies.ts'
import type { DraftObject, KubeObject } from '../../src/twin/kube-object.ts'
import type { KubeletOptions } from '../../src/twin/kubelet/kubelet-options.ts'
import { newMachine } from '../../src/twin/machine/new-machine.ts'
import { UpgradeWitness } from './upgrade-witness.ts'
import { type VirtualCluster, virtualCluster } from './virtual-cluster.ts'

const resource = 'clusterupgrades.falkirk.dev'
/** Made once: from its schema that takes longer than to register it. */
const crd = upgradeCrd() as DraftObject

export interface UpgradeClusterOptions {
  readonly seed?: number
  readonly version: string
  readonly servers: number
  readonly workers: number
  /** k3s unless told. */
  readonly distribution?: 'k3s' | 'kubeadm'
  /** Whether the API of ClusterUpgrades is there before a controller is; true unless told. */
  readonly hasApi?: boolean
  /** Label `pool` of a worker by its number; `blue` unless told. */
  readonly poolOf?: (worker: number) => string
  /** What images do beside what they are known for. */
  readonly behaviours?: KubeletOptions['behaviours']
  /** How long a driver takes to detach a volume; 10 unless told. */
  readonly detachSeconds?: number
  /** What goes wrong with single requests of anybody. */
  readonly faults?: RequestFaults
  /** Created before the run, with time to come up. */
  readonly objects?: readonly (readonly [resource: string, draft: DraftObject])[]
}

/** A cluster in virtual time with the controller, one ClusterUpgrade and a witness. */
export class UpgradeCluster {
  readonly cluster: VirtualCluster
  readonly witness: UpgradeWitness
  /** `phase: message`, each once, in their order. */
  readonly told: string[] = []

  readonly #distribution: 'k3s' | 'kubeadm'

  private constructor(cluster: VirtualCluster, distribution: 'k3s' | 'kubeadm') {
    this.cluster = cluster
    this.#distribution = distribution
    this.witness = new UpgradeWitness(cluster.store, () => cluster.clock.now())
  }

  static async start({
    seed = 1,
    version,
    servers,
    workers,
    distribution = 'k3s',
    hasApi = true,
    poolOf = () => 'blue',
    objects = [],
    behaviours = [],
    detachSeconds = 10,
    faults,
  }: UpgradeClusterOptions): Promise<UpgradeCluster> {
    const machine = (role: 'Server' | 'Agent', index: number) => {
      const name = `${role === 'Server' ? 'server' : 'worker'}-${index}`
      const labels = { 'kubernetes.io/hostname': name, pool: role === 'Server' ? 'servers' : poolOf(index) }
      const address = `10.0.${role === 'Server' ? 1 : 2}.${index + 1}`
      return newMachine({ name, version, role, distribution, bootId: `boot-${name}`, labels, address })
    }
    const machines = [
      ...Array.from({ length: servers }, (_, index) => machine('Server', index)),
      ...Array.from({ length: workers }, (_, index) => machine('Agent', index)),
    ]
    let run: UpgradeCluster | undefined
    const kubelets = {
      behaviours,
      onContainer: (happening: Parameters<UpgradeWitness['onContainer']>[0]) => run?.witness.onContainer(happening),
    }
    const latencies = { ...usualLatencies, detachMs: () => detachSeconds * 1_000 }
    const cluster = await virtualCluster({ seed, version, machines, kubelets, latencies, ...(faults === undefined ? {} : { faults }) })
    const api = hasApi ? [['customresourcedefinitions.apiextensions.k8s.io', crd] as const] : []
    for (const [kind, draft] of [...api, ...objects]) await cluster.twin.api.client.create(kind, draft)
    await cluster.clock.advance(60_000)
    run = new UpgradeCluster(cluster, distribution)
    return run
  }

  async create(name: string, spec: ClusterUpgradeSpec): Promise<void> {
    await this.cluster.twin.api.client.create(resource, { metadata: { name }, spec })
  }

  async edit(name: string, spec: Partial<ClusterUpgradeSpec>): Promise<void> {
    const change = (current: KubeObject) => ({ ...current, spec: { ...(current.spec as object), ...spec } })
    await this.cluster.twin.api.client.change(resource, { name }, change)
  }

  /** Somebody cordons a node, or takes that back. */
  async cordon(name: string, unschedulable = true): Promise<void> {
    if (unschedulable) this.witness.foreignCordons.add(name)
    else this.witness.foreignCordons.delete(name)
    if (!unschedulable) this.witness.freed.add(name)
    const change = (node: KubeObject) => ({ ...node, spec: { ...(node.spec as object), unschedulable } })
    await this.cluster.twin.api.client.change('nodes', { name }, change)
  }

  /** A machine joins the cluster as a worker of a pool. */
  async join(name: string, version: string, pool = 'blue'): Promise<void> {
    const labels = { 'kubernetes.io/hostname': name, pool }
    await this.cluster.twin.addNodes([
      newMachine({ name, version, role: 'Agent', distribution: this.#distribution, bootId: `boot-${name}`, labels }),
    ])
  }

  /** A machine is taken away, and its Node with it. */
  async leave(name: string): Promise<void> {
    this.cluster.twin.fleet.removeNode(name)
    await this.cluster.twin.api.client.delete('nodes', { name })
  }

  /** Events of ClusterUpgrades, in the order in which they were written; `text` is `reason: message`. */
  events(): readonly {
    readonly text: string
    readonly type: string
    readonly count: number
    readonly namespace: string
    readonly name: string
  }[] {
    const events = this.cluster.store.list('events') as readonly (KubeObject & {
      readonly involvedObject?: { readonly kind: string; readonly name: string }
      readonly type: string
      readonly count: number
      readonly reason: string
      readonly message: string
    })[]
    return events.flatMap(({ metadata: { namespace = '' }, involvedObject, type, count, reason, message }) =>
      involvedObject?.kind === 'ClusterUpgrade'
        ? [{ text: `${reason}: ${message}`, type, count, namespace, name: involvedObject.name }]
        : [],
    )
  }

  status(name: string): ClusterUpgradeStatus {
    return (this.cluster.store.get(resource, undefined, name)?.status ?? {}) as ClusterUpgradeStatus
  }

  /** Lets time pass until the status is so; throws with what was told when it never is. */
  async until(name: string, holds: (status: ClusterUpgradeStatus) => boolean, mostSeconds = 3_600): Promise<ClusterUpgradeStatus> {
    const endsMs = this.cluster.clock.now() + mostSeconds * 1_000
    while (this.cluster.clock.now() < endsMs) {
      const status = this.status(name)
      const text = `${status.phase}: ${status.message}`
      if (status.phase !== undefined && this.told.at(-1) !== text) this.told.push(text)
      if (holds(status)) return status
      await this.cluster.clock.advance(1_000)
    }
    throw new Error(`not within ${mostSeconds} s:\n${[...this.told.slice(-20), ...this.cluster.defects].join('\n')}`)
  }

  /** Everything that went wrong. */
  problems(): readonly string[] {
    return [...this.witness.violations, ...this.cluster.defects]
  }
}
