import { ConditionWaits } from './condition-waits.ts'
import { type FollowedObject, type Following, follow } from './follow.ts'
import { type ObservedJob, type ObservedNode, type ObservedPlan, observedJob, observedNode, observedPlan } from './observed-facts.ts'
import { type PlainApi, plainApi } from './plain-api.ts'
import { type Peak, Timeline } from './timeline.ts'

/**
 * Looks at a cluster from outside with watches of its own and remembers every transition. Nodes, Jobs and Plans come in streams of
 * their own: the order within a kind is the API server's, between kinds it is only nearly so.
 */
export interface Observer {
  readonly nodes: Timeline<ObservedNode>
  readonly jobs: Timeline<ObservedJob>
  /** Keys are `namespace/name`. */
  readonly plans: Timeline<ObservedPlan>
  /** How often a watch had to begin anew with a list, in which states may have been missed. */
  readonly gaps: number
  /** Most nodes that were cordoned or not Ready at one time. */
  maxUnavailable(): Peak
  maxCordoned(): Peak
  /** Most Jobs of a plan that had begun (parallelism above 0) and not ended at one time. */
  maxRunning(plan: string): Peak
  /** Nodes in the order in which they got the plan's label with this hash. */
  doneOrder(plan: string, hash?: string): string[]
  /** Different Jobs ever seen, by node. */
  jobsPerNode(plan: string): Map<string, number>
  /** Resolves when `holds` is true, which is looked at after each transition; throws with `what` after `timeoutMs`. */
  until(what: string, holds: () => boolean, timeoutMs?: number): Promise<void>
  /**
   * Resolves when it has seen all that the API server knows at the time of the call, of each kind: what one watch has told of is then told by
   * the others as well.
   */
  caughtUp(): Promise<void>
  stop(): Promise<void>
}

/** Resolves when nodes and Jobs have been listed; Plans come in when their CRD is there. */
export async function startObserver(kubeconfig: string): Promise<Observer> {
  const api = plainApi(kubeconfig)
  const nodes = new Timeline<ObservedNode>()
  const jobs = new Timeline<ObservedJob>()
  const plans = new Timeline<ObservedPlan>()
  const waits = new ConditionWaits()
  let gaps = 0
  const watch = <R extends FollowedObject, T>(
    path: string,
    timeline: Timeline<T>,
    facts: (raw: R) => T,
    key: (raw: R) => string,
  ): Following => {
    const noted = (changed: boolean) => {
      if (changed) waits.changed()
    }
    return follow<R>(api, path, {
      seen: (raw) => noted(timeline.note(Date.now(), key(raw), facts(raw))),
      gone: (raw) => noted(timeline.note(Date.now(), key(raw), undefined)),
      relisted: () => {
        gaps += 1
      },
    })
  }
  const following = [
    watch('/api/v1/nodes', nodes, observedNode, (raw) => raw.metadata.name),
    watch('/apis/batch/v1/jobs', jobs, observedJob, (raw) => raw.metadata.uid),
    watch('/apis/upgrade.cattle.io/v1/plans', plans, observedPlan, (raw) => `${raw.metadata.namespace}/${raw.metadata.name}`),
  ]
  await Promise.all(following.map(({ started }) => started))
  return {
    nodes,
    jobs,
    plans,
    get gaps() {
      return gaps
    },
    maxUnavailable: () => nodes.peak(({ unschedulable, ready }) => unschedulable || !ready),
    maxCordoned: () => nodes.peak(({ unschedulable }) => unschedulable),
    maxRunning: (plan) => jobs.peak((job) => job.plan === plan && job.end === 'None' && job.parallelism > 0),
    doneOrder: (plan, hash) => nodes.became(({ labels }) => hasLabel(labels[`plan.upgrade.cattle.io/${plan}`], hash)).map(({ key }) => key),
    jobsPerNode: (plan) => jobsPerNode(jobs, plan),
    until: (what, holds, timeoutMs = 120_000) => waits.until(() => what, holds, timeoutMs),
    caughtUp: () => allCaughtUp(following),
    stop: () => stopAll(following, api),
  }
}

async function allCaughtUp(following: readonly Following[]): Promise<void> {
  await Promise.all(following.map((one) => one.caughtUp()))
}

async function stopAll(following: readonly Following[], api: PlainApi): Promise<void> {
  await Promise.all(following.map((one) => one.stop()))
  await api.close()
}

function hasLabel(value: string | undefined, hash: string | undefined): boolean {
  return hash === undefined ? value !== undefined && value !== 'disabled' : value === hash
}

function jobsPerNode(jobs: Timeline<ObservedJob>, plan: string): Map<string, number> {
  const uids = new Map<string, Set<string>>()
  for (const { facts } of jobs.history()) {
    if (facts === undefined || facts.plan !== plan) continue
    uids.set(facts.node, (uids.get(facts.node) ?? new Set()).add(facts.uid))
  }
  return new Map([...uids].map(([node, set]) => [node, set.size]))
}
