import { once } from 'node:events'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loopbackCertificate } from './loopback-certificate.ts'
import { sandboxKubeconfig } from './sandbox-kubeconfig.ts'
import { stillServed } from './still-served.ts'

type Served = ReturnType<typeof createServer>

async function listening(server: Served): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `https://127.0.0.1:${(server.address() as { port: number }).port}`
}

const text = (url: string, certificate: string) => sandboxKubeconfig({ url, certificate, token: 'secret' })

describe('a sandbox is still served', () => {
  it('where it answers with its certificate', async () => {
    const { cert, key } = await loopbackCertificate()
    const url = await listening(createTlsServer({ cert, key }))
    expect(await stillServed(text(url, cert))).toBe(url)
  })

  it('also where it is too busy to answer', async () => {
    const { cert } = await loopbackCertificate()
    const url = await listening(createServer(() => {}))
    expect(await stillServed(text(url, cert))).toBe(url)
  })

  it('not where another one has its port now', async () => {
    const [own, other] = [await loopbackCertificate(), await loopbackCertificate()]
    const url = await listening(createTlsServer(other))
    expect(await stillServed(text(url, own.cert))).toBeUndefined()
  })

  it('not where something else has its port, or nothing', async () => {
    const { cert } = await loopbackCertificate()
    const url = await listening(createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    expect(await stillServed(text(url, cert))).toBeUndefined()
    expect(await stillServed(text('https://127.0.0.1:1', cert))).toBeUndefined()
  })

  it.each(['', '# a mark\n{', text('https://127.0.0.1:1', 'PEM'), '# a mark\n{"clusters":[]}'])(
    'not by a file that was edited',
    async (edited) => {
      expect(await stillServed(edited)).toBeUndefined()
    },
  )
})
