import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { debianProgram } from '../debian-program.ts'
import { logTail, type OwnedProcess, startProcess } from '../owned-process.ts'

/** Debian's HAProxy in front of API servers, as a load balancer of a highly available cluster is set up. */
export interface Haproxy {
  /** `ADDRESS:PORT`. */
  readonly endpoint: string
  /** Sends no new connection to a server, as if it were not in its settings; or does so again. */
  takeOut(server: string): Promise<void>
  putBack(server: string): Promise<void>
  stop(): Promise<void>
}

export interface HaproxyOptions {
  /** For its settings and its log. */
  readonly folder: string
  /** An address that this run alone has. */
  readonly address: string
  readonly servers: readonly { readonly name: string; readonly address: string }[]
}

const apiPort = 6443
// what haproxy loads beyond the C library and what every Debian has; not installed, as that would start a service on this machine
const libraries = [
  ['liblua5.3-0', 'usr/lib/x86_64-linux-gnu/liblua5.3.so.0'],
  ['libopentracing-c-wrapper0', 'usr/lib/x86_64-linux-gnu/libopentracing-c-wrapper.so.0'],
  ['libopentracing1', 'usr/lib/x86_64-linux-gnu/libopentracing.so.1'],
] as const

/**
 * Starts it; a server is in the rotation while its /readyz says so, asked once a second: one that only answers slowly stays. Its end is that of
 * this process, or `stop`.
 */
export async function startHaproxy({ folder, address, servers }: HaproxyOptions): Promise<Haproxy> {
  const program = await debianProgram('haproxy', 'usr/sbin/haproxy')
  const paths: string[] = []
  for (const [name, path] of libraries) paths.push(dirname(await debianProgram(name, path)))
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'haproxy.cfg')
  const socket = join(folder, 'admin')
  writeFileSync(config, settings(address, servers, socket))
  const balancer = startProcess({
    name: 'haproxy',
    command: [program, '-db', '-f', config],
    logFile: join(folder, 'haproxy.log'),
    env: { LD_LIBRARY_PATH: paths.join(':') },
  })
  await untilListening(address, balancer)
  return {
    endpoint: `${address}:${apiPort}`,
    takeOut: (server) => told(socket, `disable server control-planes/${server}`),
    putBack: (server) => told(socket, `enable server control-planes/${server}`),
    async stop() {
      await balancer.stop('SIGKILL')
    },
  }
}

/** It answers nothing but an empty line to what it does. */
async function told(path: string, command: string): Promise<void> {
  const socket = connect(path)
  socket.end(`${command}\n`)
  const answer = (await text(socket)).trim()
  if (answer !== '') throw new Error(`haproxy does not ${command}: ${answer}`)
}

function settings(address: string, servers: HaproxyOptions['servers'], socket: string): string {
  const members = servers.map((server) => `  server ${server.name} ${server.address}:${apiPort}\n`)
  return `global
  maxconn 4000
  stats socket ${socket} level admin
defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
frontend api
  bind ${address}:${apiPort}
  default_backend control-planes
backend control-planes
  option httpchk GET /readyz
  http-check expect status 200
  timeout check 10s
  default-server check check-ssl verify none inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${members.join('')}`
}

async function untilListening(address: string, balancer: OwnedProcess): Promise<void> {
  for (;;) {
    const socket = connect({ host: address, port: apiPort })
    const listening = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.destroy()
    if (listening) return
    if (!balancer.running) throw new Error(`haproxy ended by itself:\n${logTail(balancer.logFile)}`)
    await sleep(50)
  }
}
