import type { Affinity, Pod } from 'kubernetes-types/core/v1.js'
import type { StringMap } from '../kubernetes/object-meta.ts'
import { type AffinityTerm, affinityTerm, type LabelledPod, type WeightedAffinityTerm, weightedAffinityTerms } from './affinity-term.ts'
import { podRequests, scoredPodRequests } from './pod-requests.ts'
import type { Resources } from './resources.ts'

/** A port that a pod takes on its node. */
export interface HostPort {
  /** `0.0.0.0`: on every address. */
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** A pod with everything worked out that scheduling asks of it again and again. */
export interface PodInfo {
  readonly pod: Pod
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly labels: StringMap
  /** Empty while it is not bound. */
  readonly nodeName: string
  readonly priority: number
  readonly terminating: boolean
  readonly requests: Resources
  readonly scoredRequests: Resources
  readonly hostPorts: readonly HostPort[]
  /** Names of the claims it mounts, those of ephemeral volumes included. */
  readonly claims: readonly ClaimUse[]
  readonly affinity: PodAffinities
}

export interface ClaimUse {
  readonly claimName: string
  /** Made for this pod alone, by its generic ephemeral volume. */
  readonly ephemeral: boolean
}

/** Terms about other pods, by what they ask. */
export interface PodAffinities {
  readonly required: readonly AffinityTerm[]
  readonly requiredAnti: readonly AffinityTerm[]
  readonly preferred: readonly WeightedAffinityTerm[]
  readonly preferredAnti: readonly WeightedAffinityTerm[]
}

const noAffinities: PodAffinities = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] }

/** Works a pod out. `nodeName` puts it on a node that it is only meant for. */
export function podInfo(pod: Pod, nodeName = pod.spec?.nodeName ?? ''): PodInfo {
  const { metadata, spec } = pod
  const own = { namespace: metadata?.namespace ?? '', labels: metadata?.labels ?? {} }
  return {
    pod,
    uid: metadata?.uid ?? '',
    ...own,
    name: metadata?.name ?? '',
    nodeName,
    priority: spec?.priority ?? 0,
    terminating: metadata?.deletionTimestamp !== undefined,
    requests: podRequests(pod),
    scoredRequests: scoredPodRequests(pod),
    hostPorts: hostPorts(pod),
    claims: claims(pod),
    affinity: spec?.affinity === undefined ? noAffinities : podAffinities(spec.affinity, own),
  }
}

function podAffinities({ podAffinity, podAntiAffinity }: Affinity, own: LabelledPod): PodAffinities {
  if (podAffinity === undefined && podAntiAffinity === undefined) return noAffinities
  return {
    required: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => affinityTerm(term, own)),
    requiredAnti: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => affinityTerm(term, own)),
    preferred: weightedAffinityTerms(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, own),
    preferredAnti: weightedAffinityTerms(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, own),
  }
}

function hostPorts({ spec }: Pod): readonly HostPort[] {
  const sidecars = (spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  return [...sidecars, ...(spec?.containers ?? [])].flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, hostIP, protocol }) =>
      hostPort <= 0 ? [] : [{ ip: hostIP || '0.0.0.0', protocol: protocol || 'TCP', port: hostPort }],
    ),
  )
}

function claims({ metadata, spec }: Pod): readonly ClaimUse[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): readonly ClaimUse[] => {
    if (persistentVolumeClaim !== undefined) return [{ claimName: persistentVolumeClaim.claimName, ephemeral: false }]
    if (ephemeral !== undefined) return [{ claimName: `${metadata?.name}-${name}`, ephemeral: true }]
    return []
  })
}
