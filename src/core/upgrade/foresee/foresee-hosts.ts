import type { HostFacts } from '../../host/host-facts.ts'
import { hostAfter } from '../../recipe/host-recipe.ts'
import type { PlannedOrder } from '../../recipe/transcript.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { upgradeSettings } from '../api/upgrade-settings.ts'
import { hostOrder } from '../hosts/node-hosts.ts'
import type { UpgradeFacts } from '../upgrade-facts.ts'
import type { ForeseenNode } from './foresee-upgrade.ts'

/** What the run would ask of each host, in order, each as it would be found then. Nodes whose hosts nobody has looked at are left out. Pure. */
export function foreseeHosts(
  turns: readonly ForeseenNode[],
  { upgrade, nodes: before }: Pick<UpgradeFacts, 'upgrade' | 'nodes'>,
  found: ReadonlyMap<string, HostFacts>,
): readonly PlannedOrder[] {
  const settings = upgradeSettings(upgrade.spec)
  const { vendor } = parseVersion(settings.version) ?? {}
  const distribution = vendor?.name === 'k3s' || vendor?.name === 'rke2' ? vendor.name : 'kubeadm'
  const hosts = new Map(found)
  let nodes = before
  return turns.flatMap(({ node: name, from, to, changes }) => {
    const node = nodes.find((one) => one.name === name)
    if (node === undefined) return []
    const planned: PlannedOrder[] = []
    for (const step of ['Stage', 'Change'] as const) {
      const facts = hosts.get(name)
      if (facts === undefined) continue
      const asked = {
        node,
        run: upgrade.metadata.uid || 'RUN',
        version: to,
        step,
        distribution,
        ...changes,
        ...(from === to ? { kubernetes: 'Stays' as const } : {}),
      } as const
      const order = hostOrder(asked, { nodes, settings })
      planned.push({ order, facts })
      hosts.set(name, hostAfter(order, facts))
    }
    nodes = nodes.map((one) => (one.name === name ? { ...one, kubeletVersion: to } : one))
    return planned
  })
}
