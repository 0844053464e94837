import type { ApiClient } from '../../cluster/api-client.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { HostFacts } from '../../core/host/host-facts.ts'
import { hostRisks } from '../../core/host/host-risks.ts'
import { foreseeHosts } from '../../core/upgrade/foresee/foresee-hosts.ts'
import { foreseeUpgrade } from '../../core/upgrade/foresee/foresee-upgrade.ts'
import { unfitHosts } from '../../core/upgrade/foresee/unfit-hosts.ts'
import type { UpgradeFacts } from '../../core/upgrade/upgrade-facts.ts'
import { readClusterFacts } from './read-facts.ts'
import type { WishedUpgrade } from './wished-upgrade.ts'

export interface FitnessOptions extends Pick<UpgradeFacts, 'namespace' | 'releases'> {
  readonly wish: WishedUpgrade
  /** What was found on the hosts, by the names of their nodes. */
  readonly told: ReadonlyMap<string, HostFacts>
}

/**
 * What any host would be refused for when its turn comes is told before the first one is touched: throws FK_UPGRADE_REFUSED, one sentence a host. Gives what may go
 * wrong on the way, one sentence each.
 */
export async function refuseUnfit(client: ApiClient, { wish, told, ...known }: FitnessOptions): Promise<readonly string[]> {
  const { facts } = await readClusterFacts(client, wish.upgrade, known)
  const turns = foreseeUpgrade(facts, client.clock.now()).nodes
  const { now, later } = unfitHosts(foreseeHosts(turns, facts, told))
  if (now.length === 1) throw new FalkirkError('FK_UPGRADE_REFUSED', now.join())
  if (now.length > 1)
    throw new FalkirkError('FK_UPGRADE_REFUSED', `${now.length} hosts cannot be changed\n${now.map((text) => `  ${text}`).join('\n')}`)
  const first = new Map(turns.toReversed().map(({ node, to }) => [node, to] as const))
  const touched = new Map([...told].filter(([name]) => first.has(name)))
  return [...hostRisks(touched, first), ...later]
}
