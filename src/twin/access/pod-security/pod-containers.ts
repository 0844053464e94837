import type { Container, PodSpec } from 'kubernetes-types/core/v1'

/** What a check says against a pod: the reason alone, and who is at fault. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** A pod as the checks see it: they look at templates too. */
export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: PodSpec
}

export type SecurityContext = NonNullable<Container['securityContext']>

/** Those that prepare the pod come first. */
export function containersOf({ containers = [], initContainers = [] }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers]
}

export function namesOf(containers: readonly Container[]): readonly string[] {
  return containers.map(({ name }) => name)
}

/** `"a", "b"`. */
export function quoted(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ')
}

/** Each once, by the alphabet. */
export function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}

/** `container "a"`, `containers "a", "b"`. */
export function counted(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${quoted(names)}`
}

/** `pod and container "a"`: who sets what should not be set. */
export function setters(pod: boolean, containers: readonly Container[]): string {
  const parts = [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [counted('container', namesOf(containers))] : [])]
  return parts.join(' and ')
}
