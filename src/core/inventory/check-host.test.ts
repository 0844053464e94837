import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../host/host-facts.ts'
import { checkHost, oneMachineTwice } from './check-host.ts'

const read = parseHostFacts(JSON.stringify(JSON.parse(readFileSync('src/core/host/testdata/kubeadm-containerd.facts.json', 'utf8'))))
if (read.kind === 'Refused') throw new Error(read.message)
const base = read.facts

const ids = { machineId: 'aaaa', bootId: 'boot-1', hostname: 'w1' }
const node = { name: 'w1', machineId: 'aaaa', bootId: 'boot-1' }
const atMs = 1_800_000_000_900

function facts({ os = {}, ...of }: Partial<Omit<HostFacts, 'os'>> & { os?: Partial<HostFacts['os']> } = {}): HostFacts {
  const disks = [{ path: '/', sizeKib: 9e6, freeKib: 8e6, mount: '/' }]
  const packages = { ...base.packages }
  delete (packages as { lock?: object }).lock
  return { ...base, asRoot: true, epochSeconds: 1_800_000_000, disks, packages, ...of, os: { ...base.os, ...ids, ...os } }
}

function messages(of: HostFacts, machine: typeof node | undefined = node, withinMs = 100): readonly string[] {
  return checkHost({ name: 'w1', facts: of, atMs, withinMs }, machine).map(({ check, message }) => `${check}: ${message}`)
}

describe('the right host', () => {
  const cases = [
    { title: 'has the boot ID of the node', os: {}, says: [] },
    { title: 'has its boot ID, whatever it calls itself', os: { hostname: 'localhost', machineId: 'bbbb' }, says: [] },
    { title: 'was restarted since, and has its machine ID and name', os: { bootId: 'boot-2', hostname: 'w1.example.com' }, says: [] },
    {
      title: 'is no clone',
      os: { bootId: 'boot-2', hostname: 'w2' },
      says: ['right-host: this has the machine ID of w1, as clones have, and calls itself w2'],
    },
    {
      title: 'is no other machine',
      os: { bootId: 'boot-2', machineId: 'bbbb', hostname: 'w2' },
      says: ["right-host: this is not w1: its machine ID is bbbb, the node's is aaaa, and calls itself w2"],
    },
  ]
  it.each(cases)('$title', ({ os, says }) => {
    expect(messages(facts({ os }))).toEqual(says)
  })

  it('cannot be told where a kubelet has not reported', () => {
    expect(messages(facts(), { name: 'w1', machineId: '', bootId: '' })).toEqual([
      'right-host: it cannot be told whether this is w1: the machine ID is not known, and calls itself w1',
    ])
  })

  it('is any host where no cluster is asked', () => {
    expect(checkHost({ name: 'w1', facts: facts({ os: { machineId: 'bbbb' } }), atMs, withinMs: 0 }, undefined)).toEqual([])
  })

  it('is no other host of the inventory', () => {
    const host = (name: string, bootId: string) => ({ name, facts: facts({ os: { bootId } }), atMs, withinMs: 0 })
    const found = oneMachineTwice([host('w1', 'a'), host('w2', 'b'), host('w3', 'a')])
    expect([...found].map(([name, { message }]) => [name, message])).toEqual([['w3', 'this is the same machine as w1']])
  })
})

describe('a host that can be worked on', () => {
  const lock = { file: '/var/lib/dpkg/lock-frontend', pid: 7, program: 'apt-get' }
  const cases = [
    { title: 'runs scripts as root', of: { asRoot: false }, says: ['root: scripts do not run as root there'] },
    { title: 'has a clock ten seconds off at most', of: { epochSeconds: 1_800_000_010 }, says: [] },
    { title: 'is not ahead', of: { epochSeconds: 1_800_000_012 }, says: ["clock: the clock is 12 s ahead of this machine's"] },
    { title: 'is not behind', of: { epochSeconds: 1_799_999_900 }, says: ["clock: the clock is 100 s behind this machine's"] },
    {
      title: 'has room, told once for each file system',
      of: { disks: ['/', '/var/lib', '/boot'].map((path) => ({ path, sizeKib: 9e6, freeKib: 500_000, mount: '/' })) },
      says: ['disk: / has 488 MiB free'],
    },
    {
      title: 'has a package manager that is free',
      of: { packages: { ...base.packages, lock } },
      says: ['package-lock: apt-get (process 7) holds /var/lib/dpkg/lock-frontend'],
    },
  ]
  it.each(cases)('$title', ({ of, says }) => {
    expect(messages(facts(of))).toEqual(says)
  })

  it('is not blamed for a slow network', () => {
    expect(messages(facts({ epochSeconds: 1_800_000_014 }), node, 5_000)).toEqual([])
  })
})
