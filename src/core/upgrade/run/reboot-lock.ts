import { z } from 'zod'
import type { NodeFacts } from '../../kubernetes/node-facts.ts'

/** What of a DaemonSet of kured is looked at. */
export interface RebootLock {
  readonly namespace: string
  readonly name: string
  readonly resourceVersion: string
  /** Annotation `weave.works/kured-node-lock`: JSON that names whoever reboots. Absent: nobody does. */
  readonly lock?: string
}

/** The name that kured's own manifests and its chart give to its DaemonSet. */
export const kuredName = 'kured'
const lockAnnotation = 'weave.works/kured-node-lock'

const Holder = z.object({ nodeID: z.string(), created: z.string().exactOptional(), TTL: z.number().exactOptional() })
/** One holder, or with `--concurrency` above 1 a list. Source: kured, `pkg/daemonsetlock`. */
const Lock = z.union([z.object({ locks: z.array(Holder).nullable() }), Holder])

/** Trims a DaemonSet as the API gives it. */
export function rebootLock(object: unknown): RebootLock {
  const { metadata = {} } = object as {
    metadata?: { namespace?: string; name?: string; resourceVersion?: string; annotations?: Readonly<Record<string, string>> }
  }
  const { namespace = '', name = '', resourceVersion = '', annotations: { [lockAnnotation]: lock } = {} } = metadata
  return { namespace, name, resourceVersion, ...(lock === undefined ? {} : { lock }) }
}

/** A node that kured drains and reboots, and until when its lock holds at most (epoch milliseconds; absent: until it is released). */
export interface Reboot {
  /** One clause with the fix. */
  readonly message: string
  readonly untilMs?: number
}

/**
 * The first reboot that goes on by kured's locks; undefined while there is none. A lock that somebody holds by hand to keep kured away names no node, and one
 * of a node that is gone releases nobody: neither counts.
 */
export function rebootAtWork(locks: readonly RebootLock[], nodes: readonly Pick<NodeFacts, 'name'>[], nowMs: number): Reboot | undefined {
  for (const { namespace, name, lock } of locks) {
    const held = holders(lock)
      .map(({ nodeID, created = '', TTL = 0 }) => ({ node: nodeID, endsAtMs: TTL > 0 ? Date.parse(created) + TTL / 1e6 : undefined }))
      .find(({ node, endsAtMs }) => nodes.some((one) => one.name === node) && (endsAtMs === undefined || nowMs < endsAtMs))
    if (held === undefined) continue
    const message = `kured reboots ${held.node} (its lock stands on DaemonSet ${namespace}/${name}); where it does not, take the lock away: kubectl -n ${namespace} annotate daemonset ${name} ${lockAnnotation}-`
    return { message, ...(held.endsAtMs === undefined ? {} : { untilMs: held.endsAtMs }) }
  }
  return undefined
}

/** Of a lock that cannot be read kured makes nothing either. */
function holders(lock: string | undefined): readonly z.infer<typeof Holder>[] {
  if (lock === undefined) return []
  let json: unknown
  try {
    json = JSON.parse(lock)
  } catch {
    return []
  }
  const parsed = Lock.safeParse(json)
  if (!parsed.success) return []
  return 'locks' in parsed.data ? (parsed.data.locks ?? []) : [parsed.data]
}
