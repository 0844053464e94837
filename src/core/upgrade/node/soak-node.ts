import { awaitCanary, withoutCanary } from '../health/await-canary.ts'
import { displacedPods, whyUnready } from '../pods/displaced-pods.ts'
import { failing, type NodeAtWork, type NodeTurn, patchNode, type RunContext, working } from './node-turn.ts'

type Looking = Omit<NodeTurn, 'kind'>

/**
 * The node serves again; what was moved must serve again too, and after a change of the control plane its controllers must be alive, before the next node
 * begins. All of it is waited for at once.
 */
export function soakNode(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { settings, nowMs } = context
  const sinceMs = Date.parse(entry.since)
  const canary = awaitCanary(at, context)
  if (canary.kind === 'Failed') return { ...failing(canary.failure), actions: withoutCanary(at) }
  const looking: Looking = canary.kind === 'Waiting' ? canary.turn : { actions: [] }
  const soakedAtMs = sinceMs + settings.soak.forMs
  if (nowMs < soakedAtMs) return waitsUntil(soakedAtMs, `${node.name} is back; soaking`, looking)
  const what = unsettled(at, context)
  const endsAtMs = sinceMs + settings.soak.timeoutMs
  if (what !== undefined && nowMs < endsAtMs) return waitsUntil(endsAtMs, `${node.name} is done; waiting: ${what}`, looking)
  if (what !== undefined) {
    const message = `${what} since its upgrade to ${entry.version}; mend it, then continue`
    return { ...failing({ reason: 'SoakFailed', message }), actions: withoutCanary(at) }
  }
  if (canary.kind === 'Waiting') return { kind: 'Working', ...looking }
  return { kind: 'Given', actions: [...withoutCanary(at), patchNode(at, { entry: null })], events: canary.events }
}

/** A canary is looked at meanwhile. */
function waitsUntil(endsAtMs: number, message: string, looking: Looking): NodeTurn {
  return working(looking.actions, { ...looking, message, wakeAtMs: Math.min(endsAtMs, looking.wakeAtMs ?? endsAtMs) })
}

/** What does not serve again yet after the node was given back; undefined when all does. */
function unsettled({ node, entry }: NodeAtWork, { settings, facts }: RunContext): string | undefined {
  const { displacedPodsReady } = settings.soak
  const cordonedAtMs = Date.parse(entry.cordonedAt ?? entry.since)
  const unready = displacedPodsReady ? displacedPods(facts.unreadyPods ?? [], cordonedAtMs, Date.parse(entry.since)) : []
  const [first] = unready
  if (first === undefined) return node.ready ? undefined : `${node.name} is not Ready`
  const more = unready.length > 1 ? ` and ${unready.length - 1} more` : ''
  const why = whyUnready(first)
  return `pod ${first.namespace}/${first.name}${more} moved from ${node.name} or beside it and not Ready${why === undefined ? '' : ` (${why})`}`
}
