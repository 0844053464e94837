import { setTimeout as sleep } from 'node:timers/promises'
import type { ObservedJob, ObservedNode } from '../../rig/observed-facts.ts'
import { namespace, type TargetCluster } from './target-cluster.ts'

export interface PlanEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
}

/** One Plan on real nodes, looked at from outside. */
export class HostPlan {
  readonly name: string
  readonly #cluster: TargetCluster

  constructor(cluster: TargetCluster, name: string) {
    this.#cluster = cluster
    this.name = name
  }

  /** `status/reason: message` of a condition, as the observer saw it last; empty without one. */
  condition(type = 'Complete'): string {
    return this.#observed()?.conditions[type] ?? ''
  }

  hash(): string {
    return this.#observed()?.latestHash ?? ''
  }

  applying(): readonly string[] {
    return this.#observed()?.applying ?? []
  }

  /** Every text that the condition Complete ever had, oldest first. */
  said(): string[] {
    const texts = this.#cluster.observer.plans.history(`${namespace}/${this.name}`).map(({ facts }) => facts?.conditions.Complete ?? '')
    return texts.filter((text, index) => text !== '' && text !== texts[index - 1])
  }

  /** Resolves with a condition when it reads so. What nodes and Jobs had come to by then is known, too. */
  async until(pattern: RegExp, type = 'Complete'): Promise<string> {
    let said = ''
    const holds = () => {
      if (!pattern.test(this.condition(type))) return false
      said = this.condition(type)
      return true
    }
    await this.#when(`${this.name}: ${type} ${pattern}`, holds)
    await this.#cluster.observer.caughtUp()
    return said
  }

  /** Resolves when nothing is left to do. */
  async untilComplete(): Promise<void> {
    await this.until(/^True\/Complete$/)
  }

  /** Resolves when a node looks so. */
  untilNode(name: string, what: string, holds: (node: ObservedNode) => boolean): Promise<void> {
    return this.#when(`${name} ${what}`, () => {
      const node = this.#cluster.observer.nodes.get(name)
      return node !== undefined && holds(node)
    })
  }

  /** Resolves when the node is schedulable and this Plan keeps nothing in its journal. */
  untilFree(node: string): Promise<void> {
    const own = JSON.stringify(`${namespace}/${this.name}`)
    return this.untilNode(node, 'schedulable, without a journal', ({ unschedulable, journal }) => !unschedulable && !journal.includes(own))
  }

  /** This Plan's Jobs that exist. */
  jobs(): ObservedJob[] {
    return this.#cluster.observer.jobs.now().filter((job) => job.plan === this.name)
  }

  async events(): Promise<PlanEvent[]> {
    const query = encodeURIComponent(`involvedObject.kind=Plan,involvedObject.name=${this.name}`)
    const { items } = await this.#cluster.api.get<{ items: PlanEvent[] }>(`/api/v1/namespaces/${namespace}/events?fieldSelector=${query}`)
    return items.map(({ type, reason, message }) => ({ type, reason, message }))
  }

  /** Resolves with the first event of that reason: it is written after what it tells of. */
  async event(reason: string): Promise<PlanEvent> {
    const deadline = Date.now() + 30_000
    for (;;) {
      const found = (await this.events()).find((event) => event.reason === reason)
      if (found !== undefined) return found
      if (Date.now() > deadline) throw new Error(`${this.name} has no event ${reason}`)
      await sleep(200)
    }
  }

  /** Merged into the Plan as it is. */
  edit(patch: { spec?: object; metadata?: object }): Promise<unknown> {
    return this.#cluster.api.patch(this.#path, patch, 'merge-patch')
  }

  /** The value of one of its annotations; empty without it. */
  async annotation(key: string): Promise<string> {
    const plan = await this.#cluster.api.get<{ metadata: { annotations?: Record<string, string> } }>(this.#path)
    return plan.metadata.annotations?.[key] ?? ''
  }

  /** Deletes it; resolves when its Jobs are gone, too. */
  async delete(): Promise<void> {
    await this.#cluster.api.delete(this.#path)
    await this.#when(`${this.name}: no Job is left`, () => this.jobs().length === 0)
  }

  get #path(): string {
    return `/apis/upgrade.cattle.io/v1/namespaces/${namespace}/plans/${this.name}`
  }

  #observed() {
    return this.#cluster.observer.plans.get(`${namespace}/${this.name}`)
  }

  async #when(what: string, holds: () => boolean): Promise<void> {
    await this.#cluster.observer.until(what, holds, 180_000).catch((error: unknown) => this.#explain(error))
  }

  async #explain(error: unknown): Promise<never> {
    const look = async (...args: string[]) => {
      const { stdout, stderr } = await this.#cluster.kubectl.attempt(['-n', namespace, ...args])
      return stdout || stderr
    }
    const parts = [
      error instanceof Error ? error.message : String(error),
      `said: ${this.said().join('\n      ')}`,
      await look('get', 'nodes'),
      await look('get', 'plans,jobs,pods', '-o', 'wide'),
      (await look('logs', 'deployment/system-upgrade-controller', '--tail=20')).replaceAll(/^(.{400}).*$/gm, '$1…'),
    ]
    throw new Error(parts.join('\n'))
  }
}

export interface PlanParts {
  readonly name: string
  readonly annotations?: Readonly<Record<string, string>>
  /** Over version `1`, concurrency 1, the account of deploy/base and an upgrade that does nothing. */
  readonly spec?: Readonly<Record<string, unknown>>
  /** Nodes by their host name; none unless told. */
  readonly nodes?: readonly string[]
}

/** Creates a Plan about something else than Kubernetes, unless `spec` says otherwise. */
export async function createPlan(cluster: TargetCluster, { name, annotations = {}, spec = {}, nodes = [] }: PlanParts): Promise<HostPlan> {
  await cluster.api.post(`/apis/upgrade.cattle.io/v1/namespaces/${namespace}/plans`, {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: { name, namespace, annotations },
    spec: {
      version: '1',
      concurrency: 1,
      nodeSelector: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: nodes }] },
      serviceAccountName: 'system-upgrade',
      upgrade: { image: 'busybox:1', command: ['true'] },
      ...spec,
    },
  })
  return new HostPlan(cluster, name)
}
