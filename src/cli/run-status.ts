import type { ApiClient } from '../cluster/api-client.ts'
import { clusterUpgrades } from '../cluster/resource.ts'
import type { KubeObject } from '../core/kubernetes/object-meta.ts'
import { type ExitCode, exitCodeOfPhase, exitCodes } from './upgrade/exit-code.ts'
import { findRun } from './upgrade/find-run.ts'
import { drawRun, paintRun, unbounded } from './upgrade/run-frame.ts'
import { runState } from './upgrade/run-state.ts'
import type { CommandPorts } from './upgrade/terminal.ts'
import { watchRun } from './upgrade/watch-run.ts'
import { yamlText } from './yaml-text.ts'

export interface StatusOptions {
  readonly name: string | undefined
  readonly watch: boolean
  readonly output: 'text' | 'json' | 'yaml'
  readonly lostAfterMs: number
}

/** Shows where a run is: the one of that name, the only one that has not ended, or the newest. With `watch` until it is at rest. */
export async function runStatus(
  client: ApiClient,
  { name, watch, output, lostAfterMs }: StatusOptions,
  ports: CommandPorts,
): Promise<ExitCode> {
  const found = await findRun(client, name, 'OrNewest')
  if (watch) return await watchRun(client, { name: found.name, view: output === 'text' ? 'Text' : 'Json', lostAfterMs }, ports)
  const object = await client.get<KubeObject>(clusterUpgrades, { name: found.name })
  const run = runState(object)
  if (output === 'text') {
    const size = ports.size()
    const frame = drawRun({ run, nowMs: ports.now(), state: 'Once' }, { columns: size?.columns ?? unbounded.columns, rows: unbounded.rows })
    ports.write(`${ports.colours ? paintRun(frame) : frame}\n`)
  } else {
    const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown }
    const told = { ...object, metadata }
    ports.write(output === 'json' ? `${JSON.stringify(told, null, 2)}\n` : yamlText(told))
  }
  return run.isSeen ? exitCodeOfPhase(run.status.phase) : exitCodes.Done
}
