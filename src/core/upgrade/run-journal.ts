import { z } from 'zod'
import { HostOrder } from '../recipe/host-order.ts'

/**
 * Where a node is on its way. Cordoning begins `Draining`, the node is given back when `Soaking` begins, both in the same write as the entry.
 */
const steps = ['Staging', 'Draining', 'Detaching', 'Changing', 'Verifying', 'Soaking', 'Failed', 'Quarantined'] as const

const RunEntry = z.object({
  /** UID of the ClusterUpgrade. */
  run: z.string(),
  /** Its name, for people. */
  name: z.string(),
  /** Version that the node is being brought to. */
  version: z.string(),
  /** How it is reached; absent: by Jobs. It stays when the spec is changed. */
  via: z.enum(['SSH']).exactOptional(),
  /** What is changed on its host beside Kubernetes; it stays when the spec is changed. */
  os: HostOrder.shape.os,
  runtime: HostOrder.shape.runtime,
  step: z.enum(steps),
  /** RFC 3339: when this step began. */
  since: z.string(),
  /** RFC 3339: when the node was cordoned. */
  cordonedAt: z.string().exactOptional(),
  /** Counts every try of this node in this run; Jobs are named after it, and outcomes on hosts counted by it. */
  attempt: z.int().min(1),
  /** Tries since the node was started or the run was continued. */
  tries: z.int().min(1),
  /** What the node looked like before Falkirk touched it. */
  before: z.object({ unschedulable: z.boolean(), kubeletVersion: z.string(), bootId: z.string() }),
  /** Boot ID of the host when its change had ended: the kubelet has to have started after that boot. Set where a host may have rebooted. */
  bootId: z.string().exactOptional(),
  /** Whose controllers were started anew, and when, because they saw nothing after this node had been changed. */
  restarted: z.object({ leader: z.string(), at: z.string() }).exactOptional(),
  /** Pods that its drain moves, and how many of them were moved before in the same hop; set with the cordon. */
  moves: z.object({ pods: z.int(), again: z.int() }).exactOptional(),
  /** Set when `step` is Failed or Quarantined. */
  failure: z
    .object({
      reason: z.string(),
      message: z.string(),
      /** Number of the stop that followed: the node is tried again once the run was continued from it. */
      stop: z.int(),
    })
    .exactOptional(),
})
/** One run's work on one node, kept on the node while it is not back as it was. Written before the node is touched. */
export type RunEntry = z.infer<typeof RunEntry>

/** Reads the entry of a node. `Unreadable` (edited by hand, or written by a newer Falkirk): nothing of the node is touched. */
export function parseRunEntry(
  text: string | undefined,
): { readonly kind: 'None' } | { readonly kind: 'Entry'; readonly entry: RunEntry } | { readonly kind: 'Unreadable' } {
  if (text === undefined || text === '') return { kind: 'None' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { kind: 'Unreadable' }
  }
  const parsed = RunEntry.safeParse(json)
  return parsed.success ? { kind: 'Entry', entry: parsed.data } : { kind: 'Unreadable' }
}
