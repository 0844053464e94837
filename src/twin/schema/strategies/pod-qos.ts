import type { Container, PodSpec } from 'kubernetes-types/core/v1'
import { compareQuantities, parseQuantity } from '../../../core/kubernetes/quantity.ts'

/** What the kubelet does to a pod when memory runs out. Source: Kubernetes, Pod Quality of Service Classes. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const counted = ['cpu', 'memory']

/** The class of a pod by its requests and limits of cpu and memory, init containers included. */
export function qosClassOf(spec: PodSpec): QosClass {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  if (containers.every((container) => amounts(container, 'requests').size + amounts(container, 'limits').size === 0)) return 'BestEffort'
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable'
}

function isGuaranteed(container: Container): boolean {
  const limits = amounts(container, 'limits')
  const requests = amounts(container, 'requests')
  return counted.every((name) => {
    const limit = limits.get(name)
    const request = requests.get(name) ?? limit
    return limit !== undefined && request !== undefined && compareQuantities(limit, request) === 0
  })
}

function amounts(container: Container, part: 'requests' | 'limits') {
  const named = Object.entries(container.resources?.[part] ?? {})
    .filter(([name]) => counted.includes(name))
    .map(([name, text]) => [name, parseQuantity(text)] as const)
  return new Map(named.flatMap(([name, quantity]) => (quantity !== undefined && quantity.nano > 0n ? [[name, quantity]] : [])))
}
