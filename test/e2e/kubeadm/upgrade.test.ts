import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../scripts/build.mjs'
import { expectAllAt } from './all-at.ts'
import { apiPathCases } from './api-path-cases.ts'
import { byFirstControlPlane, upgradeByFalkirk } from './falkirk-upgrade.ts'
import { killedCase } from './killed-case.ts'
import { before, minor, patch, type WatchedCluster, watchedCluster } from './watched-cluster.ts'

const limitMs = 3_600_000
/** Far above what an upgrade takes the API away for, which benchmarks tell: a machine that is busy with much else lets requests wait for seconds by itself. */
const awayMs = 30_000
/** What `cluster.test.ts` does with one control plane, once more with three: ten minutes. */
const asked = process.env.FALKIRK_KUBEADM === '1'

let watched: WatchedCluster
let program: string

beforeAll(async () => {
  program = (await build()).file
  watched = await watchedCluster([patch])
}, limitMs)

afterAll(async () => {
  await watched?.stop()
})

describe('the way to the API of three control planes behind HAProxy', () => apiPathCases(() => ({ cluster: watched.cluster, program })))

describe('falkirk upgrade --via ssh of three control planes and two workers', () => {
  it(
    'goes to the next patch by a kubeconfig that names one control plane, while a service answers every request, and the API is never away for long',
    async () => {
      const watch = await watched.watch([before, patch])
      const run = await upgradeByFalkirk(program, byFirstControlPlane(watched.cluster), patch)
      expect(run, run.stdout + run.stderr).toMatchObject({ exitCode: 0 })
      const { findings, api } = await watch.seen()
      expect(findings).toEqual([])
      expect(api.longestGapMs, JSON.stringify(api.failures)).toBeLessThan(awayMs)
      await expectAllAt(watched.cluster, patch)
    },
    limitMs,
  )
})

const killed = 'falkirk upgrade --via ssh of three control planes by a kubeconfig that names one of them'
describe.skipIf(!asked)(
  asked ? killed : `${killed} (left out: cluster.test.ts kills it with one; FALKIRK_KUBEADM=1 runs it with three)`,
  () => {
    beforeAll(() => watched.cluster.offer(minor))
    killedCase(() => watched.cluster, {
      path: [patch, minor],
      reached: byFirstControlPlane,
      told: ({ askedInstead }) => expect(askedInstead.length).toBeGreaterThan(0),
    })
  },
)
