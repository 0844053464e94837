import { expect, it } from 'vitest'
import { podInfo } from '../../core/scheduling/pod-info.ts'
import type { KubeObject } from '../kube-object.ts'
import { ObjectStore } from '../store/object-store.ts'
import { SpreadSelectors } from './spread-selector.ts'

function put(store: ObjectStore, resource: string, name: string, spec: object): void {
  const metadata = { name, namespace: 'default', uid: `${resource}/${name}`, resourceVersion: '', creationTimestamp: '' }
  store.put(resource, { apiVersion: 'v1', kind: 'Any', metadata, spec } satisfies KubeObject)
}

function web(kind?: string) {
  const owner = { apiVersion: 'apps/v1', kind: kind ?? '', name: 'web', uid: 'owner', controller: true }
  return podInfo({
    metadata: {
      name: 'web-1',
      namespace: 'default',
      labels: { app: 'web', tier: 'front' },
      ...(kind === undefined ? {} : { ownerReferences: [owner] }),
    },
  })
}

it('pods are spread by what their services and their controller select', () => {
  const store = new ObjectStore()
  put(store, 'services', 'web', { selector: { app: 'web' } })
  put(store, 'services', 'other', { selector: { app: 'db' } })
  put(store, 'services', 'by-hand', {})
  put(store, 'replicasets.apps', 'web', {
    selector: { matchLabels: { tier: 'front' }, matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] },
  })
  put(store, 'replicationcontrollers', 'web', { selector: { tier: 'front' } })
  const selectors = new SpreadSelectors(store)
  expect(selectors.of(web())).toEqual({ matchLabels: { app: 'web' } })
  expect(selectors.of(web('ReplicaSet'))).toMatchObject({ matchLabels: { app: 'web', tier: 'front' }, matchExpressions: [{ key: 'x' }] })
})

it('a pod of nobody is spread by nothing, until a service selects it', () => {
  const store = new ObjectStore()
  const selectors = new SpreadSelectors(store)
  expect(selectors.of(web('Job'))).toBeUndefined()
  put(store, 'services', 'web', { selector: { app: 'web' } })
  selectors.forget()
  expect(selectors.of(web('Job'))).toEqual({ matchLabels: { app: 'web' } })
})
