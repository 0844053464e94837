import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube-object.ts'
import { asWritten, statusAsWritten } from './as-written.ts'

const object = (metadata: object, status?: object) =>
  ({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'a', ...metadata },
    ...(status === undefined ? {} : { status }),
  }) as unknown as KubeObject

describe('what is stored of an object', () => {
  it.each([
    { resource: 'deployments.apps', status: { replicas: 0, conditions: [] }, written: { conditions: [] } },
    { resource: 'replicasets.apps', status: { replicas: 0, readyReplicas: 0 }, written: { replicas: 0 } },
    { resource: 'daemonsets.apps', status: { numberReady: 0, numberAvailable: 0 }, written: { numberReady: 0 } },
    { resource: 'jobs.batch', status: { active: 1, failed: 0, ready: 0 }, written: { active: 1, ready: 0 } },
    { resource: 'poddisruptionbudgets.policy', status: { disruptionsAllowed: 0 }, written: { disruptionsAllowed: 0 } },
  ])('a status of $resource leaves out the zeros that Kubernetes leaves out', ({ resource, status, written }) => {
    expect(statusAsWritten(status, resource)).toEqual(written)
    expect(asWritten(object({}, status), resource).status).toEqual(written)
  })

  it('empty lists and maps of the metadata are left out', () => {
    expect(asWritten(object({ ownerReferences: [], labels: {}, annotations: { a: '' } }), 'pods').metadata).toEqual({
      name: 'a',
      annotations: { a: '' },
    })
  })

  it('an object that says nothing in vain stays the same object', () => {
    const whole = object({ labels: { a: 'b' } }, { replicas: 1 })
    expect(asWritten(whole, 'deployments.apps')).toBe(whole)
  })
})
