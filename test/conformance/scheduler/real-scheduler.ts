import type { Node, Pod } from 'kubernetes-types/core/v1'
import { ConditionWaits } from '../../rig/condition-waits.ts'
import { type FollowedObject, type Following, follow } from '../../rig/follow.ts'
import { untilDefaultAccount } from '../../rig/k3s-nodes.ts'
import type { PlainApi } from '../../rig/plain-api.ts'

type Seen<T> = T & FollowedObject

/** What a scheduler has come to about a pod. */
export type RealVerdict = { readonly kind: 'Bound'; readonly node: string } | { readonly kind: 'Unschedulable'; readonly message: string }

const podsPath = '/api/v1/namespaces/default/pods'

/** Puts clusters before a real kube-scheduler, one after the other, and hears what it says. */
export class RealScheduler {
  readonly #api: PlainApi
  readonly #pods = new Map<string, Seen<Pod>>()
  readonly #nodes = new Map<string, Seen<Node>>()
  readonly #following: readonly Following[]
  readonly #waits = new ConditionWaits()

  constructor(api: PlainApi) {
    this.#api = api
    this.#following = [this.#follow(podsPath, this.#pods), this.#follow('/api/v1/nodes', this.#nodes)]
  }

  async started(): Promise<void> {
    await untilDefaultAccount(this.#api)
    await Promise.all(this.#following.map(({ started }) => started))
  }

  async stop(): Promise<void> {
    for (const one of this.#following) await one.stop()
  }

  /** Creates nodes; gives them as they are when the control plane has set its taints and taken back the one of new nodes. */
  async addNodes(nodes: readonly Node[]): Promise<readonly Node[]> {
    await Promise.all(nodes.map((node) => this.#api.post('/api/v1/nodes', node)))
    const names = nodes.map(({ metadata }) => metadata?.name ?? '')
    await this.#until('nodes with settled taints', () => names.every((name) => hasSettled(this.#nodes.get(name))))
    return names.map((name) => this.#nodes.get(name) as Node)
  }

  /** Creates a pod; gives it as it was accepted. */
  addPod(pod: Pod): Promise<Pod> {
    return this.#api.post(podsPath, pod)
  }

  /** The first verdict on a pod that `accepts` it; the last there is after 15 s: what the scheduler hears too late, it looks at again after ten. */
  async verdict(name: string, accepts: (verdict: RealVerdict) => boolean): Promise<RealVerdict> {
    const now = () => verdictOf(this.#pods.get(name))
    await this.#until(`a verdict on ${name}`, () => now() !== undefined)
    const isAccepted = () => {
      const verdict = now()
      return verdict !== undefined && accepts(verdict)
    }
    await this.#until('the expected verdict', isAccepted, 15_000).catch(() => undefined)
    return now() as RealVerdict
  }

  pod(name: string): Pod {
    return this.#pods.get(name) as Pod
  }

  async removePod(name: string): Promise<void> {
    await this.#api.delete(`${podsPath}/${name}`, { gracePeriodSeconds: 0 })
    await this.#until(`${name} gone`, () => !this.#pods.has(name))
  }

  async clear(): Promise<void> {
    await Promise.all([...this.#pods.keys()].map((name) => this.removePod(name)))
    await Promise.all([...this.#nodes.keys()].map((name) => this.#api.delete(`/api/v1/nodes/${name}`)))
    await this.#until('no nodes', () => this.#nodes.size === 0)
  }

  #follow<T>(path: string, into: Map<string, Seen<T>>): Following {
    return follow<Seen<T>>(this.#api, path, {
      seen: (object) => {
        into.set(object.metadata.name, object)
        this.#waits.changed()
      },
      gone: (object) => {
        into.delete(object.metadata.name)
        this.#waits.changed()
      },
    })
  }

  #until(what: string, holds: () => boolean, timeoutMs = 30_000): Promise<void> {
    return this.#waits.until(() => what, holds, timeoutMs)
  }
}

function hasSettled(node: Node | undefined): boolean {
  const taints = node?.spec?.taints?.map(({ key }) => key) ?? []
  const cordoned = taints.includes('node.kubernetes.io/unschedulable')
  return node !== undefined && !taints.includes('node.kubernetes.io/not-ready') && cordoned === (node.spec?.unschedulable === true)
}

function verdictOf(pod: Pod | undefined): RealVerdict | undefined {
  const node = pod?.spec?.nodeName
  if (node !== undefined) return { kind: 'Bound', node }
  const condition = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  return condition?.status === 'False' ? { kind: 'Unschedulable', message: condition.message ?? '' } : undefined
}
