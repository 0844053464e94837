import { expect, it } from 'vitest'
import { accessTo, openTransport } from '../../test/loopback/access.ts'
import { type Answer, startServer } from '../../test/loopback/http-server.ts'
import type { ApiStream } from './transport.ts'

const watch = { method: 'GET', path: '/api/v1/nodes', query: { watch: true } } as const

async function open(answer: Answer, signal?: AbortSignal) {
  const server = await startServer(answer)
  const transport = openTransport(accessTo(server.url))
  return { transport, stream: await transport.stream({ ...watch, ...(signal === undefined ? {} : { signal }) }) }
}

async function readAll(stream: ApiStream, onChunk: () => void = () => {}): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    expect(chunk).toBeInstanceOf(Uint8Array)
    text += Buffer.from(chunk).toString()
    onChunk()
  }
  return text
}

it('ends when the server ends it', async () => {
  const { stream } = await open((_, response) => {
    response.writeHead(200).write('one\n')
    setImmediate(() => response.end('two\n'))
  })
  expect(await readAll(stream)).toBe('one\ntwo\n')
})

it.each(['FIN', 'reset'] as const)('a %s in the middle throws FK_API_UNREACHABLE after what has come', async (how) => {
  const { stream } = await open((_, response) => {
    response.writeHead(200).write('one\n', () => {
      setTimeout(() => (how === 'FIN' ? response.socket?.end() : response.socket?.resetAndDestroy()), 20)
    })
  })
  let chunks = 0
  await expect(readAll(stream, () => chunks++)).rejects.toMatchObject({ code: 'FK_API_UNREACHABLE', retry: 'backoff' })
  expect(chunks).toBe(1)
})

it('a connection that broke before anybody read throws then, and disturbs nobody before', async () => {
  const { stream } = await open((_, response) => void response.writeHead(200).write('x', () => response.socket?.resetAndDestroy()))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await expect(readAll(stream)).rejects.toMatchObject({ code: 'FK_API_UNREACHABLE' })
})

it.each(['close', 'abort'] as const)('%s ends a silent stream without an error and frees the connection', async (how) => {
  const controller = new AbortController()
  let gone = false
  const { stream } = await open((_, response) => {
    response.on('close', () => {
      gone = true
    })
    response.writeHead(200).write('x')
  }, controller.signal)
  const read = readAll(stream, () => (how === 'close' ? stream.close() : controller.abort()))
  expect(await read).toBe('x')
  await expect.poll(() => gone).toBe(true)
})

it('closed before it is read, it is empty', async () => {
  const { stream } = await open((_, response) => void response.writeHead(200).write('x'))
  stream.close()
  stream.close()
  expect(await readAll(stream)).toBe('')
})

it('leaving the loop frees the connection', async () => {
  let gone = false
  const { stream } = await open((_, response) => {
    response.on('close', () => {
      gone = true
    })
    response.writeHead(200).write('x')
  })
  for await (const _ of stream) break
  await expect.poll(() => gone).toBe(true)
})

it('closing the transport breaks a running watch', async () => {
  const { transport, stream } = await open((_, response) => void response.writeHead(200).write('x'))
  await expect(readAll(stream, () => void transport.close())).rejects.toMatchObject({ code: 'FK_API_UNREACHABLE' })
})

it('an error answer is thrown before there is a stream', async () => {
  await expect(
    open((_, response) => void response.writeHead(410).end('{"kind":"Status","code":410,"reason":"Expired"}')),
  ).rejects.toMatchObject({
    status: 410,
    reason: 'Expired',
  })
})
