import { beforeAll, expect, it } from 'vitest'
import { build } from '../../../scripts/build.mjs'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { expectAllAt } from './all-at.ts'
import { type KilledUpgrade, upgradeThroughKills } from './killed-upgrade.ts'
import { begunSteps, repeated } from './step-log.ts'
import { watchUpgrade } from './watched-cluster.ts'

const kills = 15
const limitMs = 3_600_000

interface KilledCase {
  /** Of the control planes, from the version that they have to the one wanted. */
  readonly path: readonly [string, string]
  /** The cluster as the operator reaches it; as it is unless told. */
  readonly reached?: (cluster: KubeadmCluster) => KubeadmCluster
  /** Of those who were killed. */
  readonly told?: (upgrade: KilledUpgrade) => void
}

/** `falkirk upgrade --via ssh` in the hands of one after another, on a cluster with the web service that is offered the version. */
export function killedCase(cluster: () => KubeadmCluster, { path, reached = (as) => as, told = () => {} }: KilledCase): void {
  const [, version] = path
  let program: string

  beforeAll(async () => {
    program = (await build()).file
  })

  it(
    `killed ${kills} times comes to the same end, and no step is done twice`,
    async () => {
      const earlier = await begunSteps(cluster())
      const watch = await watchUpgrade(cluster(), path)
      const upgrade = await upgradeThroughKills(program, reached(cluster()), { version, kills, mostBegun: cluster().controlPlanes.length })
      const { findings } = await watch.seen()
      const words = upgrade.lastWords.join('\n')
      expect(findings, words).toEqual([])
      told(upgrade)
      const steps = await begunSteps(cluster())
      expect(repeated(steps), words).toEqual([])
      expect(steps.length).toBeGreaterThan(earlier.length)
      await expectAllAt(cluster(), version)
    },
    limitMs,
  )
}
