import { afterEach, describe, expect, it } from 'vitest'
import type { DraftObject, KubeObject } from '../../src/twin/kube-object.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

function app(name: string, replicas: number, more: object = {}): readonly [string, DraftObject] {
  const labels = { app: name }
  const spec = { containers: [{ name, image: `registry.example.org/${name}:1` }], ...more }
  const template = { metadata: { labels }, spec }
  return ['deployments.apps', { metadata: { namespace: 'default', name }, spec: { replicas, selector: { matchLabels: labels }, template } }]
}

const nowhere = { nodeSelector: { disk: 'none' } }

async function started(): Promise<UpgradeCluster> {
  const objects = [app('web', 3), app('never', 2, nowhere), app('mail', 2)]
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2, objects })
  running.push(run)
  run.cluster.startController()
  await run.create('up', { version: 'v1.31.5+k3s1', soak: { timeout: '2m' } })
  return run
}

const scale = (run: UpgradeCluster, name: string, change: object) =>
  run.cluster.twin.api.client.change('deployments.apps', { namespace: 'default', name }, (current: KubeObject) => ({
    ...current,
    spec: { ...(current.spec as object), ...change },
  }))

/** How the cluster was is known, and no node is drained yet: a new pod is none that has moved. */
const untilStaging = (run: UpgradeCluster) => run.until('up', ({ inFlight = [] }) => inFlight.some(({ step }) => step === 'Staging'))

describe('after the last node', () => {
  it('what was not well before the run and is not worse is no finding', async () => {
    const run = await started()
    const end = await run.until('up', ({ phase }) => phase === 'Complete')
    expect(end.before).toMatchObject({ troubles: [{ what: 'Deployment default/never', missing: 2 }] })
    expect(end.findings).toBeUndefined()
    expect(run.problems()).toEqual([])
  })

  it('what is worse is waited for, then told by its name; the run has ended all the same', async () => {
    const run = await started()
    await untilStaging(run)
    await scale(run, 'never', { replicas: 3 })
    const end = await run.until('up', ({ phase }) => phase === 'CompletedWithFindings')
    expect(end.findings).toEqual(['Deployment default/never has 0 of 3 pods Ready, and was better before the run'])
    expect(end.message).toMatch(/^the cluster runs v1\.31\.5\+k3s1, and not all is as it was: Deployment default\/never /)
    expect(end.conditions?.map(({ type, status }) => `${type} ${status}`)).toEqual(['Ready False', 'Progressing False', 'Complete True'])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('what becomes well meanwhile is none', async () => {
    const run = await started()
    await untilStaging(run)
    await scale(run, 'never', { replicas: 3 })
    await run.until('up', ({ message }) => message?.startsWith('every node is done; waits: Deployment default/never') === true)
    await scale(run, 'never', { replicas: 1 })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.problems()).toEqual([])
  })
})
