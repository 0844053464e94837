import { isForbidden, isNotFound } from '../../cluster/api-error.ts'
import type { PlanCaches } from '../plan/plan-caches.ts'
import type { Shell } from '../shell.ts'
import { watchUpgrades } from './upgrade-caches.ts'
import { UpgradeController } from './upgrade-controller.ts'

/** Whether the API of ClusterUpgrades is there is asked this often until it is. */
const intervalMs = 60_000

export interface UpgradesFollowed {
  /** Looks at every run again, e.g. when the API server has another version. */
  wakeAll(): void
  stop(): Promise<void>
}

/**
 * Looks after ClusterUpgrades as soon as their API is there and may be read. Until then Plans are looked after as ever: who replaces a
 * system-upgrade-controller by its image alone has neither the API nor the rights.
 */
export function followUpgrades(shell: Shell, plans: PlanCaches, serverVersion: () => string): UpgradesFollowed {
  const { clock, client, log } = shell
  let stopped = false
  let cancel = () => {}
  let controller: UpgradeController | undefined
  let stopWatch = async () => {}
  const look = async () => {
    const found = await client.transport
      .json({ method: 'GET', path: '/apis/falkirk.dev/v1alpha1/clusterupgrades', query: { limit: '1' } })
      .then(
        () => true,
        (error: unknown) => {
          if (!isNotFound(error) && !isForbidden(error)) log.debug({ err: error }, 'the API of ClusterUpgrades does not answer')
          return false
        },
      )
    if (stopped) return
    if (found) await begin()
    else cancel = clock.after(intervalMs, () => void look())
  }
  const begin = async () => {
    const upgrades = watchUpgrades(shell)
    stopWatch = () => upgrades.stop()
    await upgrades.synced.catch(() => {})
    if (stopped) return
    log.info({ upgrades: upgrades.upgrades.size }, 'looks after ClusterUpgrades')
    controller = new UpgradeController(shell, plans, upgrades, serverVersion)
  }
  void look()
  return {
    wakeAll: () => controller?.wakeAll(),
    stop: async () => {
      stopped = true
      cancel()
      await controller?.stop()
      await stopWatch()
    },
  }
}
