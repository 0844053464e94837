import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import type { StorageClass } from 'kubernetes-types/storage/v1'
import { describe, expect, it } from 'vitest'
import { decideClaim } from './decide-claim.ts'

function claim(spec: object = {}, metadata: object = {}, status: object = {}): PersistentVolumeClaim {
  const resources = { requests: { storage: '10Gi' } }
  return {
    metadata: { name: 'data', namespace: 'default', uid: 'claim-1', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources, ...spec },
    status,
  }
}

function volume(name: string, storage: string, spec: object = {}, phase = 'Available'): PersistentVolume {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage }, storageClassName: 'fast', ...spec },
    status: { phase },
  }
}

function storageClass(more: object = {}): StorageClass {
  return { metadata: { name: 'fast' }, provisioner: 'ebs.csi.aws.com', volumeBindingMode: 'Immediate', ...more }
}

const delayed = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' })
const decide = (of: PersistentVolumeClaim, volumes: PersistentVolume[], by: StorageClass | undefined, unscheduledPods: string[] = []) =>
  decideClaim({ claim: of, volumes, storageClass: by, unscheduledPods })
const chosen = (decision: ReturnType<typeof decide>) => (decision.kind === 'Bind' ? decision.volume.metadata?.name : decision.kind)

describe('a claim that names no volume', () => {
  const reserved = volume('mine', '500Gi', { claimRef: { namespace: 'default', name: 'data' } })
  it.each([
    { name: 'the smallest that is large enough', volumes: [volume('b', '20Gi'), volume('a', '10Gi'), volume('c', '9Gi')], expected: 'a' },
    { name: 'one that is kept for it before all others', volumes: [volume('a', '10Gi'), reserved], expected: 'mine' },
    { name: 'none of another class', volumes: [volume('a', '10Gi', { storageClassName: 'slow' })], expected: 'Provision' },
    { name: 'none with other modes', volumes: [volume('a', '10Gi', { accessModes: ['ReadOnlyMany'] })], expected: 'Provision' },
    { name: 'none that is not free', volumes: [volume('a', '10Gi', {}, 'Released')], expected: 'Provision' },
    {
      name: 'none that is another one’s',
      volumes: [volume('a', '10Gi', { claimRef: { namespace: 'x', name: 'y' } })],
      expected: 'Provision',
    },
    { name: 'none of another volume mode', volumes: [volume('a', '10Gi', { volumeMode: 'Block' })], expected: 'Provision' },
  ])('gets $name', ({ volumes, expected }) => {
    expect(chosen(decide(claim(), volumes, storageClass()))).toBe(expected)
  })

  it('waits for its first consumer where the class says so, although a volume is free', () => {
    expect(decide(claim(), [volume('a', '10Gi')], delayed)).toMatchObject({ kind: 'Wait', notice: { reason: 'WaitForFirstConsumer' } })
    expect(decide(claim(), [], delayed, ['p'])).toMatchObject({
      notice: { reason: 'WaitForPodScheduled', message: 'waiting for pod p to be scheduled' },
    })
    expect(decide(claim(), [], delayed, ['p', 'q'])).toMatchObject({ notice: { message: 'waiting for pods p,q to be scheduled' } })
  })

  it('gets a volume made when the scheduler has selected a node', () => {
    const selected = claim({}, { annotations: { 'volume.kubernetes.io/selected-node': 'n1' } })
    expect(decide(selected, [volume('a', '10Gi')], delayed)).toEqual({ kind: 'Provision', provisioner: 'ebs.csi.aws.com' })
  })

  it.each([
    { name: 'no class', of: claim({ storageClassName: '' }), by: undefined, reason: 'FailedBinding' },
    { name: 'a class that is not there', of: claim(), by: undefined, reason: 'ProvisioningFailed' },
    {
      name: 'a class without provisioner',
      of: claim(),
      by: storageClass({ provisioner: 'kubernetes.io/no-provisioner' }),
      reason: undefined,
    },
  ])('waits with $name', ({ of, by, reason }) => {
    const decision = decide(of, [], by)
    expect(decision.kind).toBe('Wait')
    expect(decision.kind === 'Wait' ? decision.notice?.reason : '').toBe(reason)
  })
})

describe('a claim that names a volume', () => {
  const named = claim({ volumeName: 'a' })
  it.each([
    { name: 'that is not there yet', volumes: [], kind: 'Wait' },
    { name: 'that is free', volumes: [volume('a', '10Gi')], kind: 'Bind' },
    { name: 'that another claim has', volumes: [volume('a', '10Gi', { claimRef: { namespace: 'x', name: 'y', uid: 'z' } })], kind: 'Wait' },
  ])('$name: $kind', ({ volumes, kind }) => {
    expect(decide(named, volumes, undefined).kind).toBe(kind)
  })
})

describe('a claim that is bound', () => {
  const bound = claim({ volumeName: 'a' }, { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, { phase: 'Bound' })
  const own = { claimRef: { namespace: 'default', name: 'data', uid: 'claim-1' } }
  it.each([
    { name: 'and all is well', volumes: [volume('a', '10Gi', own, 'Bound')], kind: 'Keep' },
    { name: 'whose volume does not say so yet', volumes: [volume('a', '10Gi', own, 'Available')], kind: 'Bind' },
    { name: 'whose volume is gone', volumes: [], kind: 'Lost' },
    { name: 'whose volume is another one’s', volumes: [volume('a', '10Gi', { claimRef: { namespace: 'x', name: 'y' } })], kind: 'Lost' },
  ])('$name: $kind', ({ volumes, kind }) => {
    expect(decide(bound, volumes, undefined).kind).toBe(kind)
  })
})
