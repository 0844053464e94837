import type { Pod, Service } from 'kubernetes-types/core/v1'
import { isPodReady } from '../../../core/kubernetes/pod-state.ts'

/** Since then a pod that has ended is no endpoint whatever the Service says. */
const finishedNeverServeMinor = 22

/** As the pods of a Service are listed: by name. */
export function podIsBefore({ metadata: one }: Pod, { metadata: other }: Pod): boolean {
  return (one?.name ?? '') < (other?.name ?? '')
}

/** `clusterIP: None`. */
export function isHeadless({ spec }: Service): boolean {
  return spec?.clusterIP === 'None'
}

/** Whether a Service wants pods that are not ready, by its field or by the annotation that came before it. */
export function publishesNotReady({ metadata, spec }: Service): boolean {
  const annotated = metadata?.annotations?.['service.alpha.kubernetes.io/tolerate-unready-endpoints']
  if (annotated === 'true' || annotated === 'false') return annotated === 'true'
  return spec?.publishNotReadyAddresses === true
}

/**
 * Whether a pod has a place among the endpoints, ready or not: it has an address, does not end (unless `includeTerminating`) and will run again.
 * Source: Kubernetes endpoints controller.
 */
export function canServe(pod: Pod, { includeTerminating, minor }: { includeTerminating: boolean; minor: number }): boolean {
  const { phase, podIP } = pod.status ?? {}
  if (podIP === undefined || podIP === '') return false
  if (pod.metadata?.deletionTimestamp !== undefined && !includeTerminating) return false
  if (minor >= finishedNeverServeMinor) return phase !== 'Failed' && phase !== 'Succeeded'
  if (pod.spec?.restartPolicy === 'Never') return phase !== 'Failed' && phase !== 'Succeeded'
  return pod.spec?.restartPolicy !== 'OnFailure' || phase !== 'Succeeded'
}

export interface ServedPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly appProtocol?: string
}

/** The ports under which a pod serves; one that the pod does not name is left out. */
export function servedPorts({ spec }: Service, pod: Pod): readonly ServedPort[] {
  return (spec?.ports ?? []).flatMap(({ name = '', port, targetPort, protocol = 'TCP', appProtocol }) => {
    const number = portNumber(pod, targetPort ?? port, protocol)
    return number === undefined ? [] : [{ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
}

function portNumber(pod: Pod, target: number | string, protocol: string): number | undefined {
  if (typeof target === 'number') return target
  return (pod.spec?.containers ?? [])
    .flatMap(({ ports }) => ports ?? [])
    .find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)?.containerPort
}

/** A pod's own name in DNS, where it has one below the Service. */
export function hostnameBelow({ metadata }: Service, { metadata: pod, spec }: Pod): string | undefined {
  const below = spec?.hostname !== undefined && spec.hostname !== '' && spec.subdomain === metadata?.name
  return below && pod?.namespace === metadata?.namespace ? spec?.hostname : undefined
}

/** Whether a pod is ready for a Service in Endpoints: the Service does not ask, or the pod says so. */
export function isReadyFor(service: Service, pod: Pod): boolean {
  return publishesNotReady(service) || isPodReady(pod.status)
}
