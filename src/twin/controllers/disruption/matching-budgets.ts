import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1'
import { compileSelector, type LabelSelector } from '../../../core/kubernetes/label-selector.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import type { Index } from '../../store/object-index.ts'
import type { ObjectStore } from '../../store/object-store.ts'

/** Until then `{}` matched no pod: budgets were v1beta1 only. */
const emptyMatchesAllMinor = 21

/** The selector of a budget as a server of that minor understands it. Source: Kubernetes deprecation guide, v1.25. */
export function budgetSelector(budget: KubeObject, minor: number): LabelSelector | undefined {
  const selector = as<PodDisruptionBudget>(budget).spec?.selector as LabelSelector | undefined
  if (selector === undefined || selector === null) return undefined
  const empty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  return empty && minor < emptyMatchesAllMinor ? undefined : selector
}

/** Which budgets guard a pod: only those of its namespace are asked, and each version of a selector is compiled once. */
export class MatchingBudgets {
  readonly #byNamespace: Index
  readonly #minor: number
  readonly #compiled = new WeakMap<KubeObject, (labels: Readonly<Record<string, string>>) => boolean>()

  constructor(store: ObjectStore, minor: number) {
    this.#byNamespace = store.index('poddisruptionbudgets.policy', ({ metadata }) => [metadata.namespace ?? ''])
    this.#minor = minor
  }

  of(pod: KubeObject): readonly KubeObject[] {
    const { namespace = '', labels = {} } = pod.metadata
    if (this.#byNamespace.count(namespace) === 0) return []
    return this.#byNamespace.get(namespace).filter((budget) => this.#matcher(budget)(labels))
  }

  #matcher(budget: KubeObject): (labels: Readonly<Record<string, string>>) => boolean {
    const known = this.#compiled.get(budget)
    if (known !== undefined) return known
    const compiled = compileSelector(budgetSelector(budget, this.#minor))
    this.#compiled.set(budget, compiled)
    return compiled
  }
}
