import { readFile } from 'node:fs/promises'
import type { ApiClient } from '../cluster/api-client.ts'
import { isAlreadyExists, isNotFound } from '../cluster/api-error.ts'
import { clusterUpgrades } from '../cluster/resource.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { upgradeSettings } from '../core/upgrade/api/upgrade-settings.ts'
import { decideUpgrade } from '../core/upgrade/decide-upgrade.ts'
import { arrivedText } from '../core/upgrade/run/arrived-text.ts'
import type { Releases } from '../core/version/releases.ts'
import { type ExitCode, exitCodes } from './upgrade/exit-code.ts'
import { noApi } from './upgrade/find-run.ts'
import type { LocalController } from './upgrade/local-controller.ts'
import { readClusterFacts } from './upgrade/read-facts.ts'
import { endedEvent } from './upgrade/run-events.ts'
import type { ViewKind } from './upgrade/run-views.ts'
import type { CommandPorts } from './upgrade/terminal.ts'
import { watchRun } from './upgrade/watch-run.ts'
import { type WishedUpgrade, type WishFlags, wishedUpgrade } from './upgrade/wished-upgrade.ts'

export interface UpgradeOptions {
  readonly wish: WishedUpgrade
  readonly view: ViewKind
  readonly lostAfterMs: number
  readonly namespace: string
  readonly releases: Releases
  /** Works on the run from here for as long as it is followed; somebody else does unless told. */
  readonly startWork?: () => LocalController
  /** What is said after Ctrl-C. */
  readonly interrupted?: string
}

/** The object that the flags and the file of `-f` ask for; `-` is standard input. Throws as `wishedUpgrade`, and FK_MANIFEST for a file that cannot be read. */
export async function readWish(flags: WishFlags): Promise<WishedUpgrade> {
  const { file } = flags
  if (file === undefined) return wishedUpgrade(flags, undefined)
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new FalkirkError('FK_MANIFEST', `${file} cannot be read (${cause.code ?? cause.message}): name a file with a ClusterUpgrade`, {
      cause,
    })
  })
  return wishedUpgrade(flags, text)
}

/**
 * Creates a run and follows it to its end. What would be refused is not created, nor what would find nothing to do. Throws FK_UPGRADE_REFUSED, FK_NO_RUN where the API is missing, and as
 * the API does.
 */
export async function runUpgrade(
  client: ApiClient,
  { wish, view, lostAfterMs, startWork, interrupted, ...known }: UpgradeOptions,
  ports: CommandPorts,
): Promise<ExitCode> {
  const { facts } = await readClusterFacts(client, wish.upgrade, known)
  const { status } = decideUpgrade(facts, client.clock.now())
  if (status.phase === 'Refused') throw new FalkirkError('FK_UPGRADE_REFUSED', status.message ?? 'the controller would refuse it')
  const { name } = wish.object.metadata
  if (status.phase === 'Complete') return alreadyThere(wish, view, ports)
  await client.create(clusterUpgrades, wish.object).catch((error: unknown) => {
    if (isNotFound(error)) throw noApi(error)
    if (!isAlreadyExists(error)) throw error
    const message = `there is a ClusterUpgrade ${name} already: falkirk status ${name} shows it; give this one another --name`
    throw new FalkirkError('FK_UPGRADE_REFUSED', message, { cause: error })
  })
  if (view === 'Text') ports.warn(`ClusterUpgrade ${name} created`)
  const work = startWork?.()
  try {
    return await watchRun(client, { name, view, lostAfterMs, ...(interrupted === undefined ? {} : { interrupted }) }, ports)
  } finally {
    await work?.stop()
  }
}

function alreadyThere({ upgrade }: WishedUpgrade, view: ViewKind, { write, now }: CommandPorts): ExitCode {
  const { metadata, spec } = upgrade
  const event = endedEvent(metadata.name, { reason: 'Unchanged', exitCode: exitCodes.Done }, now())
  const what = spec.scope === 'Hosts' ? 'every node has this already' : `${arrivedText(upgradeSettings(spec), spec.version)} already`
  write(view === 'Json' ? `${JSON.stringify(event)}\n` : `${what}: nothing is created\n`)
  return exitCodes.Done
}
