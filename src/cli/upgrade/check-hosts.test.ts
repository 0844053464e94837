import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ApiTransport } from '../../cluster/transport.ts'
import { checkHosts } from './check-hosts.ts'

/** Nobody listens there, and no other test is given it: it is none of those that the system hands out. */
const closedPort = 1

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-check-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A cluster of these nodes, that are all on this machine. */
function cluster(names: readonly string[]): { readonly transport: ApiTransport } {
  const items = names.map((name, index) => ({
    metadata: { name },
    status: {
      addresses: [{ type: 'InternalIP', address: `127.0.0.${index + 1}` }],
      nodeInfo: { machineID: name, bootID: `boot-${name}` },
    },
  }))
  return { transport: { json: async () => ({ metadata: {}, items }) } as unknown as ApiTransport }
}

async function check(inventory: string, names: readonly string[]): Promise<string> {
  const file = join(folder, 'hosts.yaml')
  writeFileSync(file, inventory)
  const ports = { now: Date.now, signal: new AbortController().signal, warn: () => {} }
  const found = await checkHosts(cluster(names), { file }, ports).then(
    () => 'all well',
    (error: Error) => error.message,
  )
  return found.replaceAll(file, 'hosts.yaml')
}

it('names what the inventory says of hosts that are no nodes, and connects to none', async () => {
  expect(await check('hosts: {worker-9: {address: 127.0.0.1}}', ['worker-1'])).toBe(
    'hosts.yaml: hosts.worker-9 is no node of the cluster: did you mean worker-1?',
  )
})

it('has one sentence for each host that cannot be reached, before anything is begun', async () => {
  const told = await check(`defaults: {port: ${closedPort}, user: nobody}`, ['cp-1', 'worker-1'])
  expect(told.split('\n')).toEqual([
    'hosts.yaml: 2 things are wrong',
    expect.stringMatching(/^ {2}node cp-1 \(127\.0\.0\.1.*\) does not take connections .*; nothing was touched$/),
    expect.stringMatching(/^ {2}node worker-1 \(127\.0\.0\.2.*\) does not take connections .*; nothing was touched$/),
  ])
})
