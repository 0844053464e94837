import type { Container, Pod } from 'kubernetes-types/core/v1.js'
import { type ResourceList, ResourceSum, type Resources, resourcesOf } from './resources.ts'

/** What a container without requests counts as when nodes are scored: 0.1 CPU and 200 MiB. Source: kube-scheduler, GetNonzeroRequests. */
const scoredMilliCpu = 100
const scoredMemory = 200 * 1024 * 1024

/** The fields of newer versions that `kubernetes-types` does not know yet. */
interface ResizedStatus {
  readonly name?: string
  readonly allocatedResources?: ResourceList
  readonly resources?: { readonly requests?: ResourceList }
}

type RequestsOf = (container: Container) => Resources

/**
 * What a pod asks of its node: the larger of all containers with the sidecars together and of the largest step of its init phase; what
 * `spec.resources` says of the whole pod goes before; `overhead` comes on top. Of a pod that is being resized the larger of wish and
 * allocation counts. Source: Kubernetes docs, Resource sharing within containers; KEP-753, KEP-2837, KEP-1287.
 */
export function podRequests(pod: Pod): Resources {
  const resized = resizedRequests(pod)
  return withOverhead(
    pod,
    wholePod(pod, (container) => {
      const own = resourcesOf(container.resources?.requests as ResourceList | undefined)
      const allocated = resized.get(container.name)
      return allocated === undefined ? own : new ResourceSum().add(own).raiseTo(allocated)
    }),
  )
}

/** `podRequests` as the scores use it: containers that ask for no CPU or memory count with a small amount. */
export function scoredPodRequests(pod: Pod): Resources {
  return withOverhead(
    pod,
    wholePod(pod, (container) => {
      const requests = container.resources?.requests
      const own = resourcesOf(requests as ResourceList | undefined)
      const milliCpu = requests?.cpu === undefined ? scoredMilliCpu : own.milliCpu
      return { ...own, milliCpu, memory: requests?.memory === undefined ? scoredMemory : own.memory }
    }),
  )
}

function wholePod(pod: Pod, requestsOf: RequestsOf): ResourceSum {
  const together = new ResourceSum()
  for (const container of pod.spec?.containers ?? []) together.add(requestsOf(container))
  const sidecars = new ResourceSum()
  const largestStep = new ResourceSum()
  for (const container of pod.spec?.initContainers ?? []) {
    const requests = requestsOf(container)
    if (container.restartPolicy === 'Always') largestStep.raiseTo(sidecars.add(requests))
    else largestStep.raiseTo(new ResourceSum().add(sidecars).add(requests))
  }
  return together.add(sidecars).raiseTo(largestStep)
}

function withOverhead(pod: Pod, sum: ResourceSum): Resources {
  const whole = (pod.spec as { resources?: { requests?: ResourceList } } | undefined)?.resources?.requests
  const total = whole === undefined ? sum : new ResourceSum().add(overridden(sum, whole))
  const overhead = pod.spec?.overhead as ResourceList | undefined
  return overhead === undefined ? total : total.add(resourcesOf(overhead))
}

function overridden(sum: Resources, whole: ResourceList): Resources {
  const wanted = resourcesOf(whole)
  return {
    milliCpu: whole.cpu === undefined ? sum.milliCpu : wanted.milliCpu,
    memory: whole.memory === undefined ? sum.memory : wanted.memory,
    ephemeralStorage: sum.ephemeralStorage,
    scalars: wanted.scalars.size === 0 ? sum.scalars : new Map([...sum.scalars, ...wanted.scalars]),
  }
}

/** What the kubelet has given each container, by name; empty for a pod that never was resized. */
function resizedRequests(pod: Pod): ReadonlyMap<string, Resources> {
  const given = new Map<string, Resources>()
  for (const status of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])] as ResizedStatus[]) {
    const { name, allocatedResources, resources } = status
    if (name === undefined || (allocatedResources === undefined && resources?.requests === undefined)) continue
    given.set(name, new ResourceSum().add(resourcesOf(allocatedResources)).raiseTo(resourcesOf(resources?.requests)))
  }
  return given
}
