import { objectOf } from '../answer.ts'
import { area } from '../conformance-case.ts'
import { configMap, deployment, idlePod, pod, replicaSet } from '../objects.ts'
import type { Steps } from '../steps.ts'

const kept = (name: string, metadata = {}) => configMap(name, {}, { finalizers: ['x/keep'], ...metadata })
const release = { metadata: { finalizers: null } }
const options = (more: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more })

async function owned(c: Steps): Promise<string> {
  const { uid } = objectOf(await c.quietly('POST', 'configmaps', { body: configMap('owner') })).metadata
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, blockOwnerDeletion: true }]
  await c.make('secrets', { metadata: { name: 'dependent', ownerReferences } })
  return uid
}

const isGone = (object: unknown) => (object as { code?: number }).code === 404
const nothing = { pick: () => 'gone' }

/** Deletion: grace, finalizers, what depends on what. */
export const deletion = area('Deletion', {
  // first, as it takes a minute: pods are looked at every 20 s, and a node has to be missed for 40 s
  'pods of a node that is gone are deleted': async (c) => {
    await c.make('pods', idlePod('lost', { nodeName: '{ns}-never' }))
    await c.until('pods/lost', isGone, { ...nothing, timeoutMs: 150_000 })
  },
  'an object goes at once and the answer is a Status': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.delete('configmaps/a')
    await c.get('configmaps/a')
  },
  'an object with a finalizer stays until it has none': async (c) => {
    await c.make('configmaps', kept('a'))
    await c.delete('configmaps/a')
    await c.get('configmaps/a')
    await c.delete('configmaps/a')
    await c.patch('merge', 'configmaps/a', release)
    await c.get('configmaps/a')
  },
  'no finalizer is added to what is being deleted': async (c) => {
    await c.make('configmaps', kept('a'))
    await c.delete('configmaps/a')
    await c.patch('merge', 'configmaps/a', { metadata: { finalizers: ['x/keep', 'x/more'] } })
    await c.patch('merge', 'configmaps/a', { data: { still: 'writable' } })
    await c.patch('merge', 'configmaps/a', release)
  },
  'a deletion time cannot be set or taken away by a client': async (c) => {
    await c.make('configmaps', kept('a'))
    await c.patch('merge', 'configmaps/a', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })
    await c.delete('configmaps/a')
    await c.patch('merge', 'configmaps/a', { metadata: { deletionTimestamp: null } })
    await c.patch('merge', 'configmaps/a', release)
  },
  'a pod that nobody runs goes at once': async (c) => {
    await c.make('pods', idlePod('p', { terminationGracePeriodSeconds: 30 }))
    await c.delete('pods/p')
    await c.get('pods/p')
  },
  'a bound pod gets its grace': async (c) => {
    await c.make('pods', idlePod('p', { nodeName: 'nowhere', terminationGracePeriodSeconds: 25 }))
    await c.delete('pods/p')
    await c.get('pods/p')
    await c.delete('pods/p', options({ gracePeriodSeconds: 0 }))
    await c.get('pods/p')
  },
  'a second deletion may shorten the grace and not lengthen it': async (c) => {
    await c.make('pods', idlePod('p', { nodeName: 'nowhere' }))
    await c.delete('pods/p', options({ gracePeriodSeconds: 50 }))
    await c.delete('pods/p', options({ gracePeriodSeconds: 100 }))
    await c.delete('pods/p', options({ gracePeriodSeconds: 20 }))
    await c.delete('pods/p', options({ gracePeriodSeconds: 0 }))
  },
  'a grace of one second stands for none in a pod that asks so': async (c) => {
    await c.make('pods', idlePod('p', { nodeName: 'nowhere', terminationGracePeriodSeconds: 0 }))
    await c.delete('pods/p')
    await c.get('pods/p')
  },
  'a finished pod goes at once': async (c) => {
    await c.make('pods', idlePod('p', { nodeName: 'nowhere' }))
    await c.quietly('PATCH', 'pods/p/status', { body: { status: { phase: 'Succeeded' } }, contentType: 'application/merge-patch+json' })
    await c.delete('pods/p')
    await c.get('pods/p')
  },
  'a negative grace is taken as the default or refused': async (c) => {
    await c.make('pods', idlePod('p', { nodeName: 'nowhere' }))
    await c.delete('pods/p', options({ gracePeriodSeconds: -5 }))
    await c.delete('pods/p?gracePeriodSeconds=0')
  },
  'preconditions hold the deletion back': async (c) => {
    const { uid, resourceVersion } = objectOf(await c.quietly('POST', 'configmaps', { body: configMap('a') })).metadata
    const other = '11111111-2222-3333-4444-555555555555'
    const refused = await c.quietly('DELETE', 'configmaps/a', { body: options({ preconditions: { uid: other } }) })
    c.note('another uid', { ...refused, body: { ...(refused.body as object), message: messageStart(refused.body) } })
    const old = await c.quietly('DELETE', 'configmaps/a', { body: options({ preconditions: { uid, resourceVersion: '1' } }) })
    c.note('another version', { ...old, body: { ...(old.body as object), message: messageStart(old.body) } })
    await c.delete('configmaps/a', options({ preconditions: { uid, resourceVersion } }))
  },
  'options are checked': async (c) => {
    await c.make('configmaps', configMap('a'))
    await c.delete('configmaps/a', options({ propagationPolicy: 'Sideways' }))
    await c.delete('configmaps/a', options({ propagationPolicy: 'Orphan', orphanDependents: true }))
    await c.delete('configmaps/a', options({ dryRun: ['Some'] }))
    await c.delete('configmaps/a?propagationPolicy=Sideways')
    await c.delete('configmaps/a', { kind: 'Pod', apiVersion: 'v1' })
  },
  'what is no DeleteOptions deletes nothing': async (c) => {
    await c.make('configmaps', configMap('a'))
    for (const body of [{ kind: 'Pod' }, { kind: 'CreateOptions', apiVersion: 'v1' }, { kind: 'DeleteOptions', apiVersion: 'a/b/c' }])
      await c.delete('configmaps/a', body)
    await c.delete('configmaps?labelSelector=none', { kind: 'Pod', apiVersion: 'v1' })
    await c.delete('configmaps?labelSelector=none', { kind: 'Gadget', apiVersion: 'v1' })
    await c.delete('configmaps/a', { kind: 'DeleteOptions', apiVersion: 'apps/v1' })
  },
  'a collection goes by selector': async (c) => {
    const labelled = (name: string, app: string) => configMap(name, {}, { labels: { app } })
    await c.make('configmaps', labelled('a', 'x'), labelled('b', 'x'), labelled('d', 'y'))
    await c.delete('configmaps?labelSelector=app%3Dx')
    await c.get('configmaps?labelSelector=app')
    await c.delete('configmaps?fieldSelector=metadata.name%3Dd')
    await c.get('configmaps?labelSelector=app')
  },
  'in the background, dependents go after their owner': async (c) => {
    await owned(c)
    await c.delete('configmaps/owner', options({ propagationPolicy: 'Background' }))
    await c.until('secrets/dependent', isGone, nothing)
  },
  'in the foreground, the owner waits for its dependents': async (c) => {
    await owned(c)
    await c.quietly('PATCH', 'secrets/dependent', {
      body: { metadata: { finalizers: ['x/keep'] } },
      contentType: 'application/merge-patch+json',
    })
    await c.delete('configmaps/owner', options({ propagationPolicy: 'Foreground' }))
    await c.until('secrets/dependent', ({ metadata }) => metadata.deletionTimestamp !== undefined)
    await c.get('configmaps/owner')
    await c.patch('merge', 'secrets/dependent', release)
    await c.until('configmaps/owner', isGone, nothing)
  },
  'orphans lose their owner and stay': async (c) => {
    await owned(c)
    await c.delete('configmaps/owner', options({ propagationPolicy: 'Orphan' }))
    await c.until('configmaps/owner', isGone, nothing)
    await c.until('secrets/dependent', ({ metadata }) => metadata.ownerReferences === undefined)
  },
  'a dependent of an owner that never was goes': async (c) => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '11111111-2222-3333-4444-555555555555' }]
    await c.make('secrets', { metadata: { name: 'dependent', ownerReferences } })
    await c.until('secrets/dependent', isGone, nothing)
  },
  'a dependent with one owner left stays': async (c) => {
    await owned(c)
    const { uid } = objectOf(await c.quietly('POST', 'configmaps', { body: configMap('second') })).metadata
    const body = { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'second', uid }] } }
    await c.quietly('PATCH', 'secrets/dependent', { body, contentType: 'application/strategic-merge-patch+json' })
    await c.delete('configmaps/owner')
    await c.until('secrets/dependent', ({ metadata }) => metadata.ownerReferences?.length === 1)
  },
  'a Deployment takes its ReplicaSets and pods along': async (c) => {
    await c.make('apps/v1:deployments', deployment('web', { replicas: 2 }))
    await c.until('apps/v1:deployments/web', ({ status }) => status.readyReplicas === 2, { pick: ({ status }) => status.readyReplicas })
    await c.delete('apps/v1:deployments/web')
    await c.until('apps/v1:replicasets', ({ items }) => items.length === 0, nothing)
    await c.until('pods', ({ items }) => items.length === 0, nothing)
  },
  'pods of a ReplicaSet that was deleted as Orphan stay, and are adopted again': async (c) => {
    await c.make('apps/v1:replicasets', replicaSet('set', { replicas: 1 }))
    await c.until('apps/v1:replicasets/set', ({ status }) => status.readyReplicas === 1, { pick: ({ status }) => status })
    await c.delete('apps/v1:replicasets/set', options({ propagationPolicy: 'Orphan' }))
    await c.until('apps/v1:replicasets/set', isGone, nothing)
    const owners = ({ items }: { items: readonly { metadata: { ownerReferences?: unknown } }[] }) =>
      items.map(({ metadata }) => metadata.ownerReferences)
    await c.until('pods', ({ items }) => items.length === 1 && items[0]?.metadata.ownerReferences === undefined, { pick: owners })
    await c.make('apps/v1:replicasets', replicaSet('set', { replicas: 1 }))
    await c.until('pods', ({ items }) => items.length === 1 && items[0]?.metadata.ownerReferences !== undefined, { pick: owners })
  },
  'a running pod ends within its grace, and is gone': async (c) => {
    await c.make('pods', pod('p'))
    await c.until('pods/p', ({ status }) => status.containerStatuses?.[0]?.ready === true, { pick: ({ status }) => status.phase })
    await c.delete('pods/p')
    await c.until('pods/p', isGone, nothing)
  },
  'a protected claim waits for its pod': async (c) => {
    const claim = { metadata: { name: 'claim' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
    await c.make('persistentvolumeclaims', claim)
    await c.make('pods', idlePod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }], nodeName: 'nowhere' }))
    await c.until('persistentvolumeclaims/claim', ({ metadata }) => metadata.finalizers?.length === 1)
    await c.delete('persistentvolumeclaims/claim')
    await c.get('persistentvolumeclaims/claim')
    await c.quietly('DELETE', 'pods/p?gracePeriodSeconds=0')
    await c.until('persistentvolumeclaims/claim', isGone, nothing)
  },
})

/** What stands before the values of one run. */
function messageStart(body: unknown): string {
  return (body as { message: string }).message.replace(/(UID in object meta|ResourceVersion in object meta): [^,]*/, '$1: …')
}
