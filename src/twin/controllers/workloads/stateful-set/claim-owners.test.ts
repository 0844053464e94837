import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../kube-object.ts'
import { as } from '../../../kube-object.ts'
import type { PodObject, StatefulSetObject } from '../workload-objects.ts'
import { withClaimOwners } from './claim-owners.ts'

const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data-db-2', uid: 'c' } } as KubeObject
const pod = as<PodObject>({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db-2', uid: 'p' } } as KubeObject)
const ofSet = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 's' }
const ofPod = { apiVersion: 'v1', kind: 'Pod', name: 'db-2', uid: 'p' }
const stranger = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }
const controls = { controller: true, blockOwnerDeletion: true }

function set(whenDeleted: string, whenScaled: string): StatefulSetObject {
  const spec = { persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } }
  return as<StatefulSetObject>({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', uid: 's' },
    spec,
  } as unknown as KubeObject)
}

function owned(...ownerReferences: object[]): KubeObject {
  return { ...claim, metadata: { ...claim.metadata, ownerReferences } } as KubeObject
}

describe('the claims of a StatefulSet', () => {
  it.each<[string, string, boolean, object[]]>([
    ['Retain', 'Retain', false, []],
    ['Retain', 'Retain', true, []],
    ['Delete', 'Retain', false, [ofSet]],
    ['Delete', 'Retain', true, [ofSet]],
    ['Retain', 'Delete', false, []],
    ['Retain', 'Delete', true, [ofPod]],
    ['Delete', 'Delete', false, [ofSet]],
    ['Delete', 'Delete', true, [ofPod]],
  ])('whenDeleted %s, whenScaled %s, pod surplus %s', (whenDeleted, whenScaled, condemned, expected) => {
    const holder = { set: set(whenDeleted, whenScaled), pod, condemned }
    for (const before of [claim, owned(ofSet), owned(ofPod)]) {
      const once = withClaimOwners(before, holder, 27)
      expect(once.metadata.ownerReferences ?? []).toEqual(expected)
      expect(withClaimOwners(once, holder, 27)).toBe(once)
    }
  })

  it('keep other owners', () => {
    const after = withClaimOwners(owned(stranger), { set: set('Delete', 'Retain'), pod, condemned: false }, 27)
    expect(after.metadata.ownerReferences).toEqual([stranger, ofSet])
  })

  it('forget a set of the same name that is gone', () => {
    const before = owned({ ...ofSet, uid: 'gone' })
    expect(withClaimOwners(before, { set: set('Delete', 'Retain'), pod, condemned: false }, 27).metadata.ownerReferences).toEqual([ofSet])
  })

  it('are controlled from 1.31, unless somebody else controls them', () => {
    const holder = { set: set('Delete', 'Retain'), pod, condemned: false }
    expect(withClaimOwners(claim, holder, 31).metadata.ownerReferences).toEqual([{ ...ofSet, ...controls }])
    const others = owned({ ...stranger, ...controls })
    expect(withClaimOwners(others, holder, 31)).toBe(others)
  })
})
