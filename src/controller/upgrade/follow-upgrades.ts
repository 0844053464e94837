import { isForbidden, isNotFound } from '../../cluster/api-error.ts'
import { clusterUpgrades, resourcePath } from '../../cluster/resource.ts'
import type { ApiTransport } from '../../cluster/transport.ts'
import { isActive } from '../../core/upgrade/run/run-phase.ts'
import type { PlanCaches } from '../plan/plan-caches.ts'
import { registerUpgradeCrd } from '../register-crd.ts'
import type { Shell } from '../shell.ts'
import { LockedUpgrades } from './locked-upgrades.ts'
import { type CachedUpgrades, watchUpgrades } from './upgrade-caches.ts'

/** Whether the API of ClusterUpgrades is there is asked this often until it is. */
const intervalMs = 60_000
/** An API server that has not answered may do so at any moment. */
const silentMs = 5_000
/** Plans wait no longer than this to learn of ClusterUpgrades: a right that is missing there is no reason for them to stand still. */
const longestUnknownMs = 10_000

export interface UpgradesFollowed {
  /** Resolves when it is known which ClusterUpgrades there are, or that this will not be known soon: their API is not there, or may not be read. */
  readonly known: Promise<void>
  /** Looks at every run again, e.g. when the API server has another version. */
  wakeAll(): void
  stop(): Promise<void>
}

/** `Forbidden`: it may not be read, whether it is there or not. */
type ApiFound = 'Found' | 'Missing' | 'Forbidden' | 'Silent'

async function findApi(transport: ApiTransport): Promise<ApiFound> {
  try {
    await transport.json({ method: 'GET', path: resourcePath(clusterUpgrades), query: { limit: '1' } })
    return 'Found'
  } catch (error) {
    if (isNotFound(error)) return 'Missing'
    return isForbidden(error) ? 'Forbidden' : 'Silent'
  }
}

/**
 * Looks after ClusterUpgrades as soon as their API is there and may be read; where it may be read and is not there it is registered, if that
 * is allowed. Until then Plans are looked after as ever: who replaces a system-upgrade-controller by its image alone has neither the API nor the rights.
 */
export function followUpgrades(shell: Shell, plans: PlanCaches, serverVersion: () => string): UpgradesFollowed {
  const { clock, client, log } = shell
  let stopped = false
  let cancel = () => {}
  let locked: LockedUpgrades | undefined
  let stopTelling = () => {}
  let stopWatch = async () => {}
  let isTried = false
  let settle = () => {}
  const known = new Promise<void>((resolve) => {
    settle = resolve
  })
  const stopWaiting = clock.after(longestUnknownMs, settle)
  const look = async () => {
    const api = await findApi(client.transport)
    if (api === 'Silent') log.debug({}, 'the API of ClusterUpgrades does not answer')
    // who may list what is not there yet was given the rights on purpose
    const found = api === 'Found' || (api === 'Missing' && !isTried && (await registerUpgradeCrd(client, log)))
    if (stopped) return
    isTried ||= api === 'Missing'
    if (found) await begin()
    else cancel = clock.after(api === 'Silent' ? silentMs : intervalMs, () => void look())
    if (api !== 'Silent') settle()
  }
  const begin = async () => {
    const upgrades = watchUpgrades(shell)
    stopWatch = () => upgrades.stop()
    await upgrades.synced.catch(() => {})
    if (stopped) return
    log.info({ upgrades: upgrades.upgrades.size }, 'looks after ClusterUpgrades')
    stopTelling = tellPlans(plans, upgrades)
    locked = new LockedUpgrades(shell, plans, upgrades, serverVersion)
  }
  void look()
  return {
    known,
    wakeAll: () => locked?.wakeAll(),
    stop: async () => {
      stopped = true
      cancel()
      stopWaiting()
      await locked?.stop()
      stopTelling()
      await stopWatch()
    },
  }
}

/** Plans begin with no node while a run has not ended, whoever looks after it; the nodes that they have begun with finish. */
function tellPlans({ upgradeAtWork }: PlanCaches, { upgrades }: CachedUpgrades): () => void {
  const tell = () => {
    const active = [...upgrades.values()].filter(({ parsed }) => parsed.kind === 'Upgrade' && isActive(parsed.upgrade))
    upgradeAtWork.change(active.map(({ name }) => name).sort()[0])
  }
  const end = upgrades.onChange(tell)
  tell()
  return () => {
    end()
    upgradeAtWork.change(undefined)
  }
}
