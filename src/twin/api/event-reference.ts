import type { KubeObject } from '../kube-object.ts'

/** What an event says of the object that it is about. */
export function referenceTo({ apiVersion, kind, metadata }: KubeObject) {
  const { namespace, name, uid, resourceVersion } = metadata
  return namespace === undefined
    ? { kind, name, uid, apiVersion, resourceVersion }
    : { kind, namespace, name, uid, apiVersion, resourceVersion }
}

/** Events of what has no namespace are kept in `default`. */
export function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? 'default'
}

/** `NAME.TIME`, the time in nanoseconds as hexadecimal digits; `sequence` tells those of one millisecond apart. */
export function nextEventName({ metadata }: KubeObject, nowMs: number, sequence: number): string {
  return `${metadata.name}.${(BigInt(nowMs) * 1_000_000n + BigInt(sequence)).toString(16)}`
}
