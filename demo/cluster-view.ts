/** What the live view shows of a cluster, as kubectl would tell it. */
export interface ClusterSnapshot {
  readonly nodes: readonly NodeRow[]
  readonly plans: readonly PlanRow[]
}

export interface NodeRow {
  readonly name: string
  readonly role: string
  readonly ready: boolean
  readonly cordoned: boolean
  readonly version: string
  /** What its Job is doing: `prepare`, `cordon`, `upgrade`, or nothing. */
  readonly step: string
}

export interface PlanRow {
  readonly name: string
  readonly complete: boolean
  readonly message: string
}

interface NodeObject {
  metadata: { name: string; labels?: Record<string, string> }
  spec: { unschedulable?: boolean }
  status: { nodeInfo: { kubeletVersion: string }; conditions?: { type: string; status: string }[] }
}

interface PodObject {
  metadata: { labels?: Record<string, string> }
  status: {
    phase: string
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

interface ContainerStatus {
  name: string
  state?: { running?: object; waiting?: { reason?: string } }
}

interface PlanObject {
  metadata: { name: string }
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

/** Reads a snapshot out of three lists. */
export function clusterSnapshot(nodes: readonly NodeObject[], pods: readonly PodObject[], plans: readonly PlanObject[]): ClusterSnapshot {
  return {
    nodes: nodes.map((node) => nodeRow(node, pods)).sort((a, b) => (a.role + a.name < b.role + b.name ? 1 : -1)),
    plans: plans.map(planRow).sort((a, b) => (a.name < b.name ? 1 : -1)),
  }
}

function nodeRow({ metadata, spec, status }: NodeObject, pods: readonly PodObject[]): NodeRow {
  const own = pods.filter((p) => p.metadata.labels?.['upgrade.cattle.io/node'] === metadata.name)
  return {
    name: metadata.name,
    role: metadata.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'agent' : 'server',
    ready: status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true,
    cordoned: spec.unschedulable === true,
    version: status.nodeInfo.kubeletVersion,
    step: own.map(podStep).find((step) => step !== '') ?? '',
  }
}

function podStep({ status }: PodObject): string {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return ''
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const running = containers.find((c) => c.state?.running !== undefined)
  if (running !== undefined) return running.name
  return containers.find((c) => c.state?.waiting?.reason !== undefined)?.state?.waiting?.reason ?? 'starting'
}

function planRow({ metadata, status }: PlanObject): PlanRow {
  const complete = status?.conditions?.find((c) => c.type === 'Complete')
  const message = status?.conditions?.find((c) => c.status !== 'True' && c.message)?.message ?? ''
  return { name: metadata.name, complete: complete?.status === 'True', message }
}

/** One frame of the live view; `width` is that of the terminal. */
export function drawFrame({ nodes, plans }: ClusterSnapshot, elapsed: string, width: number): string {
  const rows = nodes.map((n) => [n.name, n.role, state(n), n.version, n.step === '' ? '' : `→ ${n.step}`])
  const table = alignColumns([['NODE', 'ROLE', 'STATUS', 'VERSION', 'JOB'], ...rows])
  const said = plans.map((p) => `${p.complete ? '✓' : '…'} ${p.name}${p.message === '' ? '' : `: ${p.message}`}`)
  return [...table, '', ...said, `elapsed ${elapsed}`].map((line) => line.slice(0, width)).join('\n')
}

function state({ ready, cordoned }: NodeRow): string {
  return `${ready ? 'Ready' : 'NotReady'}${cordoned ? ',SchedulingDisabled' : ''}`
}

function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  )
}

/** What changed between two snapshots, one line each: for output that is no terminal. */
export function describeChanges(before: ClusterSnapshot | undefined, after: ClusterSnapshot): readonly string[] {
  return [
    ...after.nodes.flatMap((node) =>
      nodeChanges(
        before?.nodes.find((n) => n.name === node.name),
        node,
      ),
    ),
    ...after.plans.flatMap((plan) =>
      planChanges(
        before?.plans.find((p) => p.name === plan.name),
        plan,
      ),
    ),
  ]
}

function nodeChanges(was: NodeRow | undefined, node: NodeRow): readonly string[] {
  const lines: string[] = []
  if (was === undefined || state(was) !== state(node)) lines.push(`${node.name} is ${state(node)}, ${node.version}`)
  else if (was.version !== node.version) lines.push(`${node.name} has ${node.version} now (${was.version} before)`)
  if (node.step !== '' && was?.step !== node.step) lines.push(`${node.name}: ${node.step}`)
  return lines
}

function planChanges(was: PlanRow | undefined, plan: PlanRow): readonly string[] {
  if (plan.complete) return was?.complete === true ? [] : [`${plan.name} is complete`]
  return plan.message === '' || was?.message === plan.message ? [] : [`${plan.name}: ${plan.message}`]
}
