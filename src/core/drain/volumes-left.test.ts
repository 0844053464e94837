import { describe, expect, it } from 'vitest'
import { ownedBy, samplePod } from '../../../test/unit/drain-samples.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { type AttachmentFacts, attachmentFacts, type VolumeClaim, volumeClaim } from './volume-attachment.ts'
import { judgeVolumes } from './volumes-left.ts'

const noonMs = Date.UTC(2026, 10, 21, 12)
const claimed = (claim: string): VolumeClaim => ({ kind: 'Claim', claim })
const attached = (volume: string, more: Partial<AttachmentFacts> = {}): AttachmentFacts => ({
  name: `csi-${volume}`,
  resourceVersion: '1',
  nodeName: 'n1',
  volume,
  driver: 'disk.example.org',
  ...more,
})
const agent = (claims: readonly string[], more: Partial<PodFacts> = {}) =>
  samplePod('agent', { namespace: 'monitoring', controller: ownedBy('DaemonSet', 'agent'), claims, ...more })

interface Case {
  readonly attachments: readonly AttachmentFacts[]
  readonly pods?: readonly PodFacts[]
  readonly claims?: Readonly<Record<string, VolumeClaim>>
  readonly ready?: boolean
}

function judge({ attachments, pods = [], claims = {}, ready = true }: Case) {
  return judgeVolumes({
    node: { name: 'n1', ready },
    pods,
    volumes: {
      attachments: { get: (node) => attachments.filter(({ nodeName }) => nodeName === node) },
      claims: new Map(Object.entries(claims)),
    },
    drainedAtMs: noonMs,
  })
}

describe('a drained node', () => {
  it.each<Case & { what: string }>([
    { what: 'nothing is attached', attachments: [] },
    { what: 'what is attached is attached elsewhere', attachments: [attached('v1', { nodeName: 'n2' })] },
    {
      what: 'what is attached is that of a pod that stays',
      attachments: [attached('v1')],
      pods: [agent(['data'])],
      claims: { v1: claimed('monitoring/data') },
    },
  ])('has let go when $what', (one) => {
    expect(judge(one)).toEqual({ kind: 'Detached' })
  })

  it.each<Case & { what: string; lookUp: readonly string[] }>([
    { what: 'a volume whose claim is not known yet', attachments: [attached('v1')], lookUp: ['v1'] },
    { what: 'of several, only the one that is named has to be known', attachments: [attached('v2'), attached('v1')], lookUp: ['v1'] },
    {
      what: 'several where a pod stays that has a volume: each may be its own',
      attachments: [attached('v2'), attached('v1')],
      pods: [agent(['data'])],
      lookUp: ['v2', 'v1'],
    },
    {
      what: 'a claim of the same name in another namespace',
      attachments: [attached('v1')],
      pods: [agent(['data'])],
      claims: { v1: claimed('default/data') },
      lookUp: [],
    },
    {
      what: 'the volume of a pod that has finished and was left',
      attachments: [attached('v1')],
      pods: [agent(['data'], { phase: 'Succeeded' })],
      claims: { v1: claimed('monitoring/data') },
      lookUp: [],
    },
    { what: 'a volume that is gone', attachments: [attached('v1')], claims: { v1: { kind: 'None' } }, lookUp: [] },
    {
      what: 'a volume that may not be read: it is asked for again',
      attachments: [attached('v1')],
      claims: { v1: { kind: 'Unread', problem: 'no right' } },
      lookUp: ['v1'],
    },
    { what: 'a volume that stands in a pod', attachments: [attached('')], lookUp: [] },
  ])('has not let go of $what', ({ lookUp, ...one }) => {
    expect(judge(one)).toMatchObject({ kind: 'Attached', lookUp })
  })
})

describe('what is told of a volume that is still attached', () => {
  const known = { v1: claimed('default/data'), v2: claimed('default/logs') }

  it.each<Case & { message: string }>([
    {
      attachments: [attached('v1', { detachingSinceMs: noonMs + 5_000 })],
      claims: known,
      message:
        'volume v1 of claim default/data (driver disk.example.org) is still attached: it has been detaching since 2026-11-21T12:00:05Z; the controller of disk.example.org has to end that',
    },
    {
      attachments: [attached('v1'), attached('v2', { detachingSinceMs: noonMs, detachError: 'the disk is busy' })],
      claims: known,
      message:
        'volume v2 of claim default/logs (driver disk.example.org) is still attached (and 1 more): its driver cannot detach it (the disk is busy): look at the controller of disk.example.org',
    },
    {
      attachments: [attached('v1')],
      claims: known,
      message:
        'volume v1 of claim default/data (driver disk.example.org) is still attached: nobody has begun to detach it since 2026-11-21T12:00:00Z: that is done when the kubelet has unmounted it; what no pod has asked for goes by kubectl delete volumeattachment csi-v1',
    },
    {
      attachments: [attached('v1')],
      claims: known,
      ready: false,
      message:
        'volume v1 of claim default/data (driver disk.example.org) is still attached: nobody has begun to detach it since 2026-11-21T12:00:00Z, because n1 is not Ready: that is done after six minutes, or at once with taint node.kubernetes.io/out-of-service',
    },
    {
      attachments: [attached('v1', { detachingSinceMs: noonMs })],
      claims: { v1: { kind: 'Unread', problem: 'no right' } },
      message:
        'volume v1 (driver disk.example.org; its claim is not known: no right) is still attached: it has been detaching since 2026-11-21T12:00:00Z; the controller of disk.example.org has to end that',
    },
    {
      attachments: [attached('', { detachingSinceMs: noonMs })],
      message:
        'the volume of VolumeAttachment csi- (driver disk.example.org) is still attached: it has been detaching since 2026-11-21T12:00:00Z; the controller of disk.example.org has to end that',
    },
  ])('$message', ({ message, ...one }) => {
    expect(judge(one)).toMatchObject({ message })
  })
})

describe('what is kept of objects', () => {
  it('of a VolumeAttachment: where which volume is, and how its detaching goes', () => {
    const metadata = {
      name: 'csi-1',
      resourceVersion: '7',
      deletionTimestamp: '2026-11-21T12:00:00Z',
      finalizers: ['external-attacher/disk'],
    }
    const spec = { attacher: 'disk.example.org', nodeName: 'n1', source: { persistentVolumeName: 'v1' } }
    const status = { attached: true, attachmentMetadata: { serial: '1' }, detachError: { message: 'busy '.repeat(100) } }
    const kept = { name: 'csi-1', resourceVersion: '7', nodeName: 'n1', volume: 'v1', driver: 'disk.example.org' }
    const detachError = 'busy '.repeat(40)
    expect(attachmentFacts({ metadata, spec, status })).toEqual({ ...kept, detachingSinceMs: noonMs, detachError })
    expect(attachmentFacts({ metadata: { name: 'csi-1', resourceVersion: '7' }, spec, status: { attached: false } })).toEqual(kept)
  })

  it.each([
    { spec: { claimRef: { namespace: 'default', name: 'data' } }, claim: claimed('default/data') },
    { spec: {}, claim: { kind: 'None' } },
  ])('of a PersistentVolume: $claim.kind', ({ spec, claim }) => {
    expect(volumeClaim({ spec })).toEqual(claim)
  })

  it('of a PersistentVolume that is gone: nothing', () => {
    expect(volumeClaim(undefined)).toEqual({ kind: 'None' })
  })
})
