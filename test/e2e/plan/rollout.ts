import type { ObservedNode } from '../../rig/observed-facts.ts'
import { logTail } from '../../rig/owned-process.ts'
import type { SimulatedNode } from '../../rig/simulated-kubelets/node-object.ts'
import { namespace, type PlanStage } from './stage.ts'

export interface RolloutOptions {
  /** Name of the Plan, beginning of the nodes' names, and the value of the label `rollout` by which the Plan selects them. */
  readonly name: string
  /** How many nodes: `NAME-0`, `NAME-1` …; 1 unless told. */
  readonly nodes?: number
  readonly node?: Omit<SimulatedNode, 'name'>
  /** Over concurrency 1, the image of a k3s upgrade and a selector of the own nodes; no version unless told. */
  readonly spec?: Readonly<Record<string, unknown>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface PlanObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string; readonly generation: number }
  readonly spec: Readonly<Record<string, unknown>>
  readonly status?: {
    readonly applying?: readonly string[]
    readonly latestVersion?: string
    readonly latestHash?: string
    readonly conditions?: readonly Condition[]
  }
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
}

export interface PlanEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
}

interface EventObject {
  type: string
  reason: string
  message: string
  count?: number
}

export const before = 'v1.20.2+k3s1'
export const after = 'v1.20.3+k3s1'

/** One Plan with nodes of its own, looked at from outside. */
export class Rollout {
  readonly name: string
  readonly nodes: readonly string[]
  readonly #stage: PlanStage

  constructor(stage: PlanStage, name: string, nodes: readonly string[]) {
    this.#stage = stage
    this.name = name
    this.nodes = nodes
  }

  get path(): string {
    return `${plansPath}/${this.name}`
  }

  /** `status/reason: message` of a condition, as the observer saw it last; empty without one. */
  condition(type = 'Complete'): string {
    return this.#observed()?.conditions[type] ?? ''
  }

  hash(): string {
    return this.#observed()?.latestHash ?? ''
  }

  version(): string {
    return this.#observed()?.latestVersion ?? ''
  }

  applying(): readonly string[] {
    return this.#observed()?.applying ?? []
  }

  /** Resolves when a condition reads so, with all that it reads. What nodes and Jobs had come to by then is known, too. */
  async until(type: string, pattern: RegExp, timeoutMs?: number): Promise<string> {
    let said = ''
    const holds = () => {
      if (!pattern.test(this.condition(type))) return false
      said = this.condition(type)
      return true
    }
    await this.#when(`${type} ${pattern}`, holds, timeoutMs)
    await this.#stage.observer.caughtUp()
    return said
  }

  /**
   * Resolves when nothing is left to do, for the version and hash that the Plan means now, and a node was brought there: before the controller has heard
   * of the nodes of a new Plan there is nothing to do either.
   */
  async untilComplete(timeoutMs?: number): Promise<void> {
    const isDone = () => this.nodes.length === 0 || this.nodes.some((name) => this.done(name) === this.hash())
    await this.#when('Complete, and a node is done', () => /^True\/Complete$/.test(this.condition()) && isDone(), timeoutMs)
    await this.#stage.observer.caughtUp()
  }

  node(name = this.nodes[0] ?? ''): ObservedNode | undefined {
    return this.#stage.observer.nodes.get(name)
  }

  /** Resolves when a node looks so. */
  untilNode(what: string, holds: (node: ObservedNode) => boolean, name = this.nodes[0] ?? ''): Promise<void> {
    return this.#when(`${name} ${what}`, () => {
      const node = this.node(name)
      return node !== undefined && holds(node)
    })
  }

  /** The label that says a node is done, or `disabled`. */
  done(name = this.nodes[0] ?? ''): string | undefined {
    return this.node(name)?.labels[`plan.upgrade.cattle.io/${this.name}`]
  }

  /** Every start of an upgrade container of this Plan. */
  runs(): { node: string; version: string; startedAtMs: number; endedAtMs?: number; exitCode?: number }[] {
    return this.#stage.kubelets.runs.filter((run) => run.plan === this.name)
  }

  /** Resolves when so many upgrades have begun, and what came before them is known. */
  async untilRuns(count: number): Promise<void> {
    await this.#poll(`${count} runs`, () => this.runs().length >= count)
    await this.#stage.observer.caughtUp()
  }

  /** Resolves when a pod of this Plan is said to run, which a kubelet says a little after it began. */
  untilRunning(): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=upgrade.cattle.io/plan=${this.name}`
    return this.#poll('a pod runs', async () => {
      const { items } = await this.#stage.plane.api.get<{ items: { status?: { phase?: string } }[] }>(path)
      return items.some(({ status }) => status?.phase === 'Running')
    })
  }

  /** Names of this Plan's Jobs that exist. */
  jobs(): { name: string; node: string; version: string; end: string }[] {
    return this.#stage.observer.jobs.now().filter((job) => job.plan === this.name)
  }

  /** Different Jobs ever seen. */
  jobCount(): number {
    return [...this.#stage.observer.jobsPerNode(this.name).values()].reduce((sum, count) => sum + count, 0)
  }

  /** Resolves when no node of the rollout is cordoned or has a journal. */
  untilNothingLeft(): Promise<void> {
    return this.#when('no cordon and no journal is left', () => this.leftOvers().length === 0)
  }

  leftOvers(): string[] {
    return this.nodes.flatMap((name) => {
      const node = this.node(name)
      if (node === undefined) return []
      return [...(node.unschedulable ? [`${name} cordoned`] : []), ...(node.journal === '' ? [] : [`${name} journal ${node.journal}`])]
    })
  }

  /** Whether any of the nodes was ever touched: a Job made, a cordon, a journal. */
  everTouched(): string[] {
    const states = this.nodes.flatMap((name) => this.#stage.observer.nodes.history(name))
    return [
      ...states.flatMap(({ key, facts }) => (facts?.unschedulable === true ? [`${key} was cordoned`] : [])),
      ...states.flatMap(({ key, facts }) => (facts !== undefined && facts.journal !== '' ? [`${key} had a journal`] : [])),
      ...(this.jobCount() === 0 ? [] : [`${this.jobCount()} Jobs`]),
    ]
  }

  get(): Promise<PlanObject> {
    return this.#stage.plane.api.get(this.path)
  }

  edit(patch: { spec?: object; metadata?: object }): Promise<PlanObject> {
    return this.#stage.plane.api.patch(this.path, patch, 'merge-patch')
  }

  annotate(annotations: Readonly<Record<string, string | null>>): Promise<PlanObject> {
    return this.edit({ metadata: { annotations } })
  }

  delete(): Promise<unknown> {
    return this.#stage.plane.api.delete(this.path)
  }

  patchNode(patch: object, name = this.nodes[0] ?? ''): Promise<unknown> {
    return this.#stage.plane.api.patch(`/api/v1/nodes/${name}`, patch, 'merge-patch')
  }

  async events(): Promise<PlanEvent[]> {
    const query = encodeURIComponent(`involvedObject.kind=Plan,involvedObject.name=${this.name}`)
    const { items } = await this.#stage.plane.api.get<{ items: EventObject[] }>(
      `/api/v1/namespaces/${namespace}/events?fieldSelector=${query}`,
    )
    return items.map(({ type, reason, message, count = 1 }) => ({ type, reason, message, count }))
  }

  /** Resolves with the first event of that reason whose message reads so. */
  async event(reason: string, pattern = /./): Promise<PlanEvent> {
    let found: PlanEvent | undefined
    await this.#poll(`an event ${reason} ${pattern}`, async () => {
      found = (await this.events()).find((event) => event.reason === reason && pattern.test(event.message))
      return found !== undefined
    })
    return found ?? { type: '', reason, message: '', count: 0 }
  }

  #observed() {
    return this.#stage.observer.plans.get(`${namespace}/${this.name}`)
  }

  async #when(what: string, holds: () => boolean, timeoutMs = 90_000): Promise<void> {
    await this.#stage.observer.until(what, holds, timeoutMs).catch((error: unknown) => this.#explain(error))
  }

  async #poll(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!(await holds())) {
      if (Date.now() > deadline) this.#explain(new Error(`not seen within ${timeoutMs / 1000} s: ${what}`))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  #explain(error: unknown): never {
    const log = logTail(this.#stage.falkirk().process.logFile, 400)
      .split('\n')
      .filter((line) => line.includes(this.name))
    const nodes = this.nodes.map((name) => JSON.stringify(this.node(name)))
    const state = [JSON.stringify(this.#observed()), ...nodes, ...this.jobs().map((job) => JSON.stringify(job))]
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${[...state, ...log.slice(-20)].join('\n')}`)
  }
}

const plansPath = `/apis/upgrade.cattle.io/v1/namespaces/${namespace}/plans`

/** Registers the nodes and creates the Plan. */
export async function startRollout(stage: PlanStage, options: RolloutOptions): Promise<Rollout> {
  const rollout = await prepareRollout(stage, options)
  await createPlan(stage, options)
  return rollout
}

/** The nodes alone. */
export async function prepareRollout(stage: PlanStage, { name, nodes = 1, node = {} }: RolloutOptions): Promise<Rollout> {
  const names = Array.from({ length: nodes }, (_, i) => `${name}-${i}`)
  await stage.addNodes(names.map((each) => ({ version: before, ...node, name: each, labels: { ...node.labels, rollout: name } })))
  return new Rollout(stage, name, names)
}

/** The Plan alone. */
export async function createPlan(stage: PlanStage, { name, spec = {}, annotations = {} }: RolloutOptions): Promise<void> {
  await stage.plane.api.post(plansPath, planObject({ name, spec, annotations }))
}

export function planObject({ name, spec = {}, annotations = {} }: RolloutOptions, at = namespace): object {
  return {
    apiVersion: 'upgrade.cattle.io/v1',
    kind: 'Plan',
    metadata: { name, namespace: at, annotations },
    spec: {
      concurrency: 1,
      nodeSelector: { matchLabels: { rollout: name } },
      serviceAccountName: 'system-upgrade',
      upgrade: { image: 'rancher/k3s-upgrade' },
      ...spec,
    },
  }
}
