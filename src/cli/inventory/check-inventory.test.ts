import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { HostEntry } from '../../core/inventory/host-entry.ts'
import type { Host } from '../../node/host.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'
import { checkInventory } from './check-inventory.ts'
import { inventorySummary, inventoryTable } from './inventory-table.ts'

const told = JSON.parse(readFileSync('src/core/host/testdata/kubeadm-containerd.facts.json', 'utf8'))
const entries: readonly HostEntry[] = ['cp1', 'w1', 'w2', 'w3'].map((name, index) => ({ name, address: `10.0.0.${index}`, become: 'none' }))

function facts(bootId: string, of: object = {}): string {
  const disks = [{ path: '/', sizeKib: '9000000', freeKib: '8000000', mount: '/' }]
  const { lock: _lock, ...packages } = told.packages
  return JSON.stringify({ ...told, asRoot: 'yes', epochSeconds: '1000', disks, packages, ...of, os: { ...told.os, bootId } })
}

const answers: Readonly<Record<string, () => string>> = {
  cp1: () => facts('boot-cp1'),
  w1: () => {
    throw new HostFault(
      'Unreachable',
      'node w1 (10.0.0.1) does not take connections on port 22: is sshd running there, and is the port right?',
    )
  },
  w2: () => `${'x'.repeat(70_000)}`,
  w3: () => facts('boot-w3', { epochSeconds: '900' }),
}

async function check() {
  let open = 0
  let mostOpen = 0
  const counts: number[] = []
  const hostOf = ({ name }: HostEntry): Host & { close(): Promise<void> } => {
    open += 1
    mostOpen = Math.max(mostOpen, open)
    return {
      name,
      run: async () => ({ exitCode: 0, stdout: answers[name]?.() ?? '', stderr: '' }),
      close: async () => {
        open -= 1
      },
    }
  }
  const nodes = new Map(['cp1', 'w1', 'w2', 'w3'].map((name) => [name, { name, machineId: 'm', bootId: `boot-${name}` }]))
  const hosts = await checkInventory(entries, { hostOf, nodes, most: 2, now: () => 1_000_500, onAsked: (count) => counts.push(count) })
  return { hosts, open, mostOpen, counts }
}

it('says what is wrong with each host, whatever the others do', async () => {
  const { hosts } = await check()
  expect(hosts.map(({ entry, findings }) => [entry.name, findings.map((finding) => finding.check)])).toEqual([
    ['cp1', []],
    ['w1', ['reach']],
    ['w2', ['facts']],
    ['w3', ['clock']],
  ])
  expect(inventorySummary(hosts)).toBe('4 hosts, 3 not well')
})

it('asks so many at a time, and leaves no connection', async () => {
  expect(await check()).toMatchObject({ open: 0, mostOpen: 2, counts: [1, 2, 3, 4] })
})

it.each([{ disk: '/dev/vg0/docker' }, {}])('asks each host of the disk that may be reformatted, where there is one: %o', async (asked) => {
  const scripts: string[] = []
  const hostOf = ({ name }: HostEntry): Host & { close(): Promise<void> } => ({
    name,
    run: async (script) => {
      scripts.push(script)
      return { exitCode: 0, stdout: facts(name), stderr: '' }
    },
    close: async () => {},
  })
  await checkInventory(entries, { hostOf, most: 2, now: () => 1_000_500, onAsked: () => {}, ...asked })
  expect(scripts).toHaveLength(entries.length)
  expect(scripts.every((script) => script.startsWith(`disk='${asked.disk ?? ''}'\n`))).toBe(true)
})

it('prints a line a finding, within the terminal', async () => {
  const text = inventoryTable((await check()).hosts, 80)
  expect(text).toMatchInlineSnapshot(`
    "NODE   ADDRESS    RESULT
    cp1    10.0.0.0   ok
    w1     10.0.0.1   node w1 (10.0.0.1) does not take connections on port 22: is
                      sshd running there, and is the port right?
    w2     10.0.0.2   the host did not answer with facts (it said more than 64 KiB):
                      look at what its shell prints at login, and at its processes
    w3     10.0.0.3   the clock is 100 s behind this machine's: let both follow the
                      same time servers (chronyc tracking)"
  `)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})
