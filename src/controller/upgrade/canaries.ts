import { isAlreadyExists, isForbidden, isInvalid, isNotFound } from '../../cluster/api-error.ts'
import { daemonSets, events, jobs, leases, type Resource } from '../../cluster/resource.ts'
import type { KubeObject } from '../../core/kubernetes/object-meta.ts'
import { type CanaryFacts, type CanaryOrder, canaryObjects, unansweredParts } from '../../core/upgrade/health/canary.ts'
import { rolloutOf } from '../../core/upgrade/health/kube-proxy-rollout.ts'
import type { Shell } from '../shell.ts'

const services: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true }
const endpoints: Resource = { group: '', version: 'v1', plural: 'endpoints', kind: 'Endpoints', namespaced: true }
const endpointSlices: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
}
const endpointSlicesMinor = 21
const budgets = (version: string): Resource => ({
  group: 'policy',
  version,
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
})
const leaderLease = { namespace: 'kube-system', name: 'kube-controller-manager' } as const

/**
 * Sends canaries through the controllers of the cluster and looks at what has become of them: by reads that no watch stands behind. What it knows is in
 * the cluster; whoever comes after a kill finds the same objects.
 */
export class Canaries {
  /** The last one that was asked for. */
  facts: CanaryFacts | undefined
  readonly #shell: Shell
  #policyVersion: 'v1' | 'v1beta1'

  constructor(shell: Shell) {
    this.#shell = shell
    this.#policyVersion = shell.client.capabilities.policyVersion
  }

  /** Sends what is missing of a canary, and looks at all of it. Throws what the transport throws, but for refusals: these are facts. */
  async ask(order: CanaryOrder): Promise<void> {
    const { clock, log } = this.#shell
    const sentAtMs = this.facts?.name === order.name ? this.facts.sentAtMs : clock.now()
    try {
      const found = await this.#look(order)
      this.facts = { name: order.name, sentAtMs, ...found, atMs: clock.now() }
    } catch (error) {
      if (!isForbidden(error) && !isInvalid(error) && !isNotFound(error)) throw error
      log.warn({ canary: order.name, error: error.message }, 'whether the controllers are alive is not looked at')
      this.facts = {
        name: order.name,
        sentAtMs,
        unanswered: [],
        leftOut: `${error.message}; docs/rbac.md has the rights`,
        atMs: clock.now(),
      }
    }
  }

  /** What may not be removed may not have been made either. */
  async recall(name: string): Promise<void> {
    const { client, namespace } = this.#shell
    for (const resource of [jobs, services, budgets(this.#policyVersion)]) {
      await client.delete(resource, { namespace, name }, { propagationPolicy: 'Background' }).catch((error: unknown) => {
        if (!isNotFound(error) && !isForbidden(error)) throw error
      })
    }
    this.facts = undefined
  }

  async #look(order: CanaryOrder): Promise<Pick<CanaryFacts, 'unanswered' | 'leader' | 'kubeProxy'>> {
    const { Service, PodDisruptionBudget, Job } = canaryObjects(order, this.#shell.namespace, this.#policyVersion)
    await this.#found(services, Service as KubeObject)
    const budget = await this.#foundBudget(PodDisruptionBudget as KubeObject)
    const job = await this.#found(jobs, Job as KubeObject)
    const hasEndpoints = await this.#hasEndpoints(order.name)
    const isPodRefused = order.isLate && (await permitted(this.#isPodRefused(order.name), false))
    const leader = order.isLate ? await permitted(this.#leader(), undefined) : undefined
    const kubeProxy = order.readsKubeProxy ? await permitted(this.#kubeProxy(), undefined) : undefined
    return {
      unanswered: unansweredParts({ job, budget, hasEndpoints, isPodRefused }),
      ...(leader === undefined ? {} : { leader }),
      ...(kubeProxy === undefined ? {} : { kubeProxy: rolloutOf(kubeProxy) }),
    }
  }

  async #found(resource: Resource, object: KubeObject): Promise<KubeObject | undefined> {
    const { client } = this.#shell
    const { namespace = '', name } = object.metadata
    const found = await client.find<KubeObject>(resource, { namespace, name })
    if (found !== undefined) return found
    return await client.create(resource, object).catch((error: unknown) => {
      if (isAlreadyExists(error)) return undefined
      throw error
    })
  }

  /** The older API ends while a run is on its way. */
  async #foundBudget(budget: KubeObject): Promise<KubeObject | undefined> {
    try {
      return await this.#found(budgets(this.#policyVersion), budget)
    } catch (error) {
      if (!isNotFound(error) || this.#policyVersion === 'v1') throw error
      this.#policyVersion = 'v1'
      return await this.#found(budgets('v1'), { ...budget, apiVersion: 'policy/v1' } as KubeObject)
    }
  }

  async #hasEndpoints(name: string): Promise<boolean> {
    const { client, namespace } = this.#shell
    const labelSelector = `kubernetes.io/service-name=${name}`
    const slices =
      client.capabilities.minor < endpointSlicesMinor ? undefined : await served(client.list(endpointSlices, { namespace, labelSelector }))
    return slices === undefined ? (await client.find(endpoints, { namespace, name })) !== undefined : slices.items.length > 0
  }

  /** A quota or a policy forbids the pod: its Job says so in an event. */
  async #isPodRefused(name: string): Promise<boolean> {
    const { client, namespace } = this.#shell
    const { items } = await client.list(events, { namespace, fieldSelector: `involvedObject.name=${name},reason=FailedCreate` })
    return items.length > 0
  }

  async #kubeProxy(): Promise<KubeObject | undefined> {
    return await this.#shell.client.find<KubeObject>(daemonSets, { namespace: 'kube-system', name: 'kube-proxy' })
  }

  async #leader(): Promise<string | undefined> {
    const lease = await this.#shell.client.find<KubeObject & { readonly spec?: { readonly holderIdentity?: string } }>(leases, leaderLease)
    const { holderIdentity = '' } = lease?.spec ?? {}
    return holderIdentity === '' ? undefined : holderIdentity
  }
}

/** Undefined: the server does not serve that, as one may whose own list of APIs was changed. */
async function served<T>(reading: Promise<T>): Promise<T | undefined> {
  return await reading.catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
}

/** What only tells more is done without where it may not be read. */
async function permitted<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  return await reading.catch((error: unknown) => {
    if (isForbidden(error)) return otherwise
    throw error
  })
}
