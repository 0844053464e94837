import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { accessTo, openTransport } from '../../test/loopback/access.ts'
import { sendJson, startServer, statusBody } from '../../test/loopback/http-server.ts'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { answerPage, answerStatus, type Break, startMisbehavingServer, type WrongAnswer } from '../../test/loopback/misbehaving-server.ts'
import { eventually, watchCollection } from '../../test/loopback/watched-collection.ts'
import type { ApiTransport } from './transport.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

/** Keeps the signals that requests come with. */
function noting(transport: ApiTransport, signals: Set<AbortSignal>): ApiTransport {
  const note = <R extends Parameters<ApiTransport['json']>[0]>(request: R): R => {
    if (request.signal !== undefined) signals.add(request.signal)
    return request
  }
  return { json: (request) => transport.json(note(request)), stream: (request) => transport.stream(note(request)) }
}

describe('a signal that lives as long as the process', () => {
  it.each<{ ends: string; answer: WrongAnswer }>([
    { ends: 'are answered', answer: (response) => sendJson(response, {}) },
    { ends: 'are refused', answer: answerStatus(403, 'Forbidden') },
    { ends: 'are sent again after a pause', answer: answerStatus(429, 'TooManyRequests', { 'retry-after': '1' }) },
    { ends: 'are answered with something else', answer: answerPage },
    { ends: 'break', answer: (response) => response.socket?.resetAndDestroy() },
    { ends: 'break in the middle of the answer', answer: (response) => void response.write('{', () => response.socket?.destroy()) },
  ])('has no listeners left of requests and streams that $ends', async ({ answer }) => {
    const server = await startServer((_, response) => answer(response))
    const transport = openTransport(accessTo(server.url), { clock: createInstantClock() })
    const { signal } = new AbortController()
    for (let i = 0; i < 3; i++) {
      await transport.json({ method: 'GET', path: '/', signal }).catch(() => {})
      const stream = await transport.stream({ method: 'GET', path: '/', signal }).catch(() => undefined)
      stream?.close()
    }
    expect(listeners(signal)).toBe(0)
  })

  it('has no listeners left of requests to a server that is not there', async () => {
    const server = await startServer((_, response) => sendJson(response, statusBody(500, 'InternalError', 'not reached'), 500))
    await server.close()
    const transport = openTransport(accessTo(server.url))
    const { signal } = new AbortController()
    await expect(transport.json({ method: 'GET', path: '/', signal })).rejects.toThrow()
    await expect(transport.stream({ method: 'GET', path: '/', signal })).rejects.toThrow()
    expect(listeners(signal)).toBe(0)
  })

  it('of a reflector has as many listeners after twelve broken watches and a restart of the server as before', async () => {
    const server = await startMisbehavingServer()
    server.collection.put('node-1', '0')
    const signals = new Set<AbortSignal>()
    const watched = watchCollection(server, { transport: noting(openTransport(accessTo(server.url)), signals) })
    const hears = async (value: string) => {
      await eventually(() => server.watches).toBe(1)
      server.collection.put('node-1', value)
      await eventually(() => watched.state().get('node-1')).toBe(value)
    }
    await hears('first')
    const before = [...signals].map(listeners)
    const breaks: readonly Break[] = ['end', 'fin', 'reset', 'half an event', 'gone', 'error 500']
    for (const [i, how] of [...breaks, ...breaks].entries()) {
      server.breakWatches(how)
      await hears(String(i))
    }
    await server.stop()
    await server.start()
    await hears('last')
    expect(signals.size).toBe(1)
    expect([...signals].map(listeners)).toEqual(before)
    await watched.reflector.stop()
    expect([...signals].map(listeners)).toEqual([0])
  })
})
