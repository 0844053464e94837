import type { DrainRuleSpec } from '../../drain/drain-rule.ts'
import type { LabelSelector } from '../../kubernetes/label-selector-schema.ts'
import type { ContainerSpec } from '../../plan/container-spec.ts'
import { parseGoDuration } from '../../plan/go-duration.ts'
import type { HostChanges } from '../hosts/host-changes.ts'
import type { RecipeSpec } from './recipe-spec.ts'
import type { ClusterUpgradeSpec, PoolSpec } from './upgrade-spec.ts'

/** How the nodes of one pool are taken. */
export interface PoolSettings {
  readonly name: string
  readonly nodeSelector: LabelSelector
  readonly first: number
  readonly factor: number
  readonly max: number
  readonly maxUnavailable: number
  /** Label whose value the nodes of a batch share. */
  readonly spread?: string
  /** The pool of all nodes that no other one selects, which no spec names. */
  readonly isRest?: true
}

/** A spec with everything said: what was left out is filled in, durations are milliseconds. */
export interface UpgradeSettings {
  readonly version: string
  readonly scope: 'Cluster' | 'ControlPlane' | 'Pools' | 'Hosts'
  readonly action: 'Run' | 'Pause' | 'Cancel'
  readonly continueFrom: number
  readonly stopAfter?: 'Hop' | 'ControlPlane' | 'Pool' | 'Batch' | 'Node'
  readonly workers: 'Lazy' | 'EveryHop'
  /** Names of risks and way-points. */
  readonly acceptedRisks: ReadonlySet<string>
  readonly pools: readonly PoolSettings[]
  /** Absent: all. */
  readonly nodes?: ReadonlySet<string>
  readonly drain: {
    readonly timeoutMs: number
    readonly whenBlocked: 'Pause' | 'Quarantine' | 'Force'
    readonly force: boolean
    readonly deleteEmptyDirData: boolean
    readonly preferDoneNodes: boolean
    readonly rules: readonly DrainRuleSpec[]
    readonly gracePeriodSeconds?: number
  }
  readonly soak: { readonly displacedPodsReady: boolean; readonly forMs: number; readonly timeoutMs: number }
  readonly failure: { readonly retries: number; readonly budget: number; readonly pauseExpiryMs: number }
  readonly via: 'Job' | 'SSH'
  readonly upgrade?: ContainerSpec
  readonly recipe?: RecipeSpec
  /** What is changed on hosts beside Kubernetes. */
  readonly os?: NonNullable<HostChanges['os']>
  readonly runtime?: NonNullable<HostChanges['runtime']>
}

const minutes = 60_000
const defaultBatches = { first: 1, factor: 2, max: 10 }

/** Name of the pool of all nodes that no other pool selects. */
export const restPool = 'rest'

/** Fills in what a spec leaves out. */
export function upgradeSettings(spec: ClusterUpgradeSpec): UpgradeSettings {
  const { soak = {}, failure = {}, node = {} } = spec
  return {
    version: spec.version,
    scope: spec.scope ?? 'Cluster',
    action: spec.action ?? 'Run',
    continueFrom: spec.continueFrom ?? 0,
    ...(spec.stopAfter === undefined ? {} : { stopAfter: spec.stopAfter }),
    workers: spec.workers ?? 'Lazy',
    acceptedRisks: new Set((spec.acceptedRisks ?? []).map(({ check }) => check)),
    pools: poolSettings(spec.pools ?? [], spec.scope === 'Pools'),
    ...(spec.nodes === undefined ? {} : { nodes: new Set(spec.nodes) }),
    drain: drainSettings(spec.drain),
    soak: {
      displacedPodsReady: soak.displacedPodsReady !== false,
      forMs: durationMs(soak.for) ?? 10_000,
      timeoutMs: durationMs(soak.timeout) ?? 10 * minutes,
    },
    failure: {
      retries: failure.retries ?? 2,
      budget: failure.budget ?? 0,
      pauseExpiryMs: durationMs(failure.pauseExpiry) ?? 168 * 60 * minutes,
    },
    ...nodeSettings(node),
  }
}

function nodeSettings({
  via = 'Job',
  upgrade,
  recipe,
  os,
  runtime,
}: NonNullable<ClusterUpgradeSpec['node']>): Pick<UpgradeSettings, 'via' | 'upgrade' | 'recipe' | 'os' | 'runtime'> {
  return {
    via,
    ...(upgrade === undefined ? {} : { upgrade }),
    ...(recipe === undefined ? {} : { recipe }),
    ...(os === undefined ? {} : { os: { packages: os.packages ?? 'All', reboot: os.reboot ?? 'IfRequired' } }),
    ...(runtime === undefined ? {} : { runtime }),
  }
}

function drainSettings(drain: NonNullable<ClusterUpgradeSpec['drain']> = {}): UpgradeSettings['drain'] {
  return {
    timeoutMs: durationMs(drain.timeout) ?? 30 * minutes,
    whenBlocked: drain.whenBlocked ?? 'Pause',
    force: drain.force === true,
    deleteEmptyDirData: drain.deleteEmptyDirData !== false,
    preferDoneNodes: drain.preferDoneNodes !== false,
    rules: drain.rules ?? [],
    ...(drain.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: drain.gracePeriodSeconds }),
  }
}

/** With scope Pools only what is named, be it pools or nodes alone; otherwise the nodes of no pool come last. */
function poolSettings(pools: readonly PoolSpec[], onlyNamed: boolean): readonly PoolSettings[] {
  const named = pools.map(({ name, nodeSelector, batches = {}, maxUnavailable, spread }) => {
    const sizes = { ...defaultBatches, ...batches }
    return { name, nodeSelector, ...sizes, maxUnavailable: maxUnavailable ?? sizes.max, ...(spread === undefined ? {} : { spread }) }
  })
  const rest = { name: restPool, nodeSelector: {}, ...defaultBatches, maxUnavailable: defaultBatches.max, isRest: true } as const
  return onlyNamed && named.length > 0 ? named : [...named, rest]
}

function durationMs(text: string | undefined): number | undefined {
  const nanoseconds = text === undefined ? undefined : parseGoDuration(text)
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6
}
