import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../cluster/virtual-clock.ts'
import type { KubeObject } from './kube-object.ts'
import { PodLogs } from './kubelet/pod-logs.ts'
import { servedLogs } from './served-logs.ts'
import { ObjectStore } from './store/object-store.ts'

const at = { namespace: 'default', pod: 'p', container: 'main' }
const asked = { container: 'main', previous: false, timestamps: false }

describe('the log of a container', () => {
  it('is what it has written so far', async () => {
    const { served, logs } = started()
    logs.print(at, 'one\n', 0)
    expect(await served.read(pod(), { ...asked, follow: false })).toBe('one\n')
  })

  it('is followed until the container has ended', async () => {
    const { served, logs, store } = started()
    logs.print(at, 'one\n', 0)
    const pieces = collect(await served.read(pod(), { ...asked, follow: true }))
    await Promise.resolve()
    logs.print(at, 'two\n', 0)
    logs.print(at, 'three\n', 0)
    store.put('pods', pod({ terminated: { exitCode: 0 } }))
    expect(await pieces).toBe('one\ntwo\nthree\n')
  })

  it('of a container that has ended is not followed', async () => {
    const { served, logs, store } = started()
    logs.print(at, 'one\n', 0)
    store.put('pods', pod({ terminated: { exitCode: 0 } }))
    expect(await collect(await served.read(pod(), { ...asked, follow: true }))).toBe('one\n')
  })

  it('of a pod that goes is followed until then', async () => {
    const { served, store } = started()
    const pieces = collect(await served.read(pod(), { ...asked, follow: true }))
    await Promise.resolve()
    store.remove('pods', 'default', 'p')
    expect(await pieces).toBe('')
  })

  it('is followed until the client has gone', async () => {
    const { served } = started()
    const gone = new AbortController()
    const pieces = collect(await served.read(pod(), { ...asked, follow: true, signal: gone.signal }))
    gone.abort()
    expect(await pieces).toBe('')
  })

  it('before the last restart is refused where there was none', async () => {
    const { served } = started()
    await expect(served.read(pod(), { ...asked, follow: false, previous: true })).rejects.toThrow(
      'previous terminated container "main" in pod "p" not found',
    )
  })

  it('that has not begun is refused', async () => {
    const { served } = started()
    await expect(served.read(pod(), { ...asked, container: 'side', follow: false })).rejects.toThrow(
      'container "side" in pod "p" is waiting to start: ContainerCreating',
    )
  })
})

function started() {
  const [logs, store] = [new PodLogs(), new ObjectStore()]
  store.put('pods', pod())
  logs.begin('default', 'p', 'main')
  return { logs, store, served: servedLogs(logs, new VirtualClock(), store) }
}

async function collect(log: string | AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of log) text += piece
  return text
}

function pod(state: object = { running: {} }): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' },
    status: { containerStatuses: [{ name: 'main', state }] },
  }
}
