import { apiMembers, hostsToAsk, ownPlace } from '../../core/api-path/api-members.ts'
import { judgeApiPath } from '../../core/api-path/judge-api-path.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import { layoutOf } from '../../core/host/layout.ts'
import { askApiPath } from '../../node/ask-api-path.ts'
import type { Host } from '../../node/host.ts'

/**
 * Asks hosts of kubeadm who answers at the address of their API, and gives what cannot be told, one sentence each. What would hold the run is left to it: there it can
 * be mended, or accepted by name.
 */
export async function unprovenApi(
  told: ReadonlyMap<string, HostFacts>,
  hostOf: (name: string) => Pick<Host, 'run'> | undefined,
): Promise<readonly string[]> {
  const kubeadm = [...told].filter(([, facts]) => layoutOf(facts).distribution === 'kubeadm')
  const places = new Map(kubeadm.map(([name, facts]) => [name, ownPlace(facts) ?? '']))
  const nodes = kubeadm.map(([name]) => ({ name, address: '', controlPlane: places.get(name) !== '' }))
  const members = apiMembers(nodes, places)
  if (members.length < 2) return []
  const named = hostsToAsk(nodes).flatMap(({ name }) => {
    const host = hostOf(name)
    return host === undefined ? [] : [{ name, host }]
  })
  const { findings } = judgeApiPath({ members, hosts: await askApiPath(named, members.length) })
  return findings.filter(({ severity }) => severity !== 'Blocks').map(({ message, fix }) => `${message}: ${fix}`)
}
