import type { JobFacts } from '../kubernetes/job-facts.ts'
import type { NodeFacts } from '../kubernetes/node-facts.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { statusPatch } from '../kubernetes/status-patch.ts'
import { decidePlan } from './decide-plan.ts'
import { orderKey } from './node-selection.ts'
import { type Plan, parsePlan } from './plan.ts'
import type { PlanAction, PlanDecision } from './plan-decision.ts'
import type { PlanFacts } from './plan-facts.ts'
import { defaultPlanSettings } from './plan-settings.ts'

/** 2026-11-21T12:00:00Z, a Saturday. */
export const noonMs = Date.UTC(2026, 10, 21, 12)

/** A Ready node with these labels and no others. */
export function bareNode(name: string, labels: NodeFacts['labels'] = {}): NodeFacts {
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    labels,
    unschedulable: false,
    ready: true,
    kubeletVersion: 'v1.20.2+k3s1',
    bootId: 'boot-1',
    runtimeVersion: 'containerd://1.7.24',
    deleting: false,
  }
}

export function aNode(name: string, more: Partial<NodeFacts> & { controlPlane?: boolean } = {}): NodeFacts {
  const { controlPlane = false, ...facts } = more
  const role = controlPlane ? { 'node-role.kubernetes.io/control-plane': 'true' } : {}
  return {
    ...bareNode(name),
    ...facts,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...role, ...facts.labels },
  }
}

export interface PlanParts {
  readonly spec?: Readonly<Record<string, unknown>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly status?: Readonly<Record<string, unknown>>
  readonly generation?: number
  readonly name?: string
}

/** A Plan as `kubectl apply` would take it, over all nodes, one at a time. */
export function aPlan({ spec = {}, annotations = {}, status, generation = 1, name = 'server-plan' }: PlanParts = {}): Plan {
  const parsed = parsePlan({
    metadata: { name, namespace: 'system-upgrade', uid: `uid-${name}`, generation, annotations },
    spec: {
      concurrency: 1,
      nodeSelector: {},
      serviceAccountName: 'system-upgrade',
      version: 'v1.20.3+k3s1',
      upgrade: { image: 'rancher/k3s-upgrade' },
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  })
  if (parsed.kind !== 'Plan') throw new Error(parsed.message)
  return parsed.plan
}

export function someFacts(plan: Plan, nodes: readonly NodeFacts[], more: Partial<PlanFacts> = {}): PlanFacts {
  return {
    plan,
    nodes,
    jobs: [],
    podsByJob: new Map(),
    secretHashes: new Map(),
    apiServer: 'v1.20.3+k3s1',
    failures: new Map(),
    refusals: new Map(),
    drains: new Map(),
    volumes: { attachments: { get: () => [] }, claims: new Map() },
    exclusiveElsewhere: new Set(),
    settings: defaultPlanSettings,
    controllerName: 'system-upgrade-controller',
    factsAgeMs: 0,
    orderKey,
    ...more,
  }
}

/** A cluster in a few lines: it carries out decisions at once, so that tests can follow a Plan over several of them. */
export class PlanWorld {
  facts: PlanFacts
  nowMs = noonMs
  readonly done: PlanAction[] = []
  readonly events: { reason: string; message: string }[] = []
  readonly #pods = new Map<string, readonly PodFacts[]>()
  #serial = 0

  constructor(facts: PlanFacts) {
    this.facts = facts
  }

  /** Decides, writes the status, carries everything out; again until nothing follows. Returns the last decision. */
  settle(): PlanDecision {
    for (let round = 0; round < 50; round++) {
      const decision = decidePlan(this.facts, 'cluster-id', this.nowMs)
      const changed = statusPatch(this.facts.plan.status, decision.status) !== undefined
      this.facts = { ...this.facts, plan: { ...this.facts.plan, status: decision.status } }
      this.events.push(...decision.events)
      for (const action of decision.actions.flat()) this.carryOut(action)
      if (!changed && decision.actions.length === 0) return decision
    }
    throw new Error('the decision does not settle')
  }

  /** Decides, and carries out nothing. */
  decide(): PlanDecision {
    return decidePlan(this.facts, 'cluster-id', this.nowMs)
  }

  condition(type = 'Complete') {
    return this.facts.plan.status?.conditions?.find((c) => c.type === type)
  }

  node(name: string): NodeFacts {
    const node = this.facts.nodes.find((n) => n.name === name)
    if (node === undefined) throw new Error(`no node ${name}`)
    return node
  }

  setNode(name: string, change: Partial<NodeFacts>): void {
    this.facts = { ...this.facts, nodes: this.facts.nodes.map((n) => (n.name === name ? { ...n, ...change } : n)) }
  }

  jobOn(node: string): JobFacts | undefined {
    return this.facts.jobs.find((j) => j.labels['upgrade.cattle.io/node'] === node)
  }

  setJob(node: string, change: Partial<JobFacts>): void {
    this.facts = {
      ...this.facts,
      jobs: this.facts.jobs.map((j) => (j.labels['upgrade.cattle.io/node'] === node ? { ...j, ...change } : j)),
    }
  }

  /** The Job's pod is at work; a Job that cordons has made its node unschedulable. */
  begin(node: string): void {
    const job = this.jobOn(node)
    if (job === undefined) throw new Error(`no Job on ${node}`)
    this.setJob(node, { active: 1 })
    if (job.cordons) this.setNode(node, { unschedulable: true })
    const pod = { containers: [{ name: 'upgrade', init: false, state: 'Running', reason: '', message: '' }] } as unknown as PodFacts
    this.#pods.set(job.name, [pod])
    this.facts = { ...this.facts, podsByJob: this.#pods }
  }

  /** The Job has done its work; the kubelet reports `version`, unless the image did nothing. */
  succeed(node: string, version?: string): void {
    this.setJob(node, { active: 0, succeeded: 1, end: { kind: 'Complete', atMs: this.nowMs, reason: '', message: '' } })
    if (version !== undefined) this.setNode(node, { kubeletVersion: version })
  }

  fail(node: string, reason = 'BackoffLimitExceeded', message = 'Job has reached the specified backoff limit'): void {
    this.setJob(node, { active: 0, failed: 1, end: { kind: 'Failed', atMs: this.nowMs, reason, message } })
  }

  carryOut(action: PlanAction): void {
    this.done.push(action)
    switch (action.kind) {
      case 'PatchNode': {
        const { unschedulable, labels, journal } = action.patch
        const node = this.node(action.node)
        const { journal: _, ...rest } = node
        const kept = journal === undefined ? node.journal : (journal ?? undefined)
        const next: NodeFacts = {
          ...rest,
          ...(unschedulable === undefined ? {} : { unschedulable }),
          labels: { ...node.labels, ...labels },
          ...(kept === undefined ? {} : { journal: kept }),
        }
        this.facts = { ...this.facts, nodes: this.facts.nodes.map((n) => (n.name === node.name ? next : n)) }
        return
      }
      case 'CreateJob':
        this.facts = { ...this.facts, jobs: [...this.facts.jobs, this.#jobFacts(action)] }
        return
      case 'StartJob':
        this.facts = { ...this.facts, jobs: this.facts.jobs.map((j) => (j.name === action.name ? { ...j, parallelism: 1 } : j)) }
        return
      case 'SetDeadline':
        this.facts = { ...this.facts, jobs: this.facts.jobs.map((j) => (j.name === action.name ? withDeadline(j, action.seconds) : j)) }
        return
      case 'DeleteJob':
        this.facts = { ...this.facts, jobs: this.facts.jobs.filter((j) => j.uid !== action.uid) }
        return
      case 'ReadFailure':
        this.facts = { ...this.facts, failures: new Map([...this.facts.failures, [action.jobUid, { log: 'the last line' }]]) }
        return
      default:
        return
    }
  }

  #jobFacts({ job }: Extract<PlanAction, { kind: 'CreateJob' }>): JobFacts {
    this.#serial += 1
    const { metadata = {}, spec } = job
    const init = spec?.template.spec?.initContainers ?? []
    return {
      name: metadata.name ?? '',
      namespace: metadata.namespace ?? '',
      uid: `job-${this.#serial}`,
      resourceVersion: '1',
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      ownerUid: metadata.ownerReferences?.[0]?.uid ?? '',
      createdAtMs: this.nowMs + this.#serial,
      parallelism: spec?.parallelism ?? 1,
      suspend: false,
      ...(spec?.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: spec.activeDeadlineSeconds }),
      ...(spec?.ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished: spec.ttlSecondsAfterFinished }),
      active: 0,
      succeeded: 0,
      failed: 0,
      deleting: false,
      cordons: init.some((c) => c.name === 'cordon' || c.name === 'drain'),
      templateDigest: `full:${metadata.annotations?.['falkirk.dev/template'] ?? ''}`,
    }
  }
}

function withDeadline({ activeDeadlineSeconds: _, ...job }: JobFacts, seconds: number | null): JobFacts {
  return seconds === null ? job : { ...job, activeDeadlineSeconds: seconds }
}
