import { setMaxListeners } from 'node:events'
import { follow } from '../follow.ts'
import { type PlainApi, plainApi } from '../plain-api.ts'
import { type Behaviour, type ContainerRun, defaultRun } from './container-behaviour.ts'
import { startHeartbeats } from './heartbeats.ts'
import { KubeletNode } from './kubelet-node.ts'
import { type LogServer, startLogServer } from './log-server.ts'
import type { SimulatedNode } from './node-object.ts'
import { type ContainerEnd, type PodHost, PodLife } from './pod-life.ts'
import type { ContainerObject, PodObject } from './pod-object.ts'
import { initEffect, type KubectlContainer } from './upgrade-effects.ts'
import { isUpgradeContainer, plannedVersion, planOf, reportedVersion, type UpgradeRun } from './upgrade-run.ts'

export interface SimulatedKubeletsOptions {
  readonly kubeconfig: string
  readonly nodes: readonly SimulatedNode[]
  /** Kubelet version of nodes that name none. */
  readonly version?: string
  /** How containers go; can be changed later. */
  readonly behave?: Behaviour
  /** How long pods of Jobs run where `behave` says nothing; 1 unless told. */
  readonly jobSeconds?: number
  /** Node status updates a second, over all nodes in turn; none unless told. */
  readonly heartbeatsPerSecond?: number
  /** Each kubelet renews its Lease that often, as real ones do every 10 s; never unless told. */
  readonly leaseSeconds?: number
  /** Runs `cordon` and `drain` containers; without it they only cordon. */
  readonly kubectl?: KubectlContainer
}

/** Kubelets without machines: real Node and Pod objects of a real API server, driven by plain HTTP. */
export interface SimulatedKubelets {
  /** Every start of an upgrade container so far, in order. */
  readonly runs: readonly UpgradeRun[]
  /** How many upgrade containers have been started on each node, over all plans. */
  runsPerNode(): Map<string, number>
  setBehaviour(behave: Behaviour): void
  /** Registers one more node. */
  addNode(node: SimulatedNode): Promise<void>
  setReady(node: string, ready: boolean): Promise<void>
  /** Cuts a kubelet off: no heartbeat, no Lease, no word of its pods, until it is reconnected. */
  disconnect(node: string): void
  reconnect(node: string): Promise<void>
  /** Pods that have been started and are not gone. */
  podCount(): number
  stop(): Promise<void>
}

/** Registers the nodes and runs whatever is scheduled to them until `stop()`; resolves when all are registered. */
export async function startSimulatedKubelets(options: SimulatedKubeletsOptions): Promise<SimulatedKubelets> {
  const api = plainApi(options.kubeconfig)
  const logs = await startLogServer()
  const simulation = new Simulation(api, logs, options)
  try {
    await simulation.register(options.nodes)
    return simulation.begin()
  } catch (error) {
    await simulation.stop()
    throw error
  }
}

class Simulation {
  readonly runs: UpgradeRun[] = []
  private readonly api: PlainApi
  private readonly logs: LogServer
  private readonly options: SimulatedKubeletsOptions
  private readonly stopping = new AbortController()
  private readonly nodes = new Map<string, KubeletNode>()
  private readonly lives = new Map<string, PodLife>()
  private readonly starts = new Map<string, number>()
  private readonly closers: (() => Promise<void>)[] = []
  private behave: Behaviour
  private nextIp = 1

  constructor(api: PlainApi, logs: LogServer, options: SimulatedKubeletsOptions) {
    this.api = api
    this.logs = logs
    this.options = options
    this.behave = options.behave ?? (() => undefined)
    // while the API server is away every kubelet and every pod waits with this one signal: many listeners are no leak
    setMaxListeners(0, this.stopping.signal)
    this.closers.push(
      () => api.close(),
      () => logs.close(),
    )
  }

  async register(nodes: readonly SimulatedNode[]): Promise<void> {
    const waiting = [...nodes]
    const worker = async () => {
      for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) await this.add(node)
    }
    await Promise.all(Array.from({ length: 16 }, worker))
  }

  async begin(): Promise<SimulatedKubelets> {
    const pods = follow<PodObject>(this.api, '/api/v1/pods?fieldSelector=spec.nodeName!%3D', {
      seen: (pod) => this.seen(pod),
      gone: (pod) => this.gone(pod),
    })
    this.closers.unshift(() => pods.stop())
    await pods.started
    this.beginHeartbeats()
    return {
      runs: this.runs,
      runsPerNode: () => countBy(this.runs, (run) => run.node),
      setBehaviour: (behave) => {
        this.behave = behave
      },
      addNode: (node) => this.add(node),
      setReady: async (node, ready) => void (await this.nodes.get(node)?.setReady(ready)),
      disconnect: (node) => this.nodes.get(node)?.disconnect(),
      reconnect: async (node) => this.nodes.get(node)?.reconnect(),
      podCount: () => this.lives.size,
      stop: () => this.stop(),
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    for (const life of this.lives.values()) life.forget()
    for (const close of this.closers) await close()
  }

  private beginHeartbeats(): void {
    const { heartbeatsPerSecond: rate = 0, leaseSeconds = 0 } = this.options
    const begin = (perSecond: () => number, beat: (node: KubeletNode) => Promise<void>) =>
      this.closers.unshift(startHeartbeats(() => [...this.nodes.values()], perSecond, beat))
    if (rate > 0)
      begin(
        () => rate,
        (node) => node.heartbeat(),
      )
    if (leaseSeconds > 0)
      begin(
        () => this.nodes.size / leaseSeconds,
        (node) => node.renewLease(),
      )
  }

  private async add(spec: SimulatedNode): Promise<void> {
    const node = new KubeletNode(this.api, spec, this.stopping.signal)
    await node.register({ logPort: this.logs.port, version: this.options.version ?? 'v1.20.2+k3s1' })
    this.nodes.set(spec.name, node)
  }

  private seen(pod: PodObject): void {
    const { uid, deletionTimestamp } = pod.metadata
    const life = this.lives.get(uid)
    if (deletionTimestamp !== undefined) return void (life ?? this.adopt(pod))?.remove(pod)
    if (life !== undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return
    void this.adopt(pod)?.run()
  }

  private adopt(pod: PodObject): PodLife | undefined {
    const node = this.nodes.get(pod.spec.nodeName)
    if (node === undefined) return undefined
    const life = new PodLife(pod, this.hostOf(node))
    this.lives.set(pod.metadata.uid, life)
    return life
  }

  private gone(pod: PodObject): void {
    this.lives.get(pod.metadata.uid)?.forget()
    this.lives.delete(pod.metadata.uid)
    this.logs.forget(pod.metadata.namespace, pod.metadata.name)
  }

  private hostOf(node: KubeletNode): PodHost {
    const n = this.nextIp++
    return {
      api: this.api,
      node,
      podIp: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
      signal: this.stopping.signal,
      begin: (pod, container, init) => this.begun(node, pod, container, init),
      ended: (pod, container, end) => this.ended(node, pod, container, end),
    }
  }

  private begun(node: KubeletNode, pod: PodObject, container: ContainerObject, init: boolean): ContainerRun {
    const plan = planOf(pod)
    const key = `${plan}/${node.name}/${container.name}`
    const before = this.starts.get(key) ?? 0
    if (plan !== '') this.starts.set(key, before + 1)
    const start = { pod, container, node: node.name, init, plan, before }
    const act = init && plan !== '' ? initEffect({ pod, container, node }, { api: this.api, kubectl: this.options.kubectl }) : undefined
    const run = {
      ...defaultRun(start, this.options.jobSeconds ?? 1),
      ...(act === undefined ? {} : { act }),
      ...this.behave(start),
    }
    if (isUpgradeContainer(pod, container) && run.waiting === undefined) {
      const version = plannedVersion(pod, container)
      this.runs.push({ node: node.name, plan, version, pod: pod.metadata.name, startedAtMs: Date.now() })
    }
    this.logs.set(pod.metadata.namespace, pod.metadata.name, container.name, run.log)
    return run
  }

  private async ended(node: KubeletNode, pod: PodObject, container: ContainerObject, end: ContainerEnd): Promise<void> {
    const { run, exitCode, log } = end
    this.logs.set(pod.metadata.namespace, pod.metadata.name, container.name, log)
    if (!isUpgradeContainer(pod, container)) return
    const entry = this.runs.findLast((candidate) => candidate.pod === pod.metadata.name)
    if (entry !== undefined) Object.assign(entry, { endedAtMs: Date.now(), exitCode })
    if (exitCode !== 0) return
    const version = run.setVersion === false ? undefined : (run.setVersion ?? reportedVersion(plannedVersion(pod, container)))
    await node.restart({ seconds: run.restartSeconds ?? 0, notReady: run.notReady === true, version })
  }
}

function countBy<T>(list: readonly T[], key: (entry: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const entry of list) counts.set(key(entry), (counts.get(key(entry)) ?? 0) + 1)
  return counts
}
