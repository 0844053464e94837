import { area } from '../conformance-case.ts'
import { budget, course, deployment, eviction, idlePod, pod, podSpec, replicaSet, statefulSet } from '../objects.ts'
import type { Steps } from '../steps.ts'

type Fields = Readonly<Record<string, unknown>>

const pdb = 'policy/v1beta1:poddisruptionbudgets'
const labels = { app: 'web' }
const bare = (name: string, metadata: Fields = {}) => pod(name, {}, { labels, ...metadata })

/**
 * Waits until the controller has counted so many healthy pods of so many that there should be, and compares the status. It hears of budgets
 * and of pods apart: it may have counted before it knew of all.
 */
function counted(c: Steps, healthy: number, expected = healthy) {
  return c.until(
    `${pdb}/web`,
    ({ status, metadata }) =>
      status.observedGeneration === metadata.generation &&
      status.currentHealthy === healthy &&
      status.expectedPods === expected &&
      !status.disruptedPods,
    { pick: ({ status }) => status },
  )
}

async function serving(c: Steps, count: number, spec: Fields): Promise<void> {
  await c.make('apps/v1:deployments', deployment('web', { replicas: count, ...spec }))
  await c.until('apps/v1:deployments/web', ({ status }) => status.readyReplicas === count, { pick: ({ status }) => status.readyReplicas })
}

async function firstPod(c: Steps): Promise<string> {
  const { body } = await c.quietly('GET', 'pods?labelSelector=app%3Dweb')
  return (
    (body as { items: { metadata: { name: string; deletionTimestamp?: string } }[] }).items.find(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    )?.metadata.name ?? ''
  )
}

/** A budget for a Deployment of so many pods: its status, the answer to one eviction, and the status after it. */
function vector(count: number, spec: Fields) {
  return async (c: Steps) => {
    await serving(c, count, {})
    await c.post(pdb, budget('web', spec))
    await counted(c, count)
    const victim = await firstPod(c)
    await c.post(`pods/${victim}/eviction`, eviction(victim))
    await c.until('apps/v1:deployments/web', ({ status }) => status.readyReplicas === count, { pick: ({ status }) => status.readyReplicas })
    await counted(c, count)
  }
}

/** Budgets: what the controller counts, and what an eviction is answered. */
export const disruption = area('Disruption budgets and evictions', {
  'maxUnavailable 1 of 3 allows one': vector(3, { maxUnavailable: 1 }),
  'maxUnavailable 0 allows none': vector(2, { maxUnavailable: 0 }),
  'maxUnavailable 10% of 3 is rounded up to one': vector(3, { maxUnavailable: '10%' }),
  'maxUnavailable 100% allows all': vector(2, { maxUnavailable: '100%' }),
  'maxUnavailable above the number of pods allows all': vector(2, { maxUnavailable: 5 }),
  'minAvailable 90% of 3 is rounded up to three': vector(3, { minAvailable: '90%' }),
  'minAvailable 50% of 3 wants two': vector(3, { minAvailable: '50%' }),
  'minAvailable 1 of 1 allows none': vector(1, { minAvailable: 1 }),
  'minAvailable above the number of pods allows none': vector(2, { minAvailable: 5 }),
  'a budget with neither allows none': async (c) => {
    await serving(c, 2, {})
    await c.post(pdb, budget('web', {}))
    await counted(c, 2, 0)
    const victim = await firstPod(c)
    await c.post(`pods/${victim}/eviction`, eviction(victim))
  },
  'bare pods count for minAvailable as a number': async (c) => {
    await c.make('pods', bare('a'), bare('b'), bare('d'))
    await c.post(pdb, budget('web', { minAvailable: 2 }))
    await counted(c, 3)
    await c.post('pods/a/eviction', eviction('a'))
    await counted(c, 2)
    await c.post('pods/b/eviction', eviction('b'))
  },
  'bare pods are nothing to maxUnavailable': async (c) => {
    await c.make('pods', bare('a'), bare('b'))
    await c.post(pdb, budget('web', { maxUnavailable: 1 }))
    await c.until('pods/a', ({ status }) => status.phase === 'Running', { pick: ({ status }) => status.phase })
    const status = async () => (await c.quietly('GET', `${pdb}/web`)).body as { status: { disruptionsAllowed: number } }
    c.note('allowed', (await status()).status.disruptionsAllowed)
    await c.post('pods/a/eviction', eviction('a'))
  },
  'a budget that selects nothing counts nothing': async (c) => {
    await c.post(pdb, budget('web', { maxUnavailable: 1 }))
    await counted(c, 0)
  },
  'an empty selector matches nothing in v1beta1': async (c) => {
    await c.make('pods', bare('a'))
    await c.post(pdb, { ...budget('web', {}), spec: { minAvailable: 1, selector: {} } })
    await c.until(`${pdb}/web`, ({ status }) => status.observedGeneration === 1, { pick: ({ status }) => status })
    await c.post('pods/a/eviction', eviction('a'))
  },
  'a pod with no budget is evicted': async (c) => {
    await c.make('pods', bare('a'))
    await c.until('pods/a', ({ status }) => status.phase === 'Running', { pick: ({ status }) => status.phase })
    await c.post('pods/a/eviction', eviction('a'))
    await c.until('pods/a', (answer) => (answer as unknown as { code: number }).code === 404, { pick: () => 'gone' })
  },
  'a pod with two budgets is not': async (c) => {
    await c.make('pods', bare('a'))
    await c.make(pdb, budget('web', { minAvailable: 0 }), { ...budget('web', { minAvailable: 0 }), metadata: { name: 'second' } })
    await c.until('pods/a', ({ status }) => status.phase === 'Running', { pick: ({ status }) => status.phase })
    await c.post('pods/a/eviction', eviction('a'))
  },
  'a pending pod is evicted though the budget allows none': async (c) => {
    await c.make('pods', idlePod('a', {}, { labels }))
    await c.make(pdb, budget('web', { minAvailable: 1 }))
    await counted(c, 0, 1)
    await c.post('pods/a/eviction', eviction('a'))
  },
  'a finished pod is evicted though the budget allows none': async (c) => {
    await c.make('pods', pod('a', { restartPolicy: 'Never' }, { labels, ...course({ 'run-seconds': '0.1' }) }))
    await c.make(pdb, budget('web', { minAvailable: 1 }))
    await c.until('pods/a', ({ status }) => status.phase === 'Succeeded', { pick: ({ status }) => status.phase })
    await counted(c, 0, 1)
    await c.post('pods/a/eviction', eviction('a'))
    await c.get('pods/a')
  },
  'a pod that is not ready does not count, and is refused': async (c) => {
    await serving(c, 2, {})
    const containers = [{ name: 'main', image: 'x:1', readinessProbe: { tcpSocket: { port: 80 } } }]
    await c.make('pods', pod('slow', { containers }, { labels, ...course({ 'ready-seconds': 'never' }) }))
    await c.until('pods/slow', ({ status }) => status.phase === 'Running', { pick: ({ status }) => status.phase })
    await c.post(pdb, budget('web', { minAvailable: 2 }))
    await counted(c, 2, 3)
    await c.post('pods/slow/eviction', eviction('slow'))
  },
  'a terminating pod does not count': async (c) => {
    await c.make('pods', bare('a', { finalizers: ['x/keep'] }), bare('b'))
    await c.make(pdb, budget('web', { minAvailable: 1 }))
    await counted(c, 2)
    await c.quietly('DELETE', 'pods/a')
    await counted(c, 1, 2)
    await c.post('pods/b/eviction', eviction('b'))
    await c.post('pods/a/eviction', eviction('a'))
    await c.quietly('PATCH', 'pods/a', { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' })
  },
  'a StatefulSet gives the scale': async (c) => {
    await c.make('apps/v1:statefulsets', statefulSet('web', { replicas: 2, podManagementPolicy: 'Parallel' }))
    await c.post(pdb, budget('web', { maxUnavailable: 1 }))
    await counted(c, 2)
    await c.post('pods/web-0/eviction', eviction('web-0'))
    await counted(c, 2)
  },
  'a ReplicaSet of nobody gives the scale': async (c) => {
    await c.make('apps/v1:replicasets', replicaSet('web', { replicas: 2 }))
    await c.post(pdb, budget('web', { maxUnavailable: '50%' }))
    await counted(c, 2)
  },
  'a controller of an unknown kind stops the budget': async (c) => {
    const ownerReferences = [
      { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g', uid: '11111111-2222-3333-4444-555555555555', controller: true },
    ]
    await c.make('pods', pod('a', {}, { labels, ownerReferences, finalizers: ['x/keep'] }))
    await c.post(pdb, budget('web', { maxUnavailable: 1 }))
    await c.until(
      'events',
      ({ items }) => items.some((event) => (event as unknown as { reason: string }).reason === 'CalculateExpectedPodCountFailed'),
      {
        pick: ({ items }) =>
          (items as unknown as { reason: string; message: string; type: string; involvedObject: { kind: string } }[])
            .filter(({ reason }) => reason === 'CalculateExpectedPodCountFailed')
            .slice(0, 1)
            .map(({ reason, message, type }) => ({ reason, message, type })),
      },
    )
    await c.quietly('PATCH', 'pods/a', { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' })
  },
  'an eviction with dryRun takes nothing': async (c) => {
    await serving(c, 2, {})
    await c.make(pdb, budget('web', { maxUnavailable: 1 }))
    await counted(c, 2)
    const victim = await firstPod(c)
    await c.post(`pods/${victim}/eviction?dryRun=All`, eviction(victim))
    await c.post(`pods/${victim}/eviction`, eviction(victim, { dryRun: ['All'] }))
    await counted(c, 2)
  },
  'an eviction that is none is refused': async (c) => {
    await c.make('pods', idlePod('a'))
    await c.post('pods/a/eviction', eviction('b'))
    await c.post('pods/none/eviction', eviction('none'))
    await c.post('pods/a/eviction', { ...eviction('a'), kind: 'Pod', apiVersion: 'v1' })
    await c.get('pods/a/eviction')
  },
  'an eviction hands its options to the deletion': async (c) => {
    await c.make('pods', idlePod('a', { nodeName: 'nowhere' }))
    await c.post('pods/a/eviction', eviction('a', { gracePeriodSeconds: 77 }))
    const { body } = await c.quietly('GET', 'pods/a')
    c.note('grace', (body as { metadata: { deletionGracePeriodSeconds?: number } }).metadata.deletionGracePeriodSeconds)
    await c.quietly('DELETE', 'pods/a?gracePeriodSeconds=0')
  },
  'a budget that has been changed is not used before it is counted again': async (c) => {
    await serving(c, 2, {})
    await c.make(pdb, budget('web', { maxUnavailable: 1 }))
    await counted(c, 2)
    await c.patch('merge', `${pdb}/web`, { spec: { maxUnavailable: 0 } })
    await counted(c, 2)
    await c.patch('merge', `${pdb}/web`, { spec: { maxUnavailable: null, minAvailable: 1 } })
    await counted(c, 2)
  },
  'a budget that cannot be is refused': async (c) => {
    await c.post(pdb, budget('web', { minAvailable: 1, maxUnavailable: 1 }))
    await c.post(pdb, budget('web', { minAvailable: -1 }))
    await c.post(pdb, budget('web', { maxUnavailable: '101%' }))
    await c.post(pdb, budget('web', { maxUnavailable: 'many' }))
    await c.post(pdb, { ...budget('web', {}), spec: { minAvailable: 1, selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } } })
  },
  'a scaled Deployment moves its budget': async (c) => {
    await serving(c, 2, { template: { metadata: { labels }, spec: podSpec() } })
    await c.make(pdb, budget('web', { maxUnavailable: '50%' }))
    await counted(c, 2)
    await c.quietly('PATCH', 'apps/v1:deployments/web/scale', {
      body: { spec: { replicas: 4 } },
      contentType: 'application/merge-patch+json',
    })
    await counted(c, 4)
  },
})
