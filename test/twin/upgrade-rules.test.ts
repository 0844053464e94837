import type { Pod } from 'kubernetes-types/core/v1'
import { afterEach, describe, expect, it } from 'vitest'
import { as, type DraftObject } from '../../src/twin/kube-object.ts'
import { UpgradeCluster } from './upgrade-cluster.ts'

const running: UpgradeCluster[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.cluster.stop()
})

type Draft = readonly [string, DraftObject]

function app(name: string, replicas: number, namespace = 'default'): Draft {
  const labels = { app: name }
  const template = {
    metadata: { labels },
    spec: { containers: [{ name, image: `registry.example.org/${name}:1` }], nodeSelector: { pool: 'blue' } },
  }
  return ['deployments.apps', { metadata: { namespace, name }, spec: { replicas, selector: { matchLabels: labels }, template } }]
}

const tool: Draft = [
  'pods',
  {
    metadata: { namespace: 'default', name: 'tool', labels: { app: 'tool' } },
    spec: { containers: [{ name: 'tool', image: 'registry.example.org/tool:1' }], nodeSelector: { pool: 'blue' } },
  },
]

const budget = (name: string): Draft => [
  'poddisruptionbudgets.policy',
  { metadata: { namespace: 'default', name }, spec: { minAvailable: 1, selector: { matchLabels: { app: name } } } },
]

const objects = [
  ['namespaces', { metadata: { name: 'ci', labels: { team: 'build' } } }] as const,
  app('db', 2),
  app('web', 4),
  app('agent', 2, 'ci'),
  tool,
]
const rules = [
  { selector: { matchLabels: { app: 'db' } }, order: 'Last' as const },
  { selector: {}, namespaceSelector: { matchLabels: { team: 'build' } }, behaviour: 'Skip' as const },
  { selector: { matchLabels: { app: 'tool' } }, behaviour: 'Delete' as const },
]

async function started(more: readonly Draft[] = []): Promise<UpgradeCluster> {
  const run = await UpgradeCluster.start({ version: 'v1.30.4+k3s1', servers: 1, workers: 2, objects: [...objects, ...more] })
  running.push(run)
  run.witness.mayStay.add('agent')
  run.cluster.startController()
  return run
}

/** Pods in the order in which they are told to go, with the others of their node at that time. */
function watchEnds({ cluster: { store } }: UpgradeCluster): { readonly app: string; readonly beside: readonly string[] }[] {
  const ends: { app: string; beside: readonly string[] }[] = []
  store.subscribe(({ resource, object, previous }) => {
    const isTold = previous?.metadata.deletionTimestamp === undefined && object.metadata.deletionTimestamp !== undefined
    if (resource !== 'pods' || !isTold) return
    const { nodeName } = as<Pod>(object).spec ?? {}
    const beside = store.list('pods').filter((pod) => as<Pod>(pod).spec?.nodeName === nodeName && pod.metadata.uid !== object.metadata.uid)
    ends.push({ app: object.metadata.labels?.app ?? '', beside: beside.map((pod) => pod.metadata.labels?.app ?? '') })
  })
  return ends
}

describe('rules of drains', () => {
  it('are kept by a whole run: what goes last, what is left, what is deleted', async () => {
    const run = await started()
    const ends = watchEnds(run)
    await run.create('up', { version: 'v1.31.5+k3s1', drain: { rules } })
    await run.until('up', ({ phase }) => phase === 'Complete')
    const apps = ends.map((end) => end.app)
    expect(apps).toContain('db')
    expect(apps.filter((name) => name === 'tool')).toHaveLength(1)
    expect(apps).not.toContain('agent')
    expect(ends.filter(({ app: name, beside }) => name === 'db' && beside.includes('web'))).toEqual([])
    expect(run.witness.leftOvers()).toEqual([])
    expect(run.problems()).toEqual([])
  })

  it('that would delete a pod with a budget stop the run, and it goes on when they are mended', async () => {
    const run = await started([budget('db')])
    const deleting = [{ selector: { matchLabels: { app: 'db' } }, behaviour: 'Delete' as const }, ...rules]
    await run.create('up', { version: 'v1.31.5+k3s1', drain: { rules: deleting } })
    const { stop } = await run.until('up', ({ phase }) => phase === 'Stopped')
    expect(stop?.message).toMatch(
      /default\/db-\S+ is to be deleted by spec\.drain\.rules\[0\], and PodDisruptionBudget default\/db guards it/,
    )
    await run.edit('up', { drain: { rules }, continueFrom: 1 })
    await run.until('up', ({ phase }) => phase === 'Complete')
    expect(run.problems()).toEqual([])
  })
})
