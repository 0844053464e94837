import { Agent, request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import type { ContainerHappening } from '../kubelet/kubelet-options.ts'
import { PodLogs } from '../kubelet/pod-logs.ts'
import { serveKubeletLogs } from './kubelet-log-server.ts'

const place = { namespace: 'default', pod: 'web-1', container: 'web' }

async function served() {
  const clock = new VirtualClock({ startMs: Date.UTC(2026, 0, 1) })
  const logs = new PodLogs()
  const server = await serveKubeletLogs(logs, clock)
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  onTestFinished(async () => {
    await server.close()
    await dispatcher.destroy()
  })
  const ask = (path: string, method: 'GET' | 'POST' = 'GET') => request(`https://127.0.0.1:${server.port}${path}`, { dispatcher, method })
  const read = async (path: string) => {
    const { statusCode, body } = await ask(path)
    return { statusCode, text: await body.text() }
  }
  const happen = (kind: 'Started' | 'Ended') => {
    if (kind === 'Started') logs.begin(place.namespace, place.pod, place.container)
    const pod = { metadata: { namespace: place.namespace, name: place.pod } }
    server.happened({ node: 'a', pod, atMs: clock.now(), effect: { kind, container: 'web' } } as unknown as ContainerHappening)
  }
  const print = (text: string) => logs.print(place, text, clock.now())
  return { ask, read, happen, print, clock }
}

describe('the log server of joined kubelets', () => {
  it('gives what a container has printed, as much of it as is asked for', async () => {
    const { read, happen, print, clock } = await served()
    happen('Started')
    print('one\n')
    await clock.advance(60_000)
    print('two\nthree\n')
    const path = '/containerLogs/default/web-1/web'
    expect(await read(path)).toEqual({ statusCode: 200, text: 'one\ntwo\nthree\n' })
    expect((await read(`${path}?tailLines=1`)).text).toBe('three\n')
    expect((await read(`${path}?sinceSeconds=30`)).text).toBe('two\nthree\n')
    expect((await read(`${path}?sinceTime=2026-01-01T00:00:30Z`)).text).toBe('two\nthree\n')
    expect((await read(`${path}?limitBytes=5`)).text).toBe('one\nt')
    expect((await read(`${path}?timestamps=true&tailLines=1`)).text).toBe('2026-01-01T00:01:00.000000000Z three\n')
    expect((await read(`${path}?previous=true`)).statusCode).toBe(404)
  })

  it('follows a log until its container ends', async () => {
    const { ask, happen, print } = await served()
    happen('Started')
    print('one\n')
    const { body } = await ask('/containerLogs/default/web-1/web?follow=true')
    const heard: string[] = []
    const all = (async () => {
      for await (const chunk of body) heard.push(String(chunk))
    })()
    await expect.poll(() => heard.join('')).toBe('one\n')
    print('two\n')
    happen('Ended')
    await all
    expect(heard.join('')).toBe('one\ntwo\n')
    const again = await ask('/containerLogs/default/web-1/web?follow=true')
    expect(await again.body.text()).toBe('one\ntwo\n')
  })

  it.each([
    ['another container', '/containerLogs/default/web-1/other', 'GET'],
    ['a path that goes on', '/containerLogs/default/web-1/web/more', 'GET'],
    ['a command', '/exec/default/web-1/web?command=id', 'POST'],
    ['a write', '/containerLogs/default/web-1/web', 'POST'],
    ['what it runs', '/pods', 'GET'],
  ] as const)('says of %s that it is not there', async (_, path, method) => {
    const { ask, happen } = await served()
    happen('Started')
    const { statusCode, body } = await ask(path, method)
    await body.dump()
    expect(statusCode).toBe(404)
  })
})
