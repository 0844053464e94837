import type { Pod, PodSpec } from 'kubernetes-types/core/v1.js'
import { expect, it } from 'vitest'
import { podRequests, scoredPodRequests } from './pod-requests.ts'

function container(cpu?: string, memory?: string, restartPolicy?: string) {
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  return { name: `c${cpu}`, image: 'app:1', resources: { requests }, ...(restartPolicy === undefined ? {} : { restartPolicy }) }
}

it.each<{ title: string; spec: object; cpu: number; memory: number }>([
  { title: 'containers together', spec: { containers: [container('1', '1Ki'), container('500m', '1Ki')] }, cpu: 1500, memory: 2048 },
  {
    title: 'the largest init container, when it is larger',
    spec: { containers: [container('1', '3Ki')], initContainers: [container('2', '1Ki'), container('3', '2Ki')] },
    cpu: 3000,
    memory: 3072,
  },
  {
    title: 'sidecars with the containers',
    spec: { containers: [container('1')], initContainers: [container('1', undefined, 'Always')] },
    cpu: 2000,
    memory: 0,
  },
  {
    title: 'sidecars with the init containers after them',
    spec: { containers: [container('1')], initContainers: [container('3'), container('1', undefined, 'Always'), container('4')] },
    cpu: 5000,
    memory: 0,
  },
  { title: 'overhead on top', spec: { containers: [container('1')], overhead: { cpu: '250m', memory: '1Ki' } }, cpu: 1250, memory: 1024 },
  {
    title: 'those of the whole pod before all others',
    spec: { containers: [container('1', '1Ki')], resources: { requests: { cpu: '4' } }, overhead: { cpu: '1' } },
    cpu: 5000,
    memory: 1024,
  },
])('requests: $title', ({ spec, cpu, memory }) => {
  expect(podRequests({ spec: spec as PodSpec })).toMatchObject({ milliCpu: cpu, memory })
})

it('requests: the larger of wish and allocation while a pod is resized', () => {
  const status = { containerStatuses: [{ name: 'c1', allocatedResources: { cpu: '2' }, resources: { requests: { cpu: '3' } } }] }
  expect(podRequests({ spec: { containers: [container('1')] }, status } as unknown as Pod)).toMatchObject({ milliCpu: 3000 })
})

it('requests: extended resources and hugepages by name', () => {
  const spec = { containers: [{ name: 'a', image: 'a', resources: { requests: { 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi' } } }] }
  expect([...podRequests({ spec } as unknown as Pod).scalars]).toEqual([
    ['example.com/gpu', 2],
    ['hugepages-2Mi', 4 * 1024 * 1024],
  ])
})

it('scores count a container that asks for nothing', () => {
  expect(scoredPodRequests({ spec: { containers: [container(), container('1', '1Ki')] } })).toMatchObject({
    milliCpu: 1100,
    memory: 200 * 1024 * 1024 + 1024,
  })
})
