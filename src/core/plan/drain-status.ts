import type { NodeWork } from './node-work.ts'

/** On a Plan: which pods and volumes the controller's own drains still wait for, and why, as JSON by node. */
export const drainStatusAnnotation = 'falkirk.dev/drain-status'

/** Annotations are for reading: the pods that are held up longest are named, the others counted. */
const mostPods = 10

/** What the annotation says while nodes are being drained; `null` while none is. */
export function drainStatus(works: ReadonlyMap<string, NodeWork>): string | null {
  const draining = [...works].flatMap(([node, { drain, detaching }]): (readonly [string, object])[] => {
    if (detaching !== undefined) return [[node, { left: 0, waiting: [], volumes: detaching }]]
    if (drain === undefined) return []
    const waiting = drain.waiting.slice(0, mostPods).map(({ pod, why }) => ({ pod: `${pod.namespace}/${pod.name}`, state: why }))
    return [[node, { left: drain.left, total: drain.total, waiting }]]
  })
  return draining.length === 0 ? null : JSON.stringify(Object.fromEntries(draining))
}
