import type { ClusterUpgradeSpec } from '../../src/core/upgrade/api/upgrade-spec.ts'
import type { UpgradeCluster } from './upgrade-cluster.ts'
import type { UpgradeDeed, UpgradeStory } from './upgrade-story.ts'

/** Versions that stories go over, oldest first. */
const upstream = ['v1.30.4', 'v1.30.8', 'v1.31.5', 'v1.32.11'] as const

/** As the distribution of a story writes them: k3s by Jobs, kubeadm over SSH. */
export function versionsOf({ hosts }: Pick<UpgradeStory, 'hosts'>): readonly [string, string, string, string] {
  const [first, second, third, last] = upstream.map((version) => (hosts === undefined ? `${version}+k3s1` : version))
  return [first ?? '', second ?? '', third ?? '', last ?? '']
}

/** Names of nodes that are away because of what befell them. */
export type Hurt = Map<string, 'Kill' | 'Disconnect'>

/** What people have done so far that counts later: who is away, and the version that they want in the end. */
interface Done {
  readonly hurt: Hurt
  readonly wished: { version: string }
  /** Oldest first. */
  readonly versions: readonly [string, string, string, string]
}

/** The version that the spec wants now. */
export function wantedVersion({ cluster: { store } }: UpgradeCluster): string {
  return (store.get('clusterupgrades.falkirk.dev', undefined, 'up')?.spec as ClusterUpgradeSpec | undefined)?.version ?? ''
}

/** Who has cancelled does not take that back. */
export async function wish(run: UpgradeCluster, spec: Partial<ClusterUpgradeSpec>): Promise<void> {
  const upgrade = run.cluster.store.get('clusterupgrades.falkirk.dev', undefined, 'up')
  if (upgrade !== undefined && (upgrade.spec as ClusterUpgradeSpec).action !== 'Cancel') await run.edit('up', spec)
}

export async function carryOut(run: UpgradeCluster, deed: UpgradeDeed, { hurt, wished, versions }: Done): Promise<void> {
  const { store, twin } = run.cluster
  switch (deed.kind) {
    case 'Pause':
    case 'Run':
    case 'Cancel':
      return await wish(run, { action: deed.kind })
    case 'Raise':
      wished.version = versions[3]
      return await wish(run, wished)
    case 'Break':
      return await wish(run, { version: 'later' })
    case 'Delete':
      if (store.get('clusterupgrades.falkirk.dev', undefined, 'up') !== undefined)
        await twin.api.client.delete('clusterupgrades.falkirk.dev', { name: 'up' })
      return
    case 'RaiseMax':
      return await wish(run, { drain: { timeout: '4m' } })
    case 'Join':
      if (store.get('nodes', undefined, 'worker-9') === undefined) await run.join('worker-9', versions[0])
      return
    default:
      return await befall(run, deed, hurt)
  }
}

async function befall(run: UpgradeCluster, { kind, worker }: Extract<UpgradeDeed, { worker: number }>, hurt: Hurt): Promise<void> {
  const { store, twin } = run.cluster
  const name = `worker-${worker}`
  const node = store.get('nodes', undefined, name)
  if (node === undefined) return
  const isCordoned = (node.spec as { unschedulable?: boolean }).unschedulable === true
  switch (kind) {
    case 'Cordon':
      // of a node that is cordoned already nobody can tell who has done it
      return isCordoned ? undefined : await run.cordon(name)
    case 'Uncordon':
      return run.witness.foreignCordons.has(name) ? await run.cordon(name, false) : undefined
    case 'Leave':
      hurt.delete(name)
      run.witness.foreignCordons.delete(name)
      return await run.leave(name)
    case 'Kill':
    case 'Disconnect':
      if (hurt.has(name)) return
      hurt.set(name, kind)
      if (kind === 'Kill') twin.fleet.kill(name)
      else twin.fleet.disconnect(name)
  }
}

/** What befell nodes is over. */
export function bringBack({ cluster: { twin } }: UpgradeCluster, hurt: Hurt): void {
  for (const [name, what] of hurt) {
    if (what === 'Kill') twin.fleet.revive(name)
    else twin.fleet.reconnect(name)
  }
  hurt.clear()
}
