import { existsSync, readFileSync } from 'node:fs'
import type { RigHost } from './rig-host.ts'

/** One thing that the rig's upgrade image did on a host. */
export interface UpgradeEntry {
  readonly at: string
  readonly pod: string
  /** `started` once for each run, then one of the others. */
  readonly what: 'started' | 'replaced' | 'current' | 'refused' | 'failed' | 'nothing'
  readonly detail: string
}

/** Where the image writes it on the host. */
const upgradeLedger = '/var/lib/rig/upgrades'

/** All that upgrade images have done on a host, oldest first; it can be read while the host is down. */
export function readUpgrades(host: RigHost): UpgradeEntry[] {
  const file = host.fileOnMachine(upgradeLedger)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [at = '', pod = '', what = '', ...detail] = line.split(' ')
    return { at, pod, what: what as UpgradeEntry['what'], detail: detail.join(' ').trim() }
  })
}
