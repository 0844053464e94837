import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { ConditionWaits } from '../../rig/condition-waits.ts'
import { type FollowedObject, type Following, follow } from '../../rig/follow.ts'
import { Timeline } from '../../rig/timeline.ts'
import type { TargetCluster } from './target-cluster.ts'

/** What is kept of a pod of the workload. */
export interface ObservedPod {
  readonly name: string
  readonly uid: string
  readonly node: string
  readonly ready: boolean
  readonly ending: boolean
}

interface RawPod extends FollowedObject {
  readonly metadata: FollowedObject['metadata'] & { readonly deletionTimestamp?: string }
  readonly spec: { readonly nodeName?: string }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Pods that somebody runs on a cluster, in a namespace of their own, and all that happened to them. */
export class Workload {
  readonly namespace: string
  /** By UID. */
  readonly pods = new Timeline<ObservedPod>()
  readonly #cluster: TargetCluster
  readonly #following: Following
  readonly #waits = new ConditionWaits()

  private constructor(cluster: TargetCluster, namespace: string) {
    this.namespace = namespace
    this.#cluster = cluster
    const note = (uid: string, pod: ObservedPod | undefined) => {
      this.pods.note(Date.now(), uid, pod)
      this.#waits.changed()
    }
    this.#following = follow<RawPod>(cluster.api, `/api/v1/namespaces/${namespace}/pods`, {
      seen: (raw) => note(raw.metadata.uid, observedPod(raw)),
      gone: (raw) => note(raw.metadata.uid, undefined),
    })
  }

  static async start(cluster: TargetCluster, namespace: string): Promise<Workload> {
    await cluster.kubectl(['create', 'namespace', namespace])
    return new Workload(cluster, namespace)
  }

  async apply(...objects: readonly object[]): Promise<void> {
    await this.#cluster.kubectl(['-n', this.namespace, 'apply', '-f', '-'], { input: objects.map((one) => stringify(one)).join('---\n') })
  }

  /** Applies Deployments whose pods may run on two nodes, while the other is cordoned, and resolves when all are Ready. */
  async applyOn(other: string, deployments: Readonly<Record<string, object>>): Promise<void> {
    await this.#cluster.kubectl(['cordon', other])
    try {
      await this.apply(...Object.values(deployments))
      for (const name of Object.keys(deployments))
        await this.#cluster.kubectl(['-n', this.namespace, 'rollout', 'status', `deployment/${name}`])
    } finally {
      await this.#cluster.kubectl(['uncordon', other])
    }
  }

  async delete(...names: readonly string[]): Promise<void> {
    await this.#cluster.kubectl(['-n', this.namespace, 'delete', ...names, '--ignore-not-found', '--wait=false'])
  }

  /** Takes everything away. Not by the kubelets: those of Kubernetes v1.20 may take a minute to tell the end of a pod. */
  async clear(): Promise<void> {
    await this.delete('deployments,daemonsets,poddisruptionbudgets', '--all')
    const deadline = Date.now() + 120_000
    while (this.pods.now().length > 0) {
      if (Date.now() > deadline) throw new Error(`pods are left: ${JSON.stringify(this.pods.now())}`)
      // controllers that are going make pods for a moment still
      await this.delete('pods', '--all', '--force', '--grace-period=0')
      await sleep(500)
    }
  }

  /** Takes the finalizers from a pod. */
  async letGo(name: string): Promise<void> {
    await this.#cluster.kubectl(['-n', this.namespace, 'patch', 'pod', name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])
  }

  /** Its pods whose names begin so, on whichever node. */
  named(prefix: string): ObservedPod[] {
    return this.pods.now().filter(({ name }) => name.startsWith(prefix))
  }

  /** Resolves with as many Ready pods whose names begin so, all on this node. */
  async untilReady(prefix: string, count: number, node?: string): Promise<ObservedPod[]> {
    const found = () => this.named(prefix).filter((pod) => pod.ready && !pod.ending && (node === undefined || pod.node === node))
    await this.until(`${count} ${prefix} Ready on ${node ?? 'any node'}`, () => found().length === count)
    return found()
  }

  /** Resolves when `holds`; throws after three minutes with what the pods look like. */
  until(what: string, holds: () => boolean): Promise<void> {
    return this.#waits.until(() => `${what}; the pods are ${JSON.stringify(this.pods.now())}`, holds, 180_000)
  }

  /** Resolves when all is known of its pods that the API server knows: what a Plan tells may be seen before. */
  caughtUp(): Promise<void> {
    return this.#following.caughtUp()
  }

  /** When a pod was first seen so; NaN when it never was. */
  since(uid: string, holds: (pod: ObservedPod) => boolean): number {
    return this.pods.history(uid).find(({ facts }) => facts !== undefined && holds(facts))?.atMs ?? Number.NaN
  }

  async down(): Promise<void> {
    await this.#following.stop()
    await this.#cluster.kubectl(['delete', 'namespace', this.namespace, '--wait=false'])
  }
}

function observedPod({ metadata, spec, status }: RawPod): ObservedPod {
  return {
    name: metadata.name,
    uid: metadata.uid,
    node: spec.nodeName ?? '',
    ready: status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true,
    ending: metadata.deletionTimestamp !== undefined,
  }
}

const container = { name: 'app', image: 'busybox:1', command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1; done'] }

interface PodParts {
  readonly name: string
  readonly nodes: readonly string[]
  /** Seconds until a new pod is Ready. */
  readonly readyAfterSeconds?: number
  readonly emptyDir?: true
  readonly finalizer?: string
}

/** A pod that ends at once when it is told to, on one of these nodes. */
export function pod({ name, nodes, finalizer, ...parts }: PodParts): object {
  const metadata = { name, labels: { app: name }, ...(finalizer === undefined ? {} : { finalizers: [finalizer] }) }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec(nodes, parts) }
}

export function deployment({ name, nodes, replicas = 1, ...parts }: PodParts & { replicas?: number }): object {
  const template = { metadata: { labels: { app: name } }, spec: podSpec(nodes, parts) }
  const spec = { replicas, selector: { matchLabels: { app: name } }, template }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }
}

export function daemonSet({ name, nodes }: PodParts): object {
  const template = { metadata: { labels: { app: name } }, spec: podSpec(nodes, {}) }
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: { selector: { matchLabels: { app: name } }, template } }
}

/** `policy/v1beta1` before Kubernetes v1.21, which does not know v1. */
export function budget(version: 'v1' | 'v1beta1', app: string, minAvailable: number): object {
  const spec = { minAvailable, selector: { matchLabels: { app } } }
  return { apiVersion: `policy/${version}`, kind: 'PodDisruptionBudget', metadata: { name: app }, spec }
}

function podSpec(nodes: readonly string[], { readyAfterSeconds = 0, emptyDir }: Omit<PodParts, 'name' | 'nodes' | 'finalizer'>): object {
  const hostname = { key: 'kubernetes.io/hostname', operator: 'In', values: nodes }
  const readinessProbe = { exec: { command: ['true'] }, initialDelaySeconds: readyAfterSeconds, periodSeconds: 1 }
  const scratch = { volumes: [{ name: 'scratch', emptyDir: {} }] }
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [hostname] }] } },
    },
    // one that is told to end before its shell has set the trap hears nothing
    terminationGracePeriodSeconds: 3,
    containers: [
      {
        ...container,
        ...(readyAfterSeconds === 0 ? {} : { readinessProbe }),
        ...(emptyDir ? { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] } : {}),
      },
    ],
    ...(emptyDir ? scratch : {}),
  }
}
