import { describe, expect, it } from 'vitest'
import { journalAnnotation, nodeFacts } from './node-facts.ts'

/** A node as a kubelet of a real cluster reports it: images, addresses, capacity, managed fields. */
function rawNode(heartbeat: string) {
  const conditions = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    lastHeartbeatTime: heartbeat,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }))
  const images = Array.from({ length: 50 }, (_, i) => ({ names: [`registry.example/app-${i}@sha256:${'0'.repeat(64)}`], sizeBytes: i }))
  return {
    metadata: {
      name: 'n1',
      uid: 'u1',
      resourceVersion: '7',
      labels: { 'kubernetes.io/hostname': 'n1' },
      annotations: { [journalAnnotation]: '[]', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      managedFields: [{ manager: 'kubelet', time: heartbeat, fieldsV1: { 'f:status': { 'f:conditions': {} } } }],
    },
    spec: { podCIDR: '10.42.0.0/24', unschedulable: true },
    status: {
      conditions,
      images,
      nodeInfo: { kubeletVersion: 'v1.20.2+k3s1', containerRuntimeVersion: 'containerd://1.7.24', bootID: 'boot', kernelVersion: '6.1' },
    },
  }
}

describe('what is kept of a node', () => {
  it('is what a decision needs, and nothing else', () => {
    expect(nodeFacts(rawNode('2026-01-01T00:00:00Z'))).toEqual({
      name: 'n1',
      uid: 'u1',
      resourceVersion: '7',
      labels: { 'kubernetes.io/hostname': 'n1' },
      unschedulable: true,
      ready: true,
      kubeletVersion: 'v1.20.2+k3s1',
      bootId: 'boot',
      runtimeVersion: 'containerd://1.7.24',
      journal: '[]',
      deleting: false,
    })
  })

  it('defect 40: is below 2 KB, and the same after a heartbeat', () => {
    const facts = nodeFacts(rawNode('2026-01-01T00:00:00Z'))
    expect(JSON.stringify(facts).length).toBeLessThan(2048)
    expect(nodeFacts(rawNode('2026-01-01T00:05:00Z'))).toEqual(facts)
  })

  it('of a node that has only just been registered is not Ready and has no version', () => {
    expect(nodeFacts({ metadata: { name: 'n1' } })).toMatchObject({ ready: false, kubeletVersion: '', unschedulable: false, labels: {} })
  })
})
