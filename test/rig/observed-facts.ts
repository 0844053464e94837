/** What an observer keeps of a Node; two states with equal facts are one. */
export interface ObservedNode {
  readonly name: string
  readonly unschedulable: boolean
  readonly ready: boolean
  readonly kubeletVersion: string
  readonly labels: Readonly<Record<string, string>>
  /** Taints as `key=value:effect`, sorted. */
  readonly taints: readonly string[]
  /** Annotation `falkirk.dev/journal`; empty without one. */
  readonly journal: string
}

export interface ObservedJob {
  readonly name: string
  readonly uid: string
  readonly node: string
  readonly plan: string
  readonly version: string
  readonly parallelism: number
  readonly active: number
  readonly end: 'Complete' | 'Failed' | 'None'
  readonly deleting: boolean
}

export interface ObservedPlan {
  readonly name: string
  readonly applying: readonly string[]
  readonly latestVersion: string
  readonly latestHash: string
  /** By type, as `status/reason: message`. */
  readonly conditions: Readonly<Record<string, string>>
}

interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
}

interface Meta {
  namespace?: string
  name: string
  uid: string
  resourceVersion: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  deletionTimestamp?: string
}

export interface RawNode {
  metadata: Meta
  spec?: { unschedulable?: boolean; taints?: { key: string; value?: string; effect: string }[] }
  status?: { conditions?: Condition[]; nodeInfo?: { kubeletVersion: string } }
}

export interface RawJob {
  metadata: Meta
  spec: { parallelism?: number }
  status?: { active?: number; conditions?: Condition[] }
}

export interface RawPlan {
  metadata: Meta
  status?: { applying?: string[]; latestVersion?: string; latestHash?: string; conditions?: Condition[] }
}

export function observedNode({ metadata, spec = {}, status = {} }: RawNode): ObservedNode {
  return {
    name: metadata.name,
    unschedulable: spec.unschedulable === true,
    ready: status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true,
    kubeletVersion: status.nodeInfo?.kubeletVersion ?? '',
    labels: metadata.labels ?? {},
    taints: (spec.taints ?? []).map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).sort(),
    journal: metadata.annotations?.['falkirk.dev/journal'] ?? '',
  }
}

export function observedJob({ metadata, spec, status = {} }: RawJob): ObservedJob {
  const has = (type: string) => status.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true
  const label = (key: string) => metadata.labels?.[`upgrade.cattle.io/${key}`] ?? ''
  return {
    name: metadata.name,
    uid: metadata.uid,
    node: label('node'),
    plan: label('plan'),
    version: label('version'),
    parallelism: spec.parallelism ?? 1,
    active: status.active ?? 0,
    end: has('Failed') ? 'Failed' : has('Complete') ? 'Complete' : 'None',
    deleting: metadata.deletionTimestamp !== undefined,
  }
}

export function observedPlan({ metadata, status = {} }: RawPlan): ObservedPlan {
  const text = ({ status: state, reason = '', message = '' }: Condition) => `${state}/${reason}${message === '' ? '' : `: ${message}`}`
  return {
    name: metadata.name,
    applying: status.applying ?? [],
    latestVersion: status.latestVersion ?? '',
    latestHash: status.latestHash ?? '',
    conditions: Object.fromEntries((status.conditions ?? []).map((condition) => [condition.type, text(condition)])),
  }
}
