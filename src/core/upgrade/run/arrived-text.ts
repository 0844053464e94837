import type { UpgradeSettings } from '../api/upgrade-settings.ts'
import { changesText } from '../hosts/host-changes.ts'

/** What holds once a run is done, as a clause: no more than what its spec asks for, as nobody may take a part for the whole. */
export function arrivedText(settings: UpgradeSettings, version: string): string {
  const { scope, nodes, pools } = settings
  switch (scope) {
    case 'Hosts':
      return `every node is done: ${changesText(settings)}`
    case 'ControlPlane':
      return `the control plane runs ${version}`
    case 'Cluster':
      return nodes === undefined ? `the cluster runs ${version}` : `the control plane and the nodes of spec.nodes run ${version}`
    case 'Pools': {
      if (nodes !== undefined) return `the nodes of spec.nodes run ${version}`
      const names = pools.slice(0, 3).map(({ name }) => name)
      const more = pools.length > names.length ? ` and ${pools.length - names.length} more` : ''
      return pools.length === 1 ? `pool ${names[0]} runs ${version}` : `pools ${names.join(', ')}${more} run ${version}`
    }
  }
}
