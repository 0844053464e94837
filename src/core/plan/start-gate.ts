import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { isOpen, planWindow } from '../window/plan-window.ts'
import { isControlPlane } from './node-selection.ts'
import type { PlanContext } from './node-work.ts'
import { judgeVersion } from './version-guard.ts'

/** Whether one node may be started now. */
export type StartVerdict = { readonly verdict: 'Go' } | { readonly verdict: 'Blocked'; readonly reason: string; readonly message: string }

const go: StartVerdict = { verdict: 'Go' }

/** Never a downgrade, no skipped minor, no kubelet above its API server: only for Plans that change the version of Kubernetes. */
export function judgeNodeVersion(node: NodeFacts, context: PlanContext): StartVerdict {
  const { target, facts, options } = context
  if (target === undefined) return go
  return judgeVersion({
    target,
    node,
    controlPlane: isControlPlane(node),
    nodes: facts.nodes,
    apiServer: facts.apiServer,
    allow: options.allow,
  })
}

/**
 * Makes the judge of whether a node that has not begun yet may begin: an upgrade of the whole cluster, version, health of its peers, and other exclusive Plans on the same
 * node. What is the same for many nodes is worked out once. The window is judged for the whole Plan (`windowAllows`).
 */
export function startJudge(context: PlanContext): (node: NodeFacts) => StartVerdict {
  const versions = new Map<string, StartVerdict>()
  const sick = context.facts.nodes.filter((n) => !n.ready)
  const { upgradeAtWork } = context.facts
  return (node) => {
    if (upgradeAtWork !== undefined) {
      const message = `Node ${node.name} waits: ClusterUpgrade ${upgradeAtWork} is at work on this cluster; it ends first, or cancel it`
      return { verdict: 'Blocked', reason: 'ClusterUpgrade', message }
    }
    const key = `${isControlPlane(node)} ${node.kubeletVersion}`
    const version = versions.get(key) ?? judgeNodeVersion(node, context)
    versions.set(key, version)
    if (version.verdict === 'Blocked') return version
    if (context.facts.plan.spec.exclusive === true && context.facts.exclusiveElsewhere.has(node.name)) {
      return { verdict: 'Blocked', reason: 'Exclusive', message: `Node ${node.name} waits: another exclusive Plan is at work on it` }
    }
    return judgeHealth(node, sick, context)
  }
}

function judgeHealth(node: NodeFacts, sick: readonly NodeFacts[], context: PlanContext): StartVerdict {
  const { healthGate } = context.options
  const gated = healthGate === 'All' || (healthGate === 'ControlPlane' && isControlPlane(node))
  const peer = gated ? sick.find((n) => n.name !== node.name && (healthGate === 'All' || isControlPlane(n))) : undefined
  if (peer === undefined) return go
  const message = `Node ${node.name} waits: Node ${peer.name} is not Ready; bring it back, or set annotation falkirk.dev/health-gate: none`
  return { verdict: 'Blocked', reason: 'HealthGate', message }
}

/**
 * Whether the window lets the Plan start a node now. As a system-upgrade-controller does, a rollout that has begun goes on past the end of
 * its window, unless `falkirk.dev/window: strict` holds it.
 */
export function windowAllows(context: PlanContext, begun: boolean): boolean {
  const spec = context.facts.plan.spec.window
  if (spec === undefined || (begun && !context.options.strictWindow)) return true
  const built = planWindow(spec)
  return built.kind === 'Window' && isOpen(built.window, context.nowMs)
}
