import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import { isVirtual } from '../../kubernetes/virtual-node.ts'
import type { HostOrder } from '../../recipe/host-order.ts'
import { compareEtcd, parseEtcdVersion } from '../../version/etcd-version.ts'
import type { RunContext } from '../node/node-turn.ts'
import { isNoted } from './os-note.ts'

/** What is changed on the host of a node beside Kubernetes. */
export type HostChanges = Pick<HostOrder, 'os' | 'runtime'>

type RuntimeWish = NonNullable<HostOrder['runtime']>

/**
 * What of it is left on a node: the runtime is what the kubelet reports, packages are done when the run's note stands on the node. Where `spec.nodes`
 * names nodes, no other one is touched, of the control plane neither.
 */
export function changesLeft(
  node: Pick<NodeFacts, 'name' | 'labels' | 'runtimeVersion' | 'osNote'>,
  { settings, facts }: Pick<RunContext, 'settings' | 'facts'>,
): HostChanges {
  const isOurs = settings.nodes === undefined || settings.nodes.has(node.name)
  if (settings.via !== 'SSH' || !isOurs || isVirtual(node)) return {}
  const { os, runtime } = settings
  const isDone = os === undefined || isNoted(node.osNote, facts.upgrade.metadata.uid, os)
  return {
    ...(isDone ? {} : { os }),
    ...(runtime === undefined || hasRuntime(node, runtime) ? {} : { runtime: foundRuntime(node, runtime) }),
  }
}

export function hasChangesLeft(node: Parameters<typeof changesLeft>[0], context: Parameters<typeof changesLeft>[1]): boolean {
  const { os, runtime } = changesLeft(node, context)
  return os !== undefined || runtime !== undefined
}

/** Whether the kubelet reports the runtime, in this version or a later one, as none is ever lowered. */
export function hasRuntime({ runtimeVersion }: Pick<NodeFacts, 'runtimeVersion'>, wanted: RuntimeWish): boolean {
  const [, name, version = ''] = /^([\w-]+):\/\/(.*)$/.exec(runtimeVersion) ?? []
  if (name !== wanted.name) return false
  const [is, least] = [versionOf(version), versionOf(wanted.version ?? '')]
  return least === undefined || (is !== undefined && compareEtcd(is, least) >= 0)
}

/** A controller that comes later finds containerd there, and has to know what the change began with. Where docker is not, no disk of it can be named. */
function foundRuntime({ runtimeVersion }: Pick<NodeFacts, 'runtimeVersion'>, wanted: RuntimeWish): RuntimeWish {
  if (runtimeVersion.startsWith('docker://')) return { ...wanted, from: 'docker' }
  const { reformatDisk, ...others } = wanted
  return others
}

/** Packagers put their own count behind it: `1.7.24~ds1`. */
function versionOf(text: string): readonly [number, number, number] | undefined {
  return parseEtcdVersion(text.replace(/^v/, '').replace(/[~+-].*/, ''))
}

/** For people: `all packages, a reboot if it is required, containerd 1.7.24`; empty where nothing is changed. */
export function changesText({ os, runtime }: HostChanges): string {
  const reboots = { Never: [], IfRequired: ['a reboot if it is required'], Always: ['a reboot'] }
  const packages = { None: [], Security: ['security packages'], All: ['packages'] }
  const parts = [
    ...(os === undefined ? [] : [...packages[os.packages], ...reboots[os.reboot]]),
    ...(runtime === undefined ? [] : [`${runtime.name}${runtime.version === undefined ? '' : ` ${runtime.version}`}`]),
    ...(runtime?.reformatDisk === undefined ? [] : [`${runtime.reformatDisk} reformatted where docker has it`]),
  ]
  return parts.join(', ')
}
