import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from '../../../scripts/build.mjs'
import { apiPathCases } from './api-path-cases.ts'
import { byFirstControlPlane, upgradeByFalkirk } from './falkirk-upgrade.ts'
import { upgradeThroughKills } from './killed-upgrade.ts'
import { begunSteps, repeated } from './step-log.ts'
import { before, minor, patch, type WatchedCluster, watchedCluster } from './watched-cluster.ts'
import { untilServed } from './web.ts'

const asked = process.env.FALKIRK_KUBEADM === '1'
const title = 'three control planes behind HAProxy and two workers'
const kills = 15
const limitMs = 3_600_000

let watched: WatchedCluster
let program: string

describe.skipIf(!asked)(asked ? title : `${title} (left out: they take half an hour; FALKIRK_KUBEADM=1 runs them)`, () => {
  beforeAll(async () => {
    program = (await build()).file
    watched = await watchedCluster([patch, minor])
  }, limitMs)

  afterAll(async () => {
    await watched?.stop()
  })

  describe('the way to the API', () => apiPathCases(() => ({ cluster: watched.cluster, program })))

  describe('falkirk upgrade --via ssh', () => {
    it(
      'goes to the next patch by a kubeconfig that names one control plane, while a service answers every request, and the API is never away for long',
      async () => {
        const watch = await watched.watch([before, patch])
        const run = await upgradeByFalkirk(program, byFirstControlPlane(watched.cluster), patch)
        expect(run, run.stdout + run.stderr).toMatchObject({ exitCode: 0 })
        const { findings, api } = await watch.seen()
        expect(findings).toEqual([])
        expect(api.longestGapMs, JSON.stringify(api.failures)).toBeLessThan(10_000)
        await expectAllAt(patch)
      },
      limitMs,
    )

    it(
      `goes to the next minor although it is killed ${kills} times: the same end, and nothing is done twice`,
      async () => {
        const { cluster } = watched
        const earlier = await begunSteps(cluster)
        const watch = await watched.watch([patch, minor])
        const { lastWords, askedInstead } = await upgradeThroughKills(program, byFirstControlPlane(cluster), { version: minor, kills })
        const { findings } = await watch.seen()
        expect(findings, lastWords.join('\n')).toEqual([])
        expect(askedInstead.length).toBeGreaterThan(0)
        const steps = await begunSteps(cluster)
        expect(repeated(steps), lastWords.join('\n')).toEqual([])
        expect(steps.length).toBeGreaterThan(earlier.length)
        await expectAllAt(minor)
      },
      limitMs,
    )
  })
})

async function expectAllAt(version: string): Promise<void> {
  const { cluster } = watched
  for (const host of cluster.hosts) {
    expect(await host.run('kubelet --version; kubeadm version -o short; kubectl version --client --short')).toBe(
      `Kubernetes ${version}\n${version}\nClient Version: ${version}\n`,
    )
    expect((await host.run('apt-mark showhold')).trim().split('\n')).toEqual(['kubeadm', 'kubectl', 'kubelet'])
  }
  const images = ['get', 'pods', '-n', 'kube-system', '-o', 'jsonpath={range .items[*]}{.spec.containers[0].image}{"\\n"}{end}']
  const components = (await cluster.kubectl(images)).split('\n').filter((image) => image.includes('/kube-'))
  expect(components).toHaveLength(3 * cluster.controlPlanes.length + cluster.hosts.length)
  expect(components.filter((image) => !image.endsWith(`:${version}`))).toEqual([])
  await untilServed(cluster)
}
