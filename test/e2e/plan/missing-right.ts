import { setTimeout as sleep } from 'node:timers/promises'
import type { FalkirkProcess } from '../../rig/falkirk-process.ts'
import { logTail } from '../../rig/owned-process.ts'
import type { BareStage } from './bare-stage.ts'
import { type Right, roleObjects } from './rights.ts'
import { after, before } from './rollout.ts'

/** One controller that lacks one right, with a namespace, a user, nodes and a Plan of its own. */
export interface MissingRight {
  readonly name: string
  readonly right: Right
  readonly drains: boolean
}

/** What was seen while the right was missing, and what became of it once it was granted. */
export interface Outcome {
  /** Where the missing right was told, and how. */
  readonly told: Told
  /** How often the right was asked for in vain within five seconds, some time after it was told. */
  readonly refusals: number
  /** Of each of its processes; the signal's name for one that did not end by itself. */
  readonly exitCodes: readonly (number | string | undefined)[]
  readonly whileMissing: NodeStates
  readonly complete: string
  readonly inTheEnd: NodeStates
}

export interface Told {
  readonly log: string
  readonly ready: string
  readonly condition: string
  readonly events: readonly string[]
}

export interface NodeStates {
  readonly runs: number
  readonly cordoned: number
  readonly journals: number
  readonly done: number
}

/** What makes a right be used: two nodes, of which the first fails once, a Secret, a cordon or a drain by the controller. */
export class RightTest {
  readonly #stage: BareStage
  readonly #case: MissingRight
  readonly #exitCodes: (number | string | undefined)[] = []
  #falkirk: FalkirkProcess | undefined
  #startedAgain: Promise<void> = Promise.resolve()

  constructor(stage: BareStage, missing: MissingRight) {
    this.#stage = stage
    this.#case = missing
  }

  get nodes(): readonly string[] {
    return [`${this.#case.name}-0`, `${this.#case.name}-1`]
  }

  /** Resolves when `until` holds for what is told, or the Plan is complete. */
  async run(until: (told: Told) => boolean): Promise<Outcome> {
    await this.#set()
    await this.#start()
    await this.#untilTold(until)
    const refusals = await this.#refusalsWithin(5_000)
    const told = await this.#told()
    await this.#stage.observer.caughtUp()
    const whileMissing = this.#states()
    // the right comes after its lack has had its effect, however fast everything else is
    if (this.#losesLease()) await this.#until('it has lost its lease', async () => this.#exitCodes.length > 0)
    await this.#apply()
    const complete = await this.#untilComplete()
    await this.#stage.observer.caughtUp()
    await this.#startedAgain
    await this.#falkirk?.stop()
    const end = this.#falkirk?.process.end
    this.#exitCodes.push(end?.exitCode ?? end?.signal)
    return { told, refusals, exitCodes: this.#exitCodes, whileMissing, complete, inTheEnd: this.#states() }
  }

  async #set(): Promise<void> {
    const { name, drains } = this.#case
    const { plane, script } = this.#stage
    script.upgrade(name, ({ before: tries, node }) => ({ exitCode: node.endsWith('-0') && tries === 0 ? 3 : 0, log: 'the last line\n' }))
    await this.#stage.addNodes(this.nodes.map((node) => ({ name: node, version: before, labels: { rollout: name } })))
    await plane.api.post('/api/v1/namespaces', { metadata: { name } })
    await plane.api.post(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'system-upgrade' } })
    await plane.api.post(`/api/v1/namespaces/${name}/secrets`, { metadata: { name: 'token' }, stringData: { token: 'swordfish' } })
    await this.#apply(this.#case.right)
    if (drains) await this.#placePods()
    await plane.api.post(`/apis/upgrade.cattle.io/v1/namespaces/${name}/plans`, this.#plan())
  }

  #plan(): object {
    const { name, drains } = this.#case
    const annotations = { 'falkirk.dev/retry': 'count=1,backoff=1s', ...(drains ? { 'falkirk.dev/drain': 'controller' } : {}) }
    return {
      apiVersion: 'upgrade.cattle.io/v1',
      kind: 'Plan',
      metadata: { name, annotations },
      spec: {
        concurrency: 1,
        nodeSelector: { matchLabels: { rollout: name } },
        serviceAccountName: 'system-upgrade',
        version: after,
        secrets: [{ name: 'token', path: '/token' }],
        upgrade: { image: 'rancher/k3s-upgrade' },
        ...(drains ? { drain: {} } : { cordon: true }),
      },
    }
  }

  /** A pod to be evicted from the first node, and one of a DaemonSet, which stays. */
  async #placePods(): Promise<void> {
    const { name } = this.#case
    const { plane } = this.#stage
    const pod = (app: string) => ({
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: { nodeSelector: { 'kubernetes.io/hostname': `${name}-0` }, containers: [{ name: 'web', image: 'simulated' }] },
      },
    })
    await plane.api.post(`/apis/apps/v1/namespaces/${name}/replicasets`, {
      metadata: { name: 'web' },
      spec: { replicas: 1, ...pod('web') },
    })
    await plane.api.post(`/apis/apps/v1/namespaces/${name}/daemonsets`, { metadata: { name: 'agent' }, spec: pod('agent') })
    const running = async () => {
      const { items } = await plane.api.get<{ items: { status: { phase: string } }[] }>(`/api/v1/namespaces/${name}/pods`)
      return items.filter(({ status }) => status.phase === 'Running').length
    }
    await this.#until('two pods run', async () => (await running()) === 2)
  }

  #apply(without?: Right): Promise<string> {
    const { name, drains } = this.#case
    const objects = roleObjects({ user: name, namespace: name, drains, ...(without === undefined ? {} : { without }) })
    return this.#stage.plane.kubectl.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  }

  async #start(): Promise<void> {
    const { name } = this.#case
    const started = await this.#stage.startController({
      processName: name,
      namespace: name,
      kubeconfig: this.#stage.plane.kubeconfigFor(name),
      leaderElect: true,
      env: { ...this.#electionTimes(), FALKIRK_LEASE_IDENTITY: name },
    })
    this.#falkirk = started
    // as a kubelet does
    void started.process.ended.then(({ exitCode }) => {
      if (exitCode !== 1) return
      this.#exitCodes.push(exitCode)
      this.#startedAgain = sleep(1_000).then(() => this.#startAgain())
    })
  }

  /** A process that has not come up yet has no handler for SIGTERM, and would end by it: where a cluster answers fast, the Plan is complete by then. */
  async #startAgain(): Promise<void> {
    await this.#start()
    await this.#falkirk?.ready()
  }

  /** A lease that cannot be renewed is to be lost within the test, once; the others are to outlive a machine that is busy with all of them. */
  #electionTimes(): Readonly<Record<string, string>> {
    if (!this.#losesLease() || this.#exitCodes.length > 0) return {}
    return { CATTLE_ELECTION_LEASE_DURATION: '12s', CATTLE_ELECTION_RENEW_DEADLINE: '8s', CATTLE_ELECTION_RETRY_PERIOD: '1s' }
  }

  #losesLease(): boolean {
    const { verb, resource } = this.#case.right
    return verb === 'update' && resource === 'leases'
  }

  async #untilTold(until: (told: Told) => boolean): Promise<void> {
    await this.#until('it is told', async () => {
      const told = await this.#told()
      return until(told) || told.condition.startsWith('True/')
    })
  }

  async #told(): Promise<Told> {
    const { name } = this.#case
    const url = this.#falkirk?.url ?? ''
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.text(),
      () => '',
    )
    const { items } = await this.#stage.plane.api.get<{ items: { message: string }[] }>(`/api/v1/namespaces/${name}/events`)
    const log = logTail(this.#falkirk?.process.logFile ?? '', 1000)
    return { log, ready: ready.trim(), condition: this.#complete(), events: items.map(({ message }) => message) }
  }

  #complete(): string {
    const { name } = this.#case
    return this.#stage.observer.plans.get(`${name}/${name}`)?.conditions.Complete ?? ''
  }

  async #refusalsWithin(ms: number): Promise<number> {
    const sinceMs = Date.now()
    await sleep(ms)
    return this.#stage.plane.requests(this.#case.name).filter(({ atMs, code }) => atMs >= sinceMs && code === 403).length
  }

  async #untilComplete(): Promise<string> {
    await this.#until('the Plan is complete', async () => this.#complete().startsWith('True/'))
    return this.#complete()
  }

  #states(): NodeStates {
    const { name } = this.#case
    const { observer, kubelets } = this.#stage
    const states = this.nodes.flatMap((node) => observer.nodes.get(node) ?? [])
    return {
      runs: kubelets.runs.filter(({ plan }) => plan === name).length,
      cordoned: states.filter(({ unschedulable }) => unschedulable).length,
      journals: states.filter(({ journal }) => journal !== '').length,
      done: states.filter(({ labels }) => labels[`plan.upgrade.cattle.io/${name}`] !== undefined).length,
    }
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000
    while (!(await holds())) {
      if (Date.now() > deadline) {
        const told = await this.#told()
        throw new Error(
          `${this.#case.name}: not within 120 s: ${what}\n${JSON.stringify({ ...told, log: told.log.slice(-3000) }, undefined, 1)}`,
        )
      }
      await sleep(200)
    }
  }
}
