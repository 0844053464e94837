import { writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostEntry } from '../../../src/core/inventory/host-entry.ts'
import type { Recipe, RunStep } from '../../../src/core/recipe/recipe-step.ts'
import { parseStepLook } from '../../../src/core/recipe/step-look.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import { hostContract } from '../../../src/node/host-contract.test-support.ts'
import { putFile } from '../../../src/node/host-files.ts'
import { mapBounded } from '../../../src/node/map-bounded.ts'
import { type SshHost, sshHost } from '../../../src/node/ssh/ssh-host.ts'
import type { Wire } from '../../rig/wire.ts'
import { hostName, password, type SshStage, sshStage } from './ssh-stage.ts'

let stage: SshStage
let passwordFile: string
let root: SshHost
let ops: SshHost

beforeAll(async () => {
  stage = await sshStage()
  passwordFile = join(stage.folder, 'password')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  root = stage.over()
  ops = stage.over({ user: 'ops', become: 'sudo', passwordFile })
})

afterAll(async () => {
  await stage?.down()
})

hostContract('ssh, as root', () => root)
describe('with a password for sudo, noise at the login, a foreign locale, umask 077 and noexec /tmp', () => {
  hostContract('ssh', () => ops)
})

describe('a host that cannot be worked on says why', () => {
  const cases: readonly (Refusal & { title: string })[] = [
    { title: 'no sudo right', entry: { user: 'guest', become: 'sudo' }, reason: 'NotRoot', says: /sudo asks for the password of guest/ },
    { title: 'not root', entry: { user: 'guest' }, reason: 'NotRoot', says: /guest is not root: set become: sudo/ },
    { title: 'no password named', entry: { user: 'ops', become: 'sudo' }, reason: 'NotRoot', says: /name a file with it \(passwordFile\)/ },
    { title: 'no shell', entry: { user: 'mute' }, reason: 'NoShell', says: /runs no commands for it \(This account is currently not/ },
    { title: 'no key', entry: { user: 'stranger' }, reason: 'PermissionDenied', says: /does not let stranger in \(publickey/ },
    { title: 'no sshd', entry: { port: 1 }, reason: 'Unreachable', says: /does not take connections on port 1/ },
    { title: 'no name', entry: { address: 'nowhere.invalid' }, reason: 'Unreachable', says: /cannot be found by its name/ },
  ]
  it.each(cases)('$title', async ({ entry, reason, says }) => {
    await refused({ entry, reason, says })
  })

  it('a wrong password', async () => {
    const wrong = join(stage.folder, 'wrong')
    writeFileSync(wrong, 'another\n', { mode: 0o600 })
    await refused({
      entry: { user: 'ops', become: 'sudo', passwordFile: wrong },
      reason: 'NotRoot',
      says: /the password in .*wrong is not that of ops/,
    })
  })

  it('a host key that nobody knows, whatever ssh_config says', async () => {
    const sshConfig = stage.config('unknown', 'UserKnownHostsFile /dev/null\nStrictHostKeyChecking no')
    await refused({
      reason: 'HostKeyUnknown',
      says: /has a host key that is not known here: connect once by hand \(ssh ssh-1\)/,
      sshConfig,
    })
  })

  it('a host key that has changed', async () => {
    const known = join(stage.folder, 'other_known_hosts')
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    writeFileSync(known, `${hostName} ssh-ed25519 ${key}\n`)
    const sshConfig = stage.config('changed', `UserKnownHostsFile ${known}\nStrictHostKeyChecking no`)
    await refused({ reason: 'HostKeyChanged', says: /\(\S+other_known_hosts:1\), SHA256:\S+: somebody may stand in between/, sshConfig })
  })

  it('one that takes the connection and says nothing', async () => {
    const sockets: Socket[] = []
    const silent: Server = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const over = stage.over({ address: '127.0.0.1', port }, { times: { connectSeconds: 1 } })
    await expect(over.run('true', 'x')).rejects.toMatchObject({ code: 'FK_HOST', reason: 'Unreachable' })
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  it('settings of ssh that it refuses itself', async () => {
    await refused({
      reason: 'BadSetup',
      says: /ssh refuses its own settings .*nosuchoption/i,
      sshConfig: stage.config('bad', 'NoSuchOption yes'),
    })
  })
})

interface Refusal {
  readonly entry?: Partial<HostEntry> | undefined
  readonly reason: string
  readonly says: RegExp
  readonly sshConfig?: string
}

async function refused({ entry = {}, reason, says, sshConfig }: Refusal): Promise<void> {
  const over = stage.over(entry, sshConfig === undefined ? {} : { sshConfig })
  await expect(over.run('touch /root/touched', 'x')).rejects.toMatchObject({
    code: 'FK_HOST',
    reason,
    message: expect.stringMatching(says),
  })
  expect(await stage.host.attempt('test -e /root/touched')).toMatchObject({ exitCode: 1 })
}

describe('one connection', () => {
  it('carries all that runs on a host, also at the same time, and a slow network only takes longer', async () => {
    const wire = await stage.wire({ delayMs: 30 })
    const over = stage.over(...throughWire(wire))
    const outputs = await Promise.all([1, 2, 3, 4].map((n) => over.run('sleep 0.2; echo "$1"', String(n))))
    expect(outputs.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n', '4\n'])
    expect((await over.run('echo later', 'x')).stdout).toBe('later\n')
    expect(wire.connections()).toBe(1)
  })

  it('that is cut while a step runs says so; the step goes on, and the next connection finds it', async () => {
    const wire = await stage.wire()
    const over = stage.over(...throughWire(wire))
    const script = stepScript(recipe, step, 1)
    const look = async () => parseStepLook((await over.run(script, 'look')).stdout)
    const waiting = over.run('echo begun > /run/begun; sleep 60', 'x')
    const cut = expect(waiting).rejects.toMatchObject({
      reason: 'ConnectionCut',
      message: expect.stringContaining('goes on, and is found'),
    })
    await stage.host.run('until [ -e /run/begun ]; do sleep 0.1; done')
    expect((await over.run(script, 'start', { text: script })).exitCode).toBe(0)
    wire.cut()
    await cut
    expect(await look()).toEqual({ active: true, done: false, output: '' })
    // a second start finds it at work
    expect((await over.run(script, 'start', { text: script })).stdout).toBe('found at work\n')
    wire.cut()
    await stage.host.run('touch /run/go-on; until [ -e /var/lib/falkirk/steps/0123456789ab/slow/outcome ]; do sleep 0.1; done')
    await expect.poll(look).toEqual({ active: false, begun: true, done: true, outcome: { attempt: 1, exitCode: 0 }, output: 'done\n' })
    expect(await stage.host.run('cat /run/runs')).toBe('run\n')
  })

  it('that is cut while a file is sent leaves no half of it there', async () => {
    const wire = await stage.wire({ cutAfterBytes: 3_000_000 })
    const over = stage.over(...throughWire(wire))
    const here = join(stage.folder, 'large')
    writeFileSync(here, Buffer.alloc(6_000_000, 'x'))
    const place = { here, there: '/root/large' }
    await expect(putFile(over, place)).rejects.toMatchObject({ reason: 'ConnectionCut' })
    await expect.poll(() => stage.host.run('ls /root')).not.toContain('large')
    expect(await putFile(over, place)).toBe(undefined)
    expect(await stage.host.run('stat -c "%s %a" /root/large*')).toBe('6000000 600\n')
  })

  it('to a bastion carries those to the hosts behind it', async () => {
    const wire = await stage.wire()
    const sshConfig = stage.config('bastion', `Host 127.0.0.1 ${stage.host.address}\n HostKeyAlias ssh-1`)
    const connections = stage.connections({ sshConfig })
    const hosts = [1, 2, 3].map((n) => {
      const entry = {
        name: `behind-${n}`,
        address: stage.host.address,
        user: 'free',
        become: 'sudo',
        bastion: `guest@127.0.0.1:${wire.port}`,
      } as const
      return sshHost(entry, connections)
    })
    const outputs = await Promise.all(hosts.map((host) => host.run('id -un; echo "$SUDO_USER"', 'x')))
    expect(outputs.map(({ stdout }) => stdout)).toEqual(Array(3).fill('root\nfree\n'))
    expect(wire.connections()).toBe(1)
  })

  it('to each of 200 hosts, 25 of them at a time', async () => {
    const sshConfig = stage.config(
      'many',
      `Host many-*\n HostName ${stage.host.address}\n HostKeyAlias ssh-1\n KexAlgorithms curve25519-sha256`,
    )
    const connections = stage.connections({ sshConfig })
    const names = Array.from({ length: 200 }, (_, index) => `many-${index}`)
    const logins = async () => Number(await stage.host.run("pgrep -c -f '[s]shd: root@notty' || true"))
    const before = await logins()
    const outputs = await mapBounded(names, 25, async (name) => {
      const host = sshHost({ name, address: name, become: 'none' }, connections)
      const { stdout } = await host.run('echo "$1"', name)
      await host.close()
      return stdout.trim()
    })
    expect(outputs).toEqual(names)
    // those of the tests before end meanwhile
    await expect.poll(logins).toBeLessThanOrEqual(before)
  })
})

function throughWire(wire: Wire): [Partial<HostEntry>, { sshConfig: string }] {
  const sshConfig = stage.config(`wire-${wire.port}`, 'Host 127.0.0.1\n HostKeyAlias ssh-1')
  return [{ address: '127.0.0.1', port: wire.port }, { sshConfig }]
}

const step: RunStep = {
  kind: 'Run',
  name: 'slow',
  does: 'waits',
  disturbs: false,
  script: `
probe() { [ -e /run/slow-done ]; }
act() { echo run >> /run/runs; until [ -e /run/go-on ]; do sleep 0.1; done; touch /run/slow-done; echo done; }
`,
  parameters: {},
  limitSeconds: 300,
}
const recipe: Recipe = { id: '0123456789ab', steps: [step], undo: { ...step, name: 'undo' } }
