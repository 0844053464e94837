/** Where a volume is attached, or being attached. */
export interface Attachment {
  readonly nodeName: string
  readonly attached: boolean
  /** It is being detached. */
  readonly ending: boolean
}

/** What is known of a node a volume is attached to; one that is no more is not Ready. */
export interface AttachedNode {
  readonly ready: boolean
  readonly outOfService: boolean
  /** The node says that it still uses the volume, or said so last. */
  readonly inUse: boolean
}

export interface AttachmentInput {
  /** Nodes with pods that want the volume, in the order in which they came. */
  readonly wantedOn: readonly string[]
  readonly attachments: readonly Attachment[]
  readonly multiAttach: boolean
  readonly nodeOf: (name: string) => AttachedNode
  /** Since when nobody on that node has wanted the volume, epoch ms. */
  readonly unwantedSinceMs: (nodeName: string) => number
  /** Nodes that are Ready lose after a while what they still use, as before Kubernetes 1.26. */
  readonly forcesReadyNodes: boolean
  readonly nowMs: number
}

export interface AttachmentDecision {
  readonly attach: readonly string[]
  readonly detach: readonly string[]
  /** Nodes that cannot have the volume because another one has it. */
  readonly refused: readonly string[]
  /** When to decide again although nothing has changed, epoch ms. */
  readonly againAtMs?: number
}

/** How long a node that is not Ready may keep what it used last. Source: Kubernetes attach-detach controller, maxWaitForUnmountDuration. */
const unmountTimeoutMs = 360_000

/** Which nodes get a volume and which lose it: detached before it is attached elsewhere, unless it may be on several nodes. */
export function decideAttachments(input: AttachmentInput): AttachmentDecision {
  const { wantedOn, attachments, multiAttach, nowMs } = input
  const unwanted = attachments.filter(({ nodeName, ending }) => !ending && !wantedOn.includes(nodeName))
  const detach = unwanted.filter(({ nodeName }) => detachAtMs(nodeName, input) <= nowMs).map(({ nodeName }) => nodeName)
  const later = unwanted
    .map(({ nodeName }) => detachAtMs(nodeName, input))
    .filter((atMs) => atMs > nowMs && atMs !== Number.POSITIVE_INFINITY)
  const missing = wantedOn.filter((nodeName) => !attachments.some((attachment) => attachment.nodeName === nodeName))
  const free = multiAttach || attachments.length === 0
  const attach = multiAttach ? missing : free ? missing.slice(0, 1) : []
  const refused = missing.filter((nodeName) => !attach.includes(nodeName))
  return { attach, detach, refused, ...(later.length === 0 ? {} : { againAtMs: Math.min(...later) }) }
}

/**
 * At once when the node has let go, or somebody says that it is down for good. What it used last, also if the Node was deleted meanwhile, stays for six
 * minutes; with a node that is Ready it stays for as long as that uses it. Source: Kubernetes attach-detach reconciler; kubernetes/kubernetes#110721.
 */
function detachAtMs(nodeName: string, { nodeOf, unwantedSinceMs, forcesReadyNodes }: AttachmentInput): number {
  const { ready, outOfService, inUse } = nodeOf(nodeName)
  if (outOfService || !inUse) return 0
  return ready && !forcesReadyNodes ? Number.POSITIVE_INFINITY : unwantedSinceMs(nodeName) + unmountTimeoutMs
}
