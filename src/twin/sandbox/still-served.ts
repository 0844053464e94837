import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { z } from 'zod'

const Written = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.base64() }) })]),
})

/** Whoever takes a connection and says nothing for so long is a busy sandbox rather than something else that has its port now. */
const patienceMs = 3_000

/**
 * Where the sandbox of a kubeconfig is served, if it still is: it answers with the certificate that stands there. One that was killed left a file whose port nobody
 * has, or somebody else.
 *
 * @param text of a file that a sandbox has written
 */
export async function stillServed(text: string): Promise<string | undefined> {
  const written = readWritten(text)
  if (written === undefined) return undefined
  const { server, certificate } = written
  const { hostname, port } = new URL(server)
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port), rejectUnauthorized: false })
    const settle = (served: boolean) => {
      socket.destroy()
      resolve(served ? server : undefined)
    }
    socket.setTimeout(patienceMs, () => settle(!socket.connecting))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.once('secureConnect', () => settle(socket.getPeerX509Certificate()?.fingerprint256 === certificate.fingerprint256))
  })
}

function readWritten(text: string): { readonly server: string; readonly certificate: X509Certificate } | undefined {
  try {
    const [{ cluster }] = Written.parse(JSON.parse(text.slice(text.indexOf('\n')))).clusters
    const certificate = new X509Certificate(Buffer.from(cluster['certificate-authority-data'], 'base64'))
    return { server: cluster.server, certificate }
  } catch {
    // somebody has edited it: it tells of no sandbox any more
    return undefined
  }
}
