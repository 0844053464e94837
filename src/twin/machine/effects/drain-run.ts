import type { ApiClient } from '../../../cluster/api-client.ts'
import type { Clock } from '../../../cluster/clock.ts'
import { evictPod } from '../../../cluster/evict-pod.ts'
import { listAll } from '../../../cluster/list-all.ts'
import { daemonSets, pods } from '../../../cluster/resource.ts'
import { classifyPod } from '../../../core/drain/drain-filter.ts'
import { type PodFacts, podFacts } from '../../../core/kubernetes/pod-facts.ts'
import type { KubectlCommand } from './drain-command.ts'

export interface DrainMeans {
  readonly client: ApiClient
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

type DrainCommand = Extract<KubectlCommand, { kind: 'Drain' }>

/** What kubectl waits after an eviction that was refused, and between two looks at a pod that is going. */
const retryMs = 5000
const pollMs = 1000

/** One `kubectl drain` of a node that is cordoned already: all pods at once, budgets waited for, gone is gone. Source: kubectl, drain. */
export class DrainRun {
  readonly #command: DrainCommand
  readonly #means: DrainMeans
  readonly #endMs: number

  constructor(command: DrainCommand, means: DrainMeans) {
    this.#command = command
    this.#means = means
    this.#endMs = means.clock.now() + (command.policy.timeoutMs ?? Number.POSITIVE_INFINITY)
  }

  /** The exit code. */
  async run(): Promise<number> {
    const { say } = this.#means
    const { node } = this.#command
    const found = await this.#classified()
    if (found.refused.length > 0) {
      say(`error: unable to drain node "${node}", aborting command...`)
      for (const { pod, message } of found.refused) say(`error: cannot delete ${pod.namespace}/${pod.name}: it ${message}`)
      return 1
    }
    const gone = await Promise.all(found.leaving.map((pod) => this.#remove(pod)))
    if (!gone.every((one) => one)) {
      say(`error: unable to drain node "${node}": drain did not complete`)
      return 1
    }
    say(`node/${node} drained`)
    return 0
  }

  async #classified() {
    const { client, clock, signal } = this.#means
    const { node, podSelector, policy } = this.#command
    const labelSelector = podSelector === undefined ? {} : { labelSelector: podSelector }
    const query = { fieldSelector: `spec.nodeName=${node}`, ...labelSelector, signal }
    const { items: found } = await listAll<PodFacts>(client.transport, pods, { ...query, trim: podFacts })
    const daemons = await this.#daemonSets(found)
    const leaving: PodFacts[] = []
    const refused: { pod: PodFacts; message: string }[] = []
    for (const pod of found) {
      const verdict = classifyPod(pod, policy, (namespace, name) => daemons.has(`${namespace}/${name}`), clock.now())
      if (verdict.verdict === 'Evict') leaving.push(pod)
      else if (verdict.verdict === 'Refuse') refused.push({ pod, message: verdict.message })
      else if (verdict.reason === 'DaemonSet') this.#means.say(`Warning: ignoring DaemonSet-managed Pods: ${pod.namespace}/${pod.name}`)
    }
    return { leaving, refused }
  }

  async #daemonSets(found: readonly PodFacts[]): Promise<ReadonlySet<string>> {
    const { client, signal } = this.#means
    const there = new Set<string>()
    const named = new Map(
      found.flatMap(({ namespace, controller }) =>
        controller?.kind === 'DaemonSet' ? [[`${namespace}/${controller.name}`, { namespace, name: controller.name }] as const] : [],
      ),
    )
    for (const [key, at] of named) if ((await client.find(daemonSets, at, { signal })) !== undefined) there.add(key)
    return there
  }

  async #remove(pod: PodFacts): Promise<boolean> {
    const { say } = this.#means
    const { disableEviction } = this.#command.policy
    say(`${disableEviction ? 'deleting' : 'evicting'} pod ${pod.namespace}/${pod.name}`)
    const asked = disableEviction ? await this.#delete(pod) : await this.#evict(pod)
    if (!asked) return false
    while (this.#goesOn()) {
      const now = await this.#means.client.find<{ metadata: { name: string; uid?: string } }>(pods, pod, { signal: this.#means.signal })
      if (now === undefined || now.metadata.uid !== pod.uid) {
        say(`pod/${pod.name} ${disableEviction ? 'deleted' : 'evicted'}`)
        return true
      }
      await this.#means.clock.sleep(pollMs, this.#means.signal)
    }
    return false
  }

  async #delete(pod: PodFacts): Promise<boolean> {
    await this.#means.client.delete(pods, pod, { ...this.#grace(), signal: this.#means.signal }).catch(() => undefined)
    return true
  }

  async #evict(pod: PodFacts): Promise<boolean> {
    const { client, clock, signal, say } = this.#means
    while (this.#goesOn()) {
      const outcome = await evictPod(client, pod, { ...this.#grace(), signal })
      switch (outcome.kind) {
        case 'Accepted':
        case 'Gone':
          return true
        case 'BudgetRefused':
        case 'Throttled':
        case 'NamespaceTerminating':
          say(`error when evicting pods/"${pod.name}" -n "${pod.namespace}" (will retry after 5s): ${messageOf(outcome)}`)
          await clock.sleep(retryMs, signal)
          break
        case 'SeveralBudgets':
        case 'Denied':
        case 'Unavailable':
          say(`error when evicting pods/"${pod.name}" -n "${pod.namespace}": ${outcome.message}`)
          return false
      }
    }
    return false
  }

  #grace(): { gracePeriodSeconds?: number } {
    const { gracePeriodSeconds } = this.#command.policy
    return gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
  }

  #goesOn(): boolean {
    return !this.#means.signal.aborted && this.#means.clock.now() < this.#endMs
  }
}

function messageOf(outcome: { kind: string; message?: string }): string {
  return outcome.message ?? outcome.kind
}
