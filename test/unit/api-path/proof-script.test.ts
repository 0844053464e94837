import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ApiAnswer, apiProofScript, parseApiAnswer } from '../../../src/core/api-path/proof-script.ts'
import { createAuthority, issueServer } from '../../loopback/certificates.ts'

const authority = await createAuthority()
let folder: string
let servers: Server[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-api-path-'))
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  rmSync(folder, { recursive: true, force: true })
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** An API server as far as its certificate goes. */
async function member(): Promise<{ readonly port: number; readonly certificate: string; readonly cert: string }> {
  const { cert, key } = await issueServer(authority)
  const server = createTlsServer({ cert, key }, (socket) => socket.on('error', () => {}))
  // as openssl prints it
  const certificate = createHash('sha256').update(`${cert.trim()}\n`).digest('hex')
  return { port: await listening(server), certificate, cert }
}

/** One connection to each of them after the other; port 0 takes none. */
async function balancer(ports: readonly number[]): Promise<number> {
  let next = 0
  const server = createServer((socket) => {
    const port = ports[next++ % ports.length] ?? 0
    if (port === 0) return socket.destroy()
    const other = connect(port, '127.0.0.1')
    for (const [a, b] of [
      [socket, other],
      [other, socket],
    ] as const) {
      a.pipe(b)
      a.on('error', () => b.destroy())
    }
  })
  return await listening(server)
}

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
  chmodSync(join(folder, path), mode)
}

async function asked(files: Readonly<Record<string, string>>, tools: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
  for (const [path, text] of Object.entries(files)) put(join('root', path), text)
  for (const [name, script] of Object.entries({ sleep: 'exec /bin/sleep 0.3', ip: ':', getent: 'echo 127.0.0.1', ...tools }))
    put(join('tools', name), `#!/bin/sh\n${script}\n`, 0o755)
  const script = apiProofScript({ members: 2, root: join(folder, 'root'), tools: join(folder, 'tools') })
  const run = promisify(execFile)('sh', [], { env: {} })
  run.child.stdin?.end(script)
  const read = parseApiAnswer((await run).stdout)
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.document
}

const conf = (port: number) => `clusters:\n- cluster:\n    server: https://127.0.0.1:${port}\n`
const manifest = (port: number) =>
  `    - kube-apiserver\n    - --advertise-address=127.0.0.1\n    - --secure-port=${port}\n    image: kube-apiserver:v1.21.0\n`
const kubelet = '/etc/kubernetes/kubelet.conf'

it('counts whose certificates new connections are shown, each connection a new one', async () => {
  const [one, two] = [await member(), await member()]
  const port = await balancer([one.port, two.port])
  const { asked: found, own } = await asked({ [kubelet]: conf(port) })
  expect(own).toBeUndefined()
  expect(found).toMatchObject([{ server: `https://127.0.0.1:${port}`, failed: 0 }])
  const seen = new Map(found[0]?.seen.map(({ certificate, count }) => [certificate, count]))
  expect(seen).toEqual(
    new Map([
      [one.certificate, 10],
      [two.certificate, 10],
    ]),
  )
})

it('counts connections that are not taken', async () => {
  const one = await member()
  const port = await balancer([one.port, 0])
  const { asked: reached } = await asked({ [kubelet]: conf(port) })
  expect(reached).toMatchObject([{ failed: 10, seen: [{ certificate: one.certificate, count: 10 }] }])
})

it.each([
  { what: 'that is well', kubectl: 'echo ok', ready: 'ok' },
  {
    what: 'of v1.15, which has /healthz alone',
    kubectl: `case "$*" in *readyz*) echo "(NotFound)" >&2; exit 1 ;; esac; echo ok`,
    ready: 'ok',
  },
  { what: 'that is not', kubectl: 'echo "[-]etcd failed"; echo "readyz check failed" >&2; exit 1', ready: 'readyz check failed' },
  { what: 'that says nothing', kubectl: 'exit 1', ready: 'nothing' },
])('asks the API server of its own host at its own address, one $what', async ({ kubectl, ready }) => {
  const one = await member()
  const files = { [kubelet]: conf(one.port), '/etc/kubernetes/manifests/kube-apiserver.yaml': manifest(one.port) }
  const { own, asked: others } = await asked(files, { kubectl })
  expect(own).toEqual({ place: `127.0.0.1:${one.port}`, ready, certificate: one.certificate })
  // what leads to its own API server alone proves nothing of others
  expect(others).toEqual([])
})

it('knows the certificate of its own API server by its file where it is not shown', async () => {
  const { cert, certificate } = await member()
  const file = '/etc/kubernetes/pki/apiserver.crt'
  const flags = manifest(1).replace('    image', `    - --tls-cert-file=${file}\n    image`)
  const files = { [file]: `${cert.trim()}\n${cert}`, '/etc/kubernetes/manifests/kube-apiserver.yaml': flags }
  expect((await asked(files, { kubectl: 'exit 1' })).own).toMatchObject({ ready: 'nothing', certificate })
})

it('runs nothing of what a kubeconfig says', async () => {
  const mark = join(folder, 'mark')
  const server = `https://$(touch ${mark}):6443`
  const { api, asked: found } = await asked({ [kubelet]: `    server: ${server}\n` })
  expect(api.servers[0]?.server).toContain('$(touch')
  expect(found).toEqual([])
})
