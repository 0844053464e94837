/** What the live view shows of a cluster, as kubectl would tell it. */
export interface ClusterSnapshot {
  readonly nodes: readonly NodeRow[]
  readonly plans: readonly PlanRow[]
  /** UIDs of all pods; of those that have ended until they are deleted. */
  readonly pods: ReadonlySet<string>
}

export interface NodeRow {
  readonly name: string
  readonly role: 'server' | 'agent'
  /** Label `pool`. */
  readonly pool: string | undefined
  readonly ready: boolean
  readonly cordoned: boolean
  readonly version: string
  /** The containers of its Job in the order in which they run; none without a Job. */
  readonly job: readonly JobStep[]
  /** Pods that a drain would move, oldest first. */
  readonly pods: readonly PodRow[]
}

export interface PodRow {
  /** `NAMESPACE/NAME` */
  readonly name: string
  readonly uid: string
  /** `Starting` until it is ready; `Leaving` from its deletion on. */
  readonly state: 'Starting' | 'Ready' | 'Leaving'
}

export interface JobStep {
  /** `prepare`, `cordon`, `upgrade`. */
  readonly name: string
  readonly state: 'Waiting' | 'Running' | 'Done' | 'Failed'
}

export interface PlanRow {
  readonly name: string
  readonly complete: boolean
  readonly message: string
  /** Nodes at work. */
  readonly applying: readonly string[]
}

export interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec: { readonly unschedulable?: boolean }
  readonly status: {
    readonly nodeInfo: { readonly kubeletVersion: string }
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

interface ContainerStatus {
  readonly name: string
  readonly state?: { readonly running?: object; readonly terminated?: { readonly exitCode: number } }
}

export interface PodObject {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly creationTimestamp: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly { readonly kind: string }[]
  }
  readonly spec: {
    readonly nodeName?: string
    readonly initContainers?: readonly { readonly name: string }[]
    readonly containers: readonly { readonly name: string }[]
  }
  readonly status: {
    readonly phase?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

export interface PlanObject {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly applying?: readonly string[]
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[]
  }
}

/** Reads a snapshot out of lists, the pods of all namespaces among them: servers first, and so are their Plans by the names that the demo gives them. */
export function clusterSnapshot(
  nodes: readonly NodeObject[],
  pods: readonly PodObject[],
  plans: readonly PlanObject[] = [],
): ClusterSnapshot {
  const order = (row: NodeRow) => `${row.role === 'server' ? 0 : 1}${row.name}`
  return {
    nodes: nodes.map((node) => nodeRow(node, pods)).sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    plans: plans.map(planRow).sort((a, b) => (a.name < b.name ? 1 : -1)),
    pods: new Set(pods.filter((pod) => !hasEnded(pod) || pod.metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.uid)),
  }
}

function nodeRow({ metadata, spec, status }: NodeObject, pods: readonly PodObject[]): NodeRow {
  const own = pods.filter((pod) => pod.metadata.labels?.['upgrade.cattle.io/node'] === metadata.name)
  const newest = own.sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))[0]
  return {
    name: metadata.name,
    role: metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'agent' : 'server',
    pool: metadata.labels?.pool,
    ready: status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true,
    cordoned: spec.unschedulable === true,
    version: status.nodeInfo.kubeletVersion,
    job: newest === undefined ? [] : jobSteps(newest),
    pods: pods.filter((pod) => pod.spec.nodeName === metadata.name && isMovable(pod)).map(podRow),
  }
}

/** What has ended, and what belongs to its node, stays where it is. */
function isMovable(pod: PodObject): boolean {
  const { labels = {}, annotations = {}, ownerReferences = [] } = pod.metadata
  if (hasEnded(pod)) return false
  const ofNode = 'kubernetes.io/config.mirror' in annotations || ownerReferences.some(({ kind }) => kind === 'DaemonSet')
  const ofUpgrade = 'upgrade.cattle.io/controller' in labels || 'falkirk.dev/step' in labels
  return !ofNode && !ofUpgrade
}

function hasEnded({ status }: PodObject): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed'
}

function podRow({ metadata, status }: PodObject): PodRow {
  const ready = status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
  const present = ready ? 'Ready' : 'Starting'
  const { namespace, name, uid, deletionTimestamp } = metadata
  return { name: `${namespace}/${name}`, uid, state: deletionTimestamp === undefined ? present : 'Leaving' }
}

function jobSteps({ spec, status }: PodObject): readonly JobStep[] {
  const known = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => {
    const state = known.find((container) => container.name === name)?.state
    if (state?.terminated !== undefined) return { name, state: state.terminated.exitCode === 0 ? 'Done' : 'Failed' }
    return { name, state: state?.running === undefined ? 'Waiting' : 'Running' }
  })
}

function planRow({ metadata, status }: PlanObject): PlanRow {
  const complete = status?.conditions?.find(({ type }) => type === 'Complete')
  const message = status?.conditions?.find((condition) => condition.status !== 'True' && condition.message)?.message ?? ''
  return { name: metadata.name, complete: complete?.status === 'True', message, applying: status?.applying ?? [] }
}

/** `Ready,SchedulingDisabled` and so on, as kubectl says it. */
export function nodeState({ ready, cordoned }: NodeRow): string {
  return `${ready ? 'Ready' : 'NotReady'}${cordoned ? ',SchedulingDisabled' : ''}`
}

/** What changed between two snapshots, one line each; without the first of them, how everything is. Causes come first: cordons, then pods that leave, then versions. */
export function describeChanges(before: ClusterSnapshot | undefined, after: ClusterSnapshot): readonly string[] {
  const named = <T extends { name: string }>(rows: readonly T[] | undefined, name: string) => rows?.find((row) => row.name === name)
  return [
    ...after.nodes.flatMap((node) => stateChanges(named(before?.nodes, node.name), node)),
    ...podsGone(before, after),
    ...podChanges(before, after),
    ...after.nodes.flatMap((node) => workChanges(named(before?.nodes, node.name), node)),
    ...after.plans.flatMap((plan) => planChanges(named(before?.plans, plan.name), plan)),
  ]
}

function stateChanges(was: NodeRow | undefined, node: NodeRow): readonly string[] {
  if (was?.ready === node.ready && was.cordoned === node.cordoned) return []
  return [`${node.name} is ${nodeState(node)}${was === undefined ? `, ${node.version}` : ''}`]
}

function workChanges(was: NodeRow | undefined, node: NodeRow): readonly string[] {
  const lines: string[] = []
  if (was !== undefined && was.version !== node.version) lines.push(`${node.name} has ${node.version} now, ${was.version} before`)
  const begun = node.job.find(({ state }) => state === 'Running')
  if (begun !== undefined && !was?.job.some(({ name, state }) => name === begun.name && state === 'Running')) {
    lines.push(`${node.name}: ${begun.name} is at work`)
  }
  return lines
}

/** Pods that have left between two looks, quicker than anybody could see them leaving. */
function podsGone(before: ClusterSnapshot | undefined, after: ClusterSnapshot): readonly string[] {
  return (before?.nodes ?? []).flatMap(({ name: node, pods }) =>
    pods.flatMap(({ name, uid, state }) => (state === 'Leaving' || after.pods.has(uid) ? [] : [`${name} leaves ${node}`])),
  )
}

function podChanges(before: ClusterSnapshot | undefined, after: ClusterSnapshot): readonly string[] {
  const was = new Map((before?.nodes ?? []).flatMap(({ pods }) => pods.map(({ uid, state }) => [uid, state] as const)))
  return after.nodes.flatMap(({ name: node, pods }) =>
    pods.flatMap(({ name, uid, state }) => {
      if (was.get(uid) === state || state === 'Starting') return []
      return [state === 'Leaving' ? `${name} leaves ${node}` : `${name} runs on ${node}`]
    }),
  )
}

function planChanges(was: PlanRow | undefined, plan: PlanRow): readonly string[] {
  if (plan.complete) return was?.complete === true ? [] : [`${plan.name} is complete`]
  return plan.message === '' || was?.message === plan.message ? [] : [`${plan.name}: ${plan.message}`]
}
