import { describe, expect, it } from 'vitest'
import { ApiError, isConflict, isNotFound } from '../../../cluster/api-error.ts'
import type { ApiStream } from '../../../cluster/transport.ts'
import { FalkirkError } from '../../../core/falkirk-error.ts'
import type { RequestFault } from '../http/request-faults.ts'
import { podNamed, smallServer } from '../http/small-server.test-support.ts'
import { StatusError } from '../status-error.ts'
import { createInProcessTransport } from './in-process-transport.ts'

async function setUp(faults: readonly (RequestFault | undefined)[] = []) {
  const left = [...faults]
  const twin = await smallServer({ faults: { judge: () => left.shift() } })
  return { ...twin, transport: createInProcessTransport({ server: twin.server, clock: twin.clock }) }
}

const path = '/api/v1/namespaces/default/configmaps'
const busy = new StatusError(429, 'TooManyRequests', 'later')

async function nextText(stream: ApiStream): Promise<string> {
  const { value } = await stream[Symbol.asyncIterator]().next()
  return new TextDecoder().decode(value)
}

describe('json', () => {
  it('writes and reads', async () => {
    const { transport } = await setUp()
    await transport.json({ method: 'POST', path, body: { metadata: { name: 'a' } } })
    expect(await transport.json({ method: 'GET', path: `${path}/a` })).toMatchObject({ kind: 'ConfigMap' })
    expect(await transport.json({ method: 'GET', path: '/apis' })).toMatchObject({ kind: 'APIGroupList' })
  })

  it('throws what the server answers', async () => {
    const { transport } = await setUp()
    const error = await transport.json({ method: 'GET', path: `${path}/none` }).catch((fault: unknown) => fault)
    expect(isNotFound(error)).toBe(true)
    expect(error).toMatchObject({
      reason: 'NotFound',
      message: 'configmaps "none" not found',
      details: { kind: 'configmaps', name: 'none' },
    })
    const stale = { metadata: { name: 'default', resourceVersion: '1' } }
    expect(
      isConflict(
        await transport
          .json({
            method: 'PUT',
            path: '/api/v1/namespaces/kube-system',
            body: { ...stale, metadata: { ...stale.metadata, name: 'kube-system' } },
          })
          .catch((fault: unknown) => fault),
      ),
    ).toBe(true)
  })

  it('waits as long as a busy server asks, then asks again', async () => {
    const { transport, clock } = await setUp([{ kind: 'Refuse', error: busy, retryAfterSeconds: 3 }])
    let done = false
    const answer = transport.json({ method: 'POST', path, body: { metadata: { name: 'a' } } }).then(() => {
      done = true
    })
    await clock.advance(2_900)
    expect(done).toBe(false)
    await clock.advance(200)
    await answer
    expect(done).toBe(true)
  })

  it('leaves the pause to a caller that asks for it', async () => {
    const { transport } = await setUp([{ kind: 'Refuse', error: busy, retryAfterSeconds: 3 }])
    const error = await transport.json({ method: 'GET', path, whenBusy: 'Fail' }).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 429, retryAfterMs: 3_000 })
  })

  it('reads once more after a broken connection, and never writes twice', async () => {
    const { transport, store } = await setUp([{ kind: 'Break' }, undefined, { kind: 'LoseAnswer' }])
    expect(await transport.json({ method: 'GET', path })).toMatchObject({ kind: 'ConfigMapList' })
    const error = await transport.json({ method: 'POST', path, body: { metadata: { name: 'a' } } }).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(FalkirkError)
    expect(error).toMatchObject({ code: 'FK_API_UNREACHABLE' })
    expect(store.count('configmaps')).toBe(1)
  })

  it('gives up after its time', async () => {
    const { transport, clock } = await setUp([{ kind: 'Delay', ms: 60_000 }])
    const error = transport.json({ method: 'GET', path, timeoutMs: 1_000 }).catch((fault: unknown) => fault)
    await clock.advance(1_000)
    expect(await error).toMatchObject({
      code: 'FK_API_UNREACHABLE',
      message: 'the API server cannot be reached: no complete answer within 1 s',
    })
  })

  it('ends with the signal', async () => {
    const { transport } = await setUp([{ kind: 'Delay', ms: 60_000 }])
    const controller = new AbortController()
    const answer = transport.json({ method: 'GET', path, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
  })
})

describe('stream', () => {
  it('tells events until it is closed', async () => {
    const { transport, client, hub } = await setUp()
    const stream = await transport.stream({ method: 'GET', path: '/api/v1/pods', query: { watch: true } })
    await client.create('pods', podNamed('p'))
    expect(JSON.parse(await nextText(stream))).toMatchObject({ type: 'ADDED', object: { kind: 'Pod' } })
    stream.close()
    expect(hub.open).toBe(0)
  })

  it('that is closed before it is read holds nothing', async () => {
    const { transport, hub } = await setUp()
    const stream = await transport.stream({ method: 'GET', path: '/api/v1/pods', query: { watch: true } })
    stream.close()
    expect(hub.open).toBe(0)
  })

  it('tells late where a fault asks for it', async () => {
    const { transport, client, clock } = await setUp([{ kind: 'StaleWatch', ms: 5_000 }])
    const stream = await transport.stream({ method: 'GET', path: '/api/v1/pods', query: { watch: true } })
    await client.create('pods', podNamed('p'))
    let told = false
    const text = nextText(stream).then(() => {
      told = true
    })
    await clock.advance(4_900)
    expect(told).toBe(false)
    await clock.advance(100)
    await text
    stream.close()
  })

  it('refuses like a request', async () => {
    const { transport } = await setUp()
    await expect(
      transport.stream({ method: 'GET', path: '/api/v1/pods', query: { watch: true, fieldSelector: 'a=b' } }),
    ).rejects.toMatchObject({ status: 400 })
  })
})
