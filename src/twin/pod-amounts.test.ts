import type { Container, PodSpec } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import { quantityText } from '../core/kubernetes/quantity.ts'
import { containerAmounts, podAmounts } from './pod-amounts.ts'

const asks = (cpu: string, more: object = {}): Container => ({
  name: cpu,
  image: 'x',
  resources: { requests: { cpu }, limits: { cpu } },
  ...more,
})
const sidecar = (cpu: string) => asks(cpu, { restartPolicy: 'Always' })

describe('the cpu of a pod', () => {
  it.each<[string, readonly Container[], readonly Container[], string]>([
    ['is that of its containers', [], [asks('100m'), asks('200m')], '300m'],
    ['is that of the largest init container', [asks('500m'), asks('400m')], [asks('300m')], '500m'],
    ['counts sidecars with the containers', [sidecar('100m'), sidecar('50m')], [asks('300m')], '450m'],
    ['counts sidecars with the init containers after them', [sidecar('300m'), asks('400m')], [asks('100m')], '700m'],
    ['does not count sidecars with the init containers before them', [asks('400m'), sidecar('100m')], [asks('100m')], '400m'],
    ['counts the sidecars so far when one starts', [sidecar('100m'), asks('250m'), sidecar('200m')], [asks('10m')], '350m'],
  ])('%s', (_, initContainers, containers, expected) => {
    const spec: PodSpec = { initContainers: [...initContainers], containers: [...containers] }
    for (const part of ['requests', 'limits'] as const) {
      const cpu = containerAmounts(spec, part).get('cpu')
      expect(cpu && quantityText(cpu)).toBe(expected)
    }
  })

  it('has its overhead on top, of limits only where there are some', () => {
    const spec = { containers: [{ ...asks('1'), resources: { requests: { cpu: '1' } } }], overhead: { cpu: '250m' } }
    expect(podAmounts(spec, 'requests').get('cpu')?.nano).toBe(1_250_000_000n)
    expect(podAmounts(spec, 'limits').size).toBe(0)
  })

  it('is what is said of the whole pod', () => {
    const spec = { containers: [asks('1')], resources: { requests: { cpu: '3' } } } as PodSpec
    expect(podAmounts(spec, 'requests').get('cpu')?.nano).toBe(3_000_000_000n)
  })
})
