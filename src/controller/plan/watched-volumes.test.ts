import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import type { ReflectorProblem } from '../../cluster/watch-fault.ts'
import { WatchedVolumes } from './watched-volumes.ts'

const list = 'GET /apis/storage.k8s.io/v1/volumeattachments'
const read = (name: string) => `GET /api/v1/persistentvolumes/${name}`
const path = (name: string) => `/apis/storage.k8s.io/v1/volumeattachments/${name}`
const refusal = (status: number, reason: string) => new ApiError({ status, reason, message: reason })
const attachment = (name: string, nodeName: string) => ({
  metadata: { name },
  spec: { attacher: 'disk.example.org', nodeName, source: { persistentVolumeName: `disk-${name}` } },
  status: { attached: true },
})

function setUp() {
  const problems: (ReflectorProblem | undefined)[] = []
  const memory = memoryShell({ onReflectorProblem: (_, problem) => problems.push(problem) })
  const { api, clock } = memory
  api.put(path('a'), attachment('a', 'n1'))
  api.put(path('b'), attachment('b', 'n2'))
  api.put('/api/v1/persistentvolumes/disk-a', {
    metadata: { name: 'disk-a' },
    spec: { claimRef: { namespace: 'default', name: 'data' } },
  })
  let woken = 0
  const volumes = new WatchedVolumes(memory.shell, () => (woken += 1))
  onTestFinished(() => volumes.stop())
  const watch = async (nodes: readonly string[], names: readonly string[] = []) => {
    volumes.watch(nodes, names)
    await clock.advance(1_000)
  }
  const at = (node: string) =>
    volumes
      .get()
      .volumes?.attachments.get(node)
      .map(({ volume }) => volume)
  const hears = async (change: () => void) => {
    woken = 0
    change()
    await clock.advance(1_000)
    return woken > 0
  }
  return { ...memory, volumes, problems, watch, at, hears }
}

describe('VolumeAttachments', () => {
  it('are asked for by nobody before a node is to be drained, and watched once from then on', async () => {
    const { api, clock, volumes, watch, at } = setUp()
    await clock.advance(60_000)
    expect(api.requests).toEqual([])
    expect([volumes.get(), volumes.freshSinceMs()]).toEqual([{}, Number.POSITIVE_INFINITY])
    await watch([])
    await watch(['n1'])
    expect([at('n1'), at('n2'), at('n3')]).toEqual([['disk-a'], ['disk-b'], []])
    expect(api.lines()).toEqual([list, list])
    expect(volumes.freshSinceMs()).toBeGreaterThan(0)
  })

  it('wake the run when those of a node change that is drained, and no others', async () => {
    const { api, watch, at, hears } = setUp()
    await watch(['n1'])
    expect(await hears(() => api.remove(path('b')))).toBe(false)
    expect(await hears(() => api.remove(path('a')))).toBe(true)
    expect([at('n1'), at('n2')]).toEqual([[], []])
  })

  it('are not known when nobody watches them any more, and read anew after that', async () => {
    const { api, volumes, watch, at } = setUp()
    await watch(['n1'])
    await volumes.stop()
    expect(volumes.get()).toEqual({})
    api.remove(path('a'))
    await watch(['n1'])
    expect(at('n1')).toEqual([])
  })

  it('that may not be watched have a reason; they are known when the right is given', async () => {
    const { api, clock, volumes, problems, watch, at } = setUp()
    api.refuse = (line) => (line === list ? refusal(403, 'Forbidden') : undefined)
    await watch(['n1'])
    expect(volumes.get()).toEqual({ volumesProblem: expect.stringMatching(/^cannot list volumeattachments, which takes the verbs/) })
    expect(problems).toMatchObject([{ reason: 'Forbidden' }])
    // it does not make the other facts old
    expect(volumes.freshSinceMs()).toBe(Number.POSITIVE_INFINITY)
    api.refuse = () => undefined
    await clock.advance(120_000)
    expect(at('n1')).toEqual(['disk-a'])
    expect(problems.at(-1)).toBeUndefined()
  })

  it('of a server that does not have them are none, and are not asked for again', async () => {
    const { api, clock, problems, watch, at } = setUp()
    api.refuse = (line) => (line === list ? refusal(404, 'NotFound') : undefined)
    await watch(['n1'])
    expect(at('n1')).toEqual([])
    await clock.advance(600_000)
    expect(api.lines()).toEqual([list])
    expect(problems).toEqual([])
  })
})

describe('PersistentVolumes', () => {
  const claimOf = (volumes: WatchedVolumes, name: string) => volumes.get().volumes?.claims.get(name)

  it('are read once, when a decision asks for them', async () => {
    const { api, volumes, watch } = setUp()
    await watch(['n1'], ['disk-a', 'disk-b'])
    await watch(['n1'], ['disk-a'])
    expect(api.lines(/persistentvolumes/)).toEqual([read('disk-a'), read('disk-b')])
    expect(claimOf(volumes, 'disk-a')).toEqual({ kind: 'Claim', claim: 'default/data' })
    expect(claimOf(volumes, 'disk-b')).toEqual({ kind: 'None' })
  })

  it.each([
    { status: 403, reason: 'Forbidden', again: 60_000, known: { kind: 'Unread', problem: expect.stringContaining('docs/rbac.md') } },
    { status: 500, reason: 'InternalError', again: 5_000, known: undefined },
  ])('that cannot be read ($reason) are asked for again after $again ms', async ({ status, reason, again, known }) => {
    const { api, clock, volumes, watch } = setUp()
    api.refuse = (line) => (line === read('disk-a') ? refusal(status, reason) : undefined)
    await watch(['n1'], ['disk-a'])
    expect(claimOf(volumes, 'disk-a')).toEqual(known)
    await watch(['n1'], ['disk-a'])
    expect(api.lines(/persistentvolumes/)).toHaveLength(1)
    api.refuse = () => undefined
    await clock.advance(again)
    await watch(['n1'], ['disk-a'])
    expect(claimOf(volumes, 'disk-a')).toEqual({ kind: 'Claim', claim: 'default/data' })
  })
})
