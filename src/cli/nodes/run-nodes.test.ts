import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ApiClient } from '../../cluster/api-client.ts'
import type { Host } from '../../node/host.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { type NodesFlags, nodesSettings } from './nodes-flags.ts'
import { type NodesPorts, runNodes } from './run-nodes.ts'

const facts = join(import.meta.dirname, '../../core/host/testdata')
const machineId = '0123456789abcdef0123456789abcdef'

interface Info {
  readonly version: string
  readonly runtime?: string
  readonly role?: string
  readonly os?: string
  readonly ready?: boolean
}

function node(name: string, { version, runtime = 'containerd://1.7.28', role, os = 'Debian GNU/Linux 12', ready = true }: Info): object {
  const nodeInfo = { kubeletVersion: version, containerRuntimeVersion: runtime, osImage: os, kernelVersion: '6.1.0', machineID: machineId }
  return {
    metadata: { name, labels: role === undefined ? {} : { [`node-role.kubernetes.io/${role}`]: '' } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }], nodeInfo },
  }
}

const old = { version: 'v1.14.5', runtime: 'docker://18.6.1', os: 'Ubuntu 18.04.6 LTS' }
const cluster = [
  node('cp1', { ...old, role: 'master' }),
  node('cp2', { ...old, role: 'master' }),
  node('w1', { ...old, runtime: 'docker://18.6.2', os: 'CentOS Linux 7 (Core)' }),
  node('w2', { ...old, runtime: 'docker://18.6.2', os: 'CentOS Linux 7 (Core)', ready: false }),
]

/** A host that answers with what was found on one of a kind, and with this name unless it says another. */
function hostLike(kind: string, name: string, os: object = {}): Host {
  const found = JSON.parse(readFileSync(join(facts, `${kind}.facts.json`), 'utf8'))
  return answering(JSON.stringify({ ...found, os: { ...found.os, hostname: name, ...os } }))
}
function answering(stdout: string): Host {
  return { name: 'x', run: async () => ({ exitCode: 0, stdout, stderr: '' }) }
}

const hosts: Readonly<Record<string, Host>> = {
  cp1: hostLike('kubeadm-docker', 'cp1'),
  cp2: hostLike('kubeadm-docker', 'cp2'),
  w1: hostLike('binary-worker', 'w1'),
  w2: {
    name: 'w2',
    run: () => Promise.reject(new HostFault('Unreachable', 'node w2 does not answer at 10.0.0.8 port 22: see that sshd runs there')),
  },
}

interface Ran {
  readonly code: number
  readonly text: string
  readonly closed: number
}

async function run(
  flags: NodesFlags,
  { nodes = cluster, at = hosts, columns = 80, signal = new AbortController().signal, onClose = () => {} } = {},
): Promise<Ran> {
  const client = {
    list: async (_: unknown, { trim }: { trim?: (raw: unknown) => unknown } = {}) => ({
      items: nodes.map((raw) => trim?.(raw)),
      resourceVersion: '1',
    }),
  } as unknown as Pick<ApiClient, 'list'>
  const written: string[] = []
  let closed = 0
  const ports: NodesPorts = {
    write: (text) => written.push(text),
    size: () => undefined,
    now: () => Date.parse('2026-11-22T00:00:00Z'),
    signal,
    openHosts: async () => ({
      of: (name) => at[name] ?? answering(''),
      close: async () => {
        closed++
        onClose()
      },
    }),
  }
  const code = await runNodes(client, nodesSettings(flags), {
    ...ports,
    ...(columns === 80 ? {} : { size: () => ({ columns, rows: 24 }) }),
  })
  return { code, text: written.join(''), closed }
}

function golden(name: string, text: string): void {
  const file = join(import.meta.dirname, 'testdata', name)
  if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}

describe('falkirk nodes', () => {
  it('shows what hosts have and what a version would meet there, on 80 columns', async () => {
    const { code, text, closed } = await run({ via: 'ssh', to: 'v1.25.16' })
    golden('nodes.table.txt', text)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect({ code, closed }).toEqual({ code: 1, closed: 1 })
  })

  it('shows more of each host in lines as long as they are', async () => {
    golden('nodes.wide.txt', (await run({ via: 'ssh', output: 'wide' })).text)
  })

  it('without a way to the hosts tells what the API knows, and says so', async () => {
    const { code, text } = await run({ to: 'v1.24.17' })
    golden('nodes-of-the-api.table.txt', text)
    expect(code).toBe(1)
  })

  it('ends with 0 when nothing blocks the way and each host has answered', async () => {
    const nodes = [node('s1', { version: 'v1.33.5+k3s1', role: 'control-plane' })]
    const { code, text } = await run({ via: 'ssh', to: 'v1.34.2+k3s1' }, { nodes, at: { s1: hostLike('k3s', 's1') } })
    expect(code).toBe(0)
    expect(text).toContain('k3s, embedded etcd')
  })

  it('gives programs everything, a failed host included', async () => {
    const { text } = await run({ via: 'ssh', nodes: 'w2,w1', output: 'json' })
    const { nodes } = JSON.parse(text)
    expect(nodes).toMatchObject([
      { name: 'w2', ready: false, host: { state: 'Failed', message: expect.stringContaining('does not answer') }, findings: [] },
      {
        name: 'w1',
        host: { state: 'Seen', layout: { distribution: 'kubeadm', owner: { kind: 'File' } }, facts: { os: { id: 'centos' } } },
      },
    ])
    const { text: yaml } = await run({ via: 'ssh', nodes: 'w2,w1', output: 'yaml' })
    expect(parse(yaml)).toEqual(JSON.parse(text))
  })

  it.each([
    { what: 'megabytes', stdout: 'x'.repeat(65_536), says: /said more than 64 KiB/ },
    {
      what: 'escape sequences',
      stdout: `{"format":"falkirk.dev/host-facts/v1","asRoot":"\u001b]0;owned\u0007"}`,
      says: /did not answer with facts/,
    },
    {
      what: 'another machine ID',
      os: { machineId: 'f'.repeat(32) },
      says: /this is not w1: its machine ID is f+, the node's is 0\w+, and calls itself w1;/,
    },
    { what: 'no machine ID', os: { machineId: undefined }, says: /it cannot be told whether this is w1: the machine ID is not known/ },
    {
      what: 'the machine ID and another name',
      os: { hostname: 'w7' },
      says: /this has the machine ID of w1, as clones have, and calls itself w7;/,
    },
  ])('does not believe a host that answers with $what', async ({ stdout, os, says }) => {
    const host = stdout === undefined ? hostLike('binary-worker', 'w1', os) : answering(stdout)
    const { code, text } = await run({ via: 'ssh', nodes: 'w1' }, { at: { w1: host } })
    expect(code).toBe(1)
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(says)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it('on a terminal tells for which hosts it waits, and wipes that away', async () => {
    const { text } = await run({ via: 'ssh', nodes: 'w1' }, { columns: 60 })
    expect(text).toContain('0 of 1 hosts looked at; waiting for w1')
    expect(text).toContain('1 of 1 hosts looked at\r\u001b[2KNODE')
  })

  it('at Ctrl-C ends the connections, prints nothing more, and says so by its exit code', async () => {
    const interrupted = new AbortController()
    let stopped = () => {}
    const slow: Host = {
      name: 'w1',
      run: () => {
        const ended = new Promise<never>((_, reject) => {
          stopped = () => reject(new HostFault('ConnectionCut', 'the connection to node w1 has gone'))
        })
        interrupted.abort()
        return ended
      },
    }
    const { code, text, closed } = await run(
      { via: 'ssh', nodes: 'w1' },
      { at: { w1: slow }, signal: interrupted.signal, onClose: () => stopped() },
    )
    expect({ code, text, closed }).toEqual({ code: 130, text: '', closed: 2 })
  })

  it.each([
    { flags: { via: 'telnet' }, says: /--via is "telnet": write ssh/ },
    { flags: { inventory: 'hosts.yaml' }, says: /add --via ssh/ },
    { flags: { output: 'jsn' }, says: /is it json\?/ },
    { flags: { to: '1.x' }, says: /--to is "1\.x": write a version/ },
    { flags: { nodes: ' , ' }, says: /--nodes is empty/ },
    { flags: { nodes: 'w3' }, says: /--nodes names "w3", and this cluster has no such node; is it w/ },
  ])('refuses $flags', async ({ flags, says }) => {
    await expect(run(flags)).rejects.toThrow(says)
  })
})
