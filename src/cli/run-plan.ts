import type { ApiClient } from '../cluster/api-client.ts'
import { doesComplete, planUpgrade } from '../core/upgrade/foresee/plan-upgrade.ts'
import type { Releases } from '../core/version/releases.ts'
import { type ExitCode, exitCodes } from './upgrade/exit-code.ts'
import { planText } from './upgrade/plan-text.ts'
import { readClusterFacts } from './upgrade/read-facts.ts'
import type { CommandPorts } from './upgrade/terminal.ts'
import type { WishedUpgrade } from './upgrade/wished-upgrade.ts'
import { yamlText } from './yaml-text.ts'

export interface PlanOptions {
  readonly wish: WishedUpgrade
  readonly output: 'text' | 'json' | 'yaml'
  readonly namespace: string
  readonly releases: Releases
  /** Nodes whose hosts have an address of the API; nobody has looked where they are left out. */
  readonly holders?: readonly string[]
}

/** Prints what an upgrade would do on the cluster as it is now, node by node; writes nothing to it. The exit code: 0, or 2 when it would not be done. */
export async function runPlan(
  client: ApiClient,
  { wish, output, holders: nodes = [], ...known }: PlanOptions,
  { write, size }: CommandPorts,
): Promise<ExitCode> {
  const nowMs = client.clock.now()
  const { facts, ...more } = await readClusterFacts(client, wish.upgrade, known)
  const planned = planUpgrade({ ...more, facts: { ...facts, addressHolders: { atMs: nowMs, nodes } } }, nowMs)
  if (output === 'text') write(`${planText(planned, size()?.columns)}\n`)
  else write(output === 'json' ? `${JSON.stringify(planned, null, 2)}\n` : yamlText(planned))
  return doesComplete(planned) ? exitCodes.Done : exitCodes.Refused
}
