import { type DrainDecision, decideDrain, drainMessage } from '../drain/decide-drain.ts'
import type { DrainPolicy } from '../drain/drain-policy.ts'
import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import { failureMessage, stuckMessage } from '../plan/failure-message.ts'
import { isControlPlane } from '../plan/node-selection.ts'
import { parseVersion, sameRelease } from '../version/kubernetes-version.ts'
import { displacedPods } from './displaced-pods.ts'
import { atStep, failing, type NodeAtWork, type NodeTurn, patchNode, type RunContext, timestamp, working } from './node-turn.ts'
import type { UpgradeAction } from './upgrade-decision.ts'
import { upgradeContainerOf } from './upgrade-image.ts'
import { jobAttemptLabel, type UpgradeJobInput, upgradeJob, upgradeJobName } from './upgrade-job.ts'

/** An image that is not there after this time is not going to come. */
const stageTimeoutMs = 600_000
/** Kubelets report anew within a minute of their start; machines that reboot take longer. */
const verifyTimeoutMs = 600_000
const firstBackOffMs = 30_000

/**
 * Decides the next step of one node that a run has begun with: image there → cordon → drain → change → verify → given back → soak → done. What is
 * persisted goes before what is done, so that whoever comes after a kill goes on from here.
 */
export function decideNode(at: NodeAtWork, context: RunContext): NodeTurn {
  switch (at.entry.step) {
    case 'Staging':
      return stage(at, context)
    case 'Draining':
      return drain(at, context)
    case 'Changing':
      return change(at, context)
    case 'Verifying':
      return verify(at, context)
    case 'Soaking':
      return soak(at, context)
    case 'Failed':
    case 'Quarantined':
      return afterFailure(at, context)
  }
}

/** Brings the image to the node while nothing is disturbed. */
function stage(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { facts, nowMs } = context
  if (context.settings.action === 'Cancel') return giveBack(at)
  const job = newest(at, 'Stage')
  if (job === undefined) return createJob(at, context, 'Stage')
  const pods = facts.podsByJob.get(job.name) ?? []
  // an image without the command has been pulled all the same
  const isThere = job.end !== undefined || pods.some((pod) => pod.containers.some(({ state }) => state !== 'Waiting'))
  if (isThere) {
    const drained = atStep(entry, 'Draining', nowMs, { cordonedAt: timestamp(nowMs) })
    return working([patchNode(at, { unschedulable: true, entry: drained })], { drains: true })
  }
  const stuck = stuckMessage(job, node.name, pods, '')
  const endsAtMs = Date.parse(entry.since) + stageTimeoutMs
  if (nowMs < endsAtMs) return working([], { message: stuck ?? `${node.name}: its image is being pulled`, wakeAtMs: endsAtMs })
  return failing({
    reason: 'StageFailed',
    message: `${node.name} has not got the upgrade image within 10 minutes (${stuck ?? 'its pod does not start'}); the node was not disturbed; make the image available`,
  })
}

function drain(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { facts, settings, nowMs } = context
  const known = facts.drains.get(node.name)
  if (known === undefined) {
    const problem = facts.drainProblems.get(node.name)
    const message = problem === undefined ? `${node.name}: reading its pods` : `${node.name}: its pods cannot be read: ${problem}`
    return working([], { message, drains: true })
  }
  const startedAtMs = Date.parse(entry.since)
  const policy = drainPolicy(context, startedAtMs)
  const decision = decideDrain({ ...known, progress: { ...known.progress, startedAtMs }, node, policy, now: nowMs })
  switch (decision.kind) {
    case 'Cordon':
      return working([patchNode(at, { unschedulable: true, entry })], { drains: true })
    case 'Drained':
      return working([patchNode(at, { entry: atStep(entry, 'Changing', nowMs) })])
    case 'Work':
      return working(evictions(at, decision, settings.drain.gracePeriodSeconds), {
        message: drainMessage(node, decision),
        drains: true,
        wakeAtMs: decision.wakeAtMs,
      })
    case 'Refused':
    case 'TimedOut':
      return failing({ reason: 'DrainFailed', message: decision.message })
  }
}

/** With Force, budgets hold until the drain has taken its time. */
function drainPolicy({ settings, nowMs }: RunContext, startedAtMs: number): DrainPolicy {
  const { timeoutMs, whenBlocked, force, deleteEmptyDirData, gracePeriodSeconds } = settings.drain
  const isForced = whenBlocked === 'Force' && nowMs >= startedAtMs + timeoutMs
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(isForced ? {} : { timeoutMs }),
    force: force || isForced,
    ignoreDaemonSets: true,
    deleteEmptyDirData,
    disableEviction: isForced,
    skipWaitForDeleteTimeoutSeconds: 0,
  }
}

function evictions(
  { node }: NodeAtWork,
  { evict, remove }: Extract<DrainDecision, { kind: 'Work' }>,
  gracePeriodSeconds: number | undefined,
): readonly UpgradeAction[] {
  const more = { node: node.name, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) }
  return [
    ...evict.map((pod) => ({ kind: 'EvictPod', pod, ...more }) as const),
    ...remove.map((pod) => ({ kind: 'DeletePod', pod, ...more }) as const),
  ]
}

function change(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { facts, settings, nowMs } = context
  const job = newest(at, 'Change')
  if (job?.end?.kind === 'Complete' || (job === undefined && isReached(at))) {
    return working([patchNode(at, { entry: atStep(entry, 'Verifying', nowMs) })])
  }
  if (job === undefined) {
    const sick = sickServer(node, facts.nodes)
    if (sick === undefined) return createJob(at, context, 'Change')
    return working([], { message: `${node.name} waits: control-plane node ${sick.name} is not Ready; bring it back` })
  }
  const pods = facts.podsByJob.get(job.name) ?? []
  if (job.end === undefined) {
    return working([], { message: stuckMessage(job, node.name, pods, '') ?? `${node.name}: job ${job.name} is at work` })
  }
  const log = facts.failures.get(job.uid)?.log
  if (log === undefined) return working([{ kind: 'ReadFailure', node: node.name, jobName: job.name, jobUid: job.uid }])
  const message = failureMessage({ job, node: node.name, pods, log, previous: '' })
  if (entry.tries > settings.failure.retries) return failing({ reason: 'JobFailed', message })
  const againAtMs = job.end.atMs + firstBackOffMs * 2 ** (entry.tries - 1)
  if (nowMs < againAtMs) return working([], { message: `${message}; it is tried again`, wakeAtMs: againAtMs })
  return working([patchNode(at, { entry: { ...entry, attempt: entry.attempt + 1, tries: entry.tries + 1 } })])
}

/** Another control-plane node that does not serve: while it is away no further one is stopped. */
function sickServer(node: NodeFacts, nodes: readonly NodeFacts[]): NodeFacts | undefined {
  if (!isControlPlane(node)) return undefined
  return nodes.find((other) => other.name !== node.name && isControlPlane(other) && !other.ready)
}

/** The kubelet says the version, and says that it is Ready, before the node is given back. */
function verify(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { nowMs } = context
  if (node.ready && isReached(at)) {
    return working([patchNode(at, { unschedulable: entry.before.unschedulable, entry: atStep(entry, 'Soaking', nowMs) })])
  }
  const endsAtMs = Date.parse(entry.since) + verifyTimeoutMs
  const message = node.ready
    ? `${node.name} reports kubelet ${node.kubeletVersion} and not yet ${entry.version}`
    : `${node.name} is not Ready yet`
  if (nowMs < endsAtMs) return working([], { message, wakeAtMs: endsAtMs })
  return failing(
    node.ready
      ? {
          reason: 'NotReached',
          message: `${node.name} still reports kubelet ${node.kubeletVersion} 10 minutes after its upgrade to ${entry.version} ended well; look at the service on the node`,
        }
      : { reason: 'NotReady', message: `${node.name} is not Ready 10 minutes after its upgrade to ${entry.version}; look at its kubelet` },
  )
}

/** The node serves again; what was moved must serve again too, before the next node begins. */
function soak(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { settings, facts, nowMs } = context
  const { forMs, timeoutMs, displacedPodsReady } = settings.soak
  const sinceMs = Date.parse(entry.since)
  if (nowMs < sinceMs + forMs) return working([], { message: `${node.name} is back; soaking`, wakeAtMs: sinceMs + forMs })
  const unready = displacedPodsReady
    ? displacedPods(facts, Date.parse(entry.cordonedAt ?? entry.since), sinceMs).filter(({ ready }) => !ready)
    : []
  if (node.ready && unready.length === 0) return { kind: 'Given', actions: [patchNode(at, { entry: null })] }
  const [first] = unready
  const what =
    first === undefined
      ? `${node.name} is not Ready`
      : `pod ${first.namespace}/${first.name}${unready.length > 1 ? ` and ${unready.length - 1} more` : ''} moved from ${node.name} or beside it and not Ready`
  if (nowMs < sinceMs + timeoutMs) return working([], { message: `${node.name} is done; waiting: ${what}`, wakeAtMs: sinceMs + timeoutMs })
  return failing({ reason: 'SoakFailed', message: `${what} since its upgrade to ${entry.version}; mend it, then continue` })
}

/** A node that failed is tried anew when the run was continued, and given back when it was cancelled. */
function afterFailure(at: NodeAtWork, context: RunContext): NodeTurn {
  const { node, entry } = at
  const { settings, nowMs } = context
  if (settings.action === 'Cancel') return node.ready ? giveBack(at) : { kind: 'Failed', actions: [] }
  const continued = entry.failure !== undefined && settings.continueFrom >= entry.failure.stop
  if (continued && settings.action === 'Run') {
    const again = atStep(entry, 'Staging', nowMs, { attempt: nextAttempt(at), tries: 1 })
    return working([patchNode(at, { entry: again, labels: { [quarantineLabel]: null } })])
  }
  // it serves again as far as it can, unless it was set aside
  const mayServe = entry.step === 'Failed' && node.ready && node.unschedulable && !entry.before.unschedulable
  return { kind: 'Failed', actions: mayServe ? [patchNode(at, { unschedulable: false, entry })] : [] }
}

/** On nodes that were set aside: name of the run. */
export const quarantineLabel = 'falkirk.dev/quarantined'

/** Everything of the run is taken off the node. */
function giveBack(at: NodeAtWork): NodeTurn {
  const { node, entry, jobs } = at
  const running = jobs.filter((job) => job.end === undefined && !job.deleting)
  return {
    kind: 'Given',
    actions: [
      ...running.map((job) => ({ kind: 'DeleteJob', node: node.name, name: job.name, uid: job.uid }) as const),
      patchNode(at, {
        entry: null,
        ...(node.unschedulable && !entry.before.unschedulable && entry.step !== 'Staging' ? { unschedulable: false } : {}),
        ...(node.labels[quarantineLabel] === undefined ? {} : { labels: { [quarantineLabel]: null } }),
      }),
    ],
  }
}

function createJob(at: NodeAtWork, context: RunContext, step: UpgradeJobInput['step']): NodeTurn {
  const { node, entry } = at
  const { facts, settings, target } = context
  const container = upgradeContainerOf(target, settings.upgrade)
  if (container === undefined) {
    return failing({
      reason: 'NoImage',
      message: `${target.text} is of a distribution without an upgrade image: name one in spec.node.upgrade.image`,
    })
  }
  const { name, uid } = facts.upgrade.metadata
  const { version, attempt } = entry
  const job = upgradeJob({ runName: name, runUid: uid, namespace: facts.namespace, node, step, version, attempt, container })
  return working(
    [{ kind: 'CreateJob', node: node.name, job }],
    step === 'Change' ? {} : { message: `${node.name}: its image is being pulled` },
  )
}

/** Attempts are counted on through a stop, so that the Job of a new try has a new name. */
function nextAttempt({ jobs, entry }: NodeAtWork): number {
  return Math.max(entry.attempt, ...jobs.map(attemptOf)) + 1
}

function attemptOf({ labels }: JobFacts): number {
  return Number(labels[jobAttemptLabel] ?? 1)
}

/** The Job of the present attempt: its name tells run, version, step and attempt. */
function newest({ jobs, entry, node }: NodeAtWork, step: UpgradeJobInput['step']): JobFacts | undefined {
  const name = upgradeJobName({ runUid: entry.run, node, step, version: entry.version, attempt: entry.attempt })
  return jobs.find((job) => job.name === name && !job.deleting)
}

function isReached({ node, entry }: NodeAtWork): boolean {
  const [reported, wanted] = [parseVersion(node.kubeletVersion), parseVersion(entry.version)]
  return reported !== undefined && wanted !== undefined && sameRelease(reported, wanted)
}
