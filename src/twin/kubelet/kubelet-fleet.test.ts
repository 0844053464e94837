import { describe, expect, it } from 'vitest'
import { kubeletWorld } from './kubelet-world.test-support.ts'

describe('a pod on a node', () => {
  it('is pulled, created, started and ready, and says so step by step', async () => {
    const world = await kubeletWorld()
    await world.addNode('a')
    await world.fleet.start()
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(1)
    expect(world.read('web')?.status).toMatchObject({
      phase: 'Pending',
      hostIP: '127.0.0.1',
      containerStatuses: [{ name: 'app', ready: false, state: { waiting: { reason: 'ContainerCreating' } } }],
    })
    await world.seconds(20)
    expect(world.read('web')?.status).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      podIP: '10.0.0.1',
      containerStatuses: [{ name: 'app', ready: true, started: true, restartCount: 0 }],
    })
    expect(world.events().filter((text) => !text.includes('Node'))).toEqual([
      'Pulling Pulling image "registry.example/app:1"',
      'Pulled Successfully pulled image "registry.example/app:1" in 5.333s',
      'Created Created container app',
      'Started Started container app',
    ])
  })

  it('is gone when it has been stopped within its grace', async () => {
    const world = await kubeletWorld()
    await world.addNode('a')
    await world.fleet.start()
    await world.pod('web', { nodeName: 'a' })
    await world.seconds(20)
    await world.client.delete('pods', { namespace: 'default', name: 'web' })
    await world.seconds(1)
    expect(world.read('web')?.metadata?.deletionGracePeriodSeconds).toBe(30)
    await world.seconds(3)
    expect(world.read('web')).toBeUndefined()
    expect(world.events()).toContain('Killing Stopping container app')
  })
})
