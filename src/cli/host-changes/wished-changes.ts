import { DiskPath } from '../../core/recipe/runtime/disk-path.ts'
import type { ClusterUpgradeSpec } from '../../core/upgrade/api/upgrade-spec.ts'
import { bad, wholeNumber } from '../flag-values.ts'
import { oneOf, readObject, type WishedUpgrade, wishedNodes } from '../upgrade/wished-upgrade.ts'

/** Flags that `falkirk os upgrade` and `falkirk runtime switch` share. */
export interface ChangeFlags {
  readonly nodes?: string
  readonly max?: string
  readonly name?: string
}

export interface OsFlags extends ChangeFlags {
  readonly security?: true
  /** False: `--no-packages`. */
  readonly packages: boolean
  readonly reboot?: string
}

export interface RuntimeFlags extends ChangeFlags {
  readonly to?: string
  readonly containerd?: string
  readonly reformatDisk?: string
}

/** What is known when a command is typed: what the API server says that it is, and the time in epoch milliseconds. */
export interface Now {
  readonly apiServer: string
  readonly nowMs: number
}

type NodeSpec = NonNullable<ClusterUpgradeSpec['node']>

/** The run that upgrades packages. Throws FK_BAD_SETTING with one sentence that names the flag. */
export function wishedPackages(flags: OsFlags, now: Now): WishedUpgrade {
  const { security, packages, reboot = 'IfRequired' } = flags
  if (security && !packages) throw bad('--security and --no-packages exclude each other: leave one of them out')
  const boot = oneOf('--reboot', reboot, ['Never', 'IfRequired', 'Always'])
  if (!packages && boot === 'Never') throw bad('--no-packages and --reboot Never leave nothing to be done: leave one of them out')
  const os = { packages: packages ? (security ? 'Security' : 'All') : 'None', reboot: boot } as NonNullable<NodeSpec['os']>
  return wished('os', { os }, flags, now)
}

/** The run that changes the runtime. Throws FK_BAD_SETTING with one sentence that names the flag. */
export function wishedRuntime(flags: RuntimeFlags, now: Now): WishedUpgrade {
  const { to, containerd, reformatDisk } = flags
  if (to === undefined) throw bad('--to is missing: name the runtime to go to, containerd')
  if (to !== 'containerd') throw bad(`--to is "${to}": write containerd, the one runtime that is switched to`)
  if (containerd !== undefined && !/^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(containerd))
    throw bad(`--version is "${containerd}": write a version of containerd such as 1.7.28`)
  const [problem] = DiskPath.optional().safeParse(reformatDisk).error?.issues ?? []
  if (problem !== undefined) throw bad(`--reformat-disk is "${reformatDisk}", which ${problem.message}`)
  const asked = { ...(containerd === undefined ? {} : { version: containerd }), ...(reformatDisk === undefined ? {} : { reformatDisk }) }
  return wished('runtime', { runtime: { name: 'containerd', ...asked } }, flags, now)
}

function wished(kind: string, node: NodeSpec, { nodes, max, name }: ChangeFlags, { apiServer, nowMs }: Now): WishedUpgrade {
  const most = max === undefined ? undefined : wholeNumber('--max', max, { least: 1, most: 200 })
  return readObject(
    { name: name ?? `${kind}-${timeName(nowMs)}` },
    {
      version: apiServer,
      scope: 'Hosts',
      ...(nodes === undefined ? {} : { nodes: wishedNodes(nodes) }),
      ...(most === undefined ? {} : { pools: [{ name: 'workers', nodeSelector: {}, batches: { max: most } }] }),
      node: { via: 'SSH', ...node },
    },
  )
}

/** Runs of the same kind are told apart by when they were asked for: `20261122-113005`, in UTC. */
function timeName(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}
