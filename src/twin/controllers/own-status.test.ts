import { expect, it } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import type { Change } from '../store/object-store.ts'
import { isOwnStatus, ownStatus } from './own-status.ts'

const metadata = { name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '', labels: { app: 'web' } }
const previous: KubeObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { replicas: 1 }, status: { replicas: 0 } }

function change(fields: Partial<KubeObject>, of: Partial<Change> = {}): Change {
  const object = { ...previous, ...fields, metadata: { ...metadata, ...fields.metadata, resourceVersion: '2' } }
  return { resource: 'replicasets.apps', kind: 'Modified', object, previous, resourceVersion: 2, ...of }
}

it('knows a status that its controller has computed', () => {
  expect(isOwnStatus(change({ status: ownStatus({ replicas: 1 }) }))).toBe(true)
})

it.each([
  { what: 'of somebody else', of: () => change({ status: { replicas: 1 } }) },
  { what: 'beside another spec', of: () => change({ status: ownStatus({ replicas: 1 }), spec: { replicas: 2 } }) },
  { what: 'beside other labels', of: () => change({ status: ownStatus({ replicas: 1 }), metadata: { ...metadata, labels: {} } }) },
  {
    what: 'of an object that is being deleted from now on',
    of: () => change({ status: ownStatus({ replicas: 1 }), metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }),
  },
  { what: 'of an object that is gone', of: () => change({ status: ownStatus({ replicas: 1 }) }, { kind: 'Deleted' }) },
  { what: 'that is no longer there', of: () => change({ status: undefined }) },
])('does not take for its own a status $what', ({ of }) => {
  expect(isOwnStatus(of())).toBe(false)
})
