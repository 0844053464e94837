import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { HostFacts, NamedDisk } from '../../host/host-facts.ts'
import { nodeFacts } from '../kubeadm/node-facts.test-support.ts'
import { undoOf } from '../recipe-step.ts'
import { stepScript } from '../step-script.ts'
import { DiskPath } from './disk-path.ts'
import type { RuntimeOrder } from './runtime-order.ts'
import { runtimeRecipe } from './runtime-recipe.ts'

const path = '/dev/vg0/docker'
const order: RuntimeOrder = {
  run: 'uid',
  node: 'w1',
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.20.15',
  part: 'Worker',
  runtime: { name: 'containerd', from: 'docker', reformatDisk: path },
}
/** 40 GiB, docker's and nobody else's. */
const dockers: NamedDisk = {
  path,
  kind: 'block',
  number: '253:3',
  sizeKib: 41_943_040,
  id: 'LVM-abc',
  target: 'linear',
  partitions: [],
  holders: [],
  content: 'ext4',
  uuid: 'aaaa-1',
  mounts: ['/var/lib/docker', '/var/lib/docker/overlay2'],
  below: [],
  entries: ['containers', 'image', 'overlay2', 'volumes', 'lost+found', 'engine-id'],
  volumes: [],
  readOnly: false,
  swap: false,
  unknown: false,
}
const unmounted: Partial<NamedDisk> = { mounts: [], entries: [] }
const blank: Partial<NamedDisk> = { mounts: [], entries: [], content: undefined as never, uuid: undefined as never }

function factsWith(disk: Partial<NamedDisk> | undefined, change: Partial<HostFacts['runtime']> = {}): HostFacts {
  const facts = nodeFacts({ name: 'w1', role: 'Worker', version: 'v1.20.15', docker: true, kubeletFlags: '--network-plugin=cni' })
  const used = { path: '/var/lib/docker', mount: '/var/lib/docker', sizeKib: 41_943_040, freeKib: 20_971_520 }
  const found = { ...facts, disks: [...facts.disks, used], runtime: { ...facts.runtime, ...change } }
  return disk === undefined ? found : { ...found, disk: { ...dockers, ...disk } }
}

function recipeOf(facts: HostFacts, asked = order) {
  const made = runtimeRecipe(asked, facts)
  if (made.kind === 'Refused') throw new Error(made.message)
  return made.recipe
}

describe('the disk of docker, given to containerd', () => {
  it('is formatted when docker has ended and before containerd starts, and what will be lost is said', () => {
    const recipe = recipeOf(factsWith({}))
    expect(recipe.steps.map(({ name, disturbs }) => [name, disturbs])).toEqual([
      ['copy-images', false],
      ['reformat-disk', true],
      ['switch-runtime', true],
      ['annotate-node', false],
    ])
    const [, step] = recipe.steps
    expect(step?.does).toBe(
      'stops docker and reformats /dev/vg0/docker (40.0 GiB), all that is in /var/lib/docker is lost (20.0 GiB of images, containers and volumes), and mounts it at /var/lib/containerd with the images that were copied there',
    )
    for (const each of [...recipe.steps, ...(recipe.undo === undefined ? [] : [recipe.undo])]) {
      const script = stepScript(recipe, each, 1)
      execFileSync('sh', ['-n'], { input: script })
      expect(Buffer.byteLength(script)).toBeLessThan(32_768)
    }
    expect(step === undefined ? undefined : undoOf(recipe, step)?.parameters.disk).toBe(path)
  })

  it('is not touched without the word', () => {
    const recipe = recipeOf(factsWith({}), { ...order, runtime: { name: 'containerd', from: 'docker' } })
    expect(recipe.steps.map(({ name }) => name)).not.toContain('reformat-disk')
    expect(recipe.steps.every(({ parameters }) => parameters.disk === '')).toBe(true)
  })

  it('is not touched before the drain', () => {
    expect(recipeOf(factsWith({}), { ...order, step: 'Stage' }).steps.map(({ name }) => name)).toEqual(['copy-images'])
  })

  it.each<{ what: string; disk: Partial<NamedDisk>; does: RegExp }>([
    { what: 'an empty disk', disk: blank, does: /^formats \/dev\/vg0\/docker \(40\.0 GiB\), on which nothing is,/ },
    { what: 'a thin volume, of whose pool other disks are, too', disk: { target: 'thin' }, does: /^stops docker and reformats/ },
    { what: 'what a change that was ended has unmounted', disk: { ...unmounted, notedWas: 'aaaa-1' }, does: /^stops docker and reformats/ },
    {
      what: 'what a change that was ended has formatted',
      disk: { ...unmounted, uuid: 'bbbb-2', notedWas: 'aaaa-1', notedMade: 'bbbb-2' },
      does: /^mounts .* as it was formatted for that already$/,
    },
    {
      what: 'the same while images are copied to it',
      disk: { ...unmounted, mounts: ['/var/lib/falkirk/runtime/mount'], uuid: 'bbbb-2', notedMade: 'bbbb-2' },
      does: /^mounts .* as it was formatted for that already$/,
    },
    {
      what: "containerd's",
      disk: { mounts: ['/var/lib/containerd'], uuid: 'cccc-3', containerdOn: '253:3', entries: ['io.containerd.metadata.v1.bolt'] },
      does: /^finds .* mounted at \/var\/lib\/containerd, and formats nothing$/,
    },
  ])('is taken as it is found: $what', ({ disk, does }) => {
    const step = recipeOf(factsWith(disk)).steps.find(({ name }) => name === 'reformat-disk')
    expect(step?.does).toMatch(does)
    expect(step?.commands?.some((command) => command.startsWith('mkfs'))).toBe(/formats \/|reformats/.test(step?.does ?? ''))
  })

  it("is where docker's data root is, also when docker was stopped by a change that was begun", () => {
    const runtime = { dockerRoot: '/srv/docker' }
    expect(recipeOf(factsWith({ mounts: ['/srv/docker'] }, runtime)).steps).toHaveLength(4)
    expect(recipeOf(factsWith({ mounts: ['/srv/docker'], notedRoot: '/srv/docker' })).steps).toHaveLength(4)
  })
})

describe('no disk is touched', () => {
  it.each<{ what: string; disk: Partial<NamedDisk> | undefined; says: RegExp; runtime?: Partial<HostFacts['runtime']> }>([
    { what: 'nobody has looked at it', disk: undefined, says: /^\/dev\/vg0\/docker was not looked at on this host/ },
    { what: 'another one was looked at', disk: { path: '/dev/sdb' }, says: /^\/dev\/vg0\/docker was not looked at/ },
    { what: 'it is not there', disk: { kind: 'absent' }, says: /^there is no \/dev\/vg0\/docker: name the disk/ },
    { what: 'it is a file', disk: { kind: 'other' }, says: /is no block device/ },
    { what: 'it can only be read', disk: { readOnly: true }, says: /can only be read/ },
    { what: 'mounts cannot be told', disk: { unknown: true }, says: /what is mounted on this host cannot be told/ },
    { what: 'there is no mkfs', disk: { missing: 'mkfs.ext4' }, says: /this host has no mkfs\.ext4, .*: install it$/ },
    { what: 'partitions', disk: { ...blank, partitions: ['sdb1', 'sdb2'] }, says: /holds partitions \(sdb1, sdb2\)/ },
    { what: 'a partition table', disk: { ...blank, table: 'gpt' }, says: /has a partition table \(gpt\).* wipefs -a \/dev\/vg0\/docker$/ },
    {
      what: 'a thin pool',
      disk: { ...blank, target: 'thin-pool' },
      says: /lvremove GROUP\/POOL && lvcreate -n containerd -l 100%FREE GROUP$/,
    },
    {
      what: 'btrfs',
      disk: { ...unmounted, content: 'btrfs' },
      says: /^\/dev\/vg0\/docker has btrfs, of which the kernel does not tell on which disk it is mounted: leave reformatDisk out/,
    },
    { what: 'LVM', disk: { ...unmounted, content: 'LVM2_member' }, says: /is a physical volume of LVM/ },
    { what: 'RAID', disk: { ...unmounted, content: 'linux_raid_member' }, says: /is a member of a RAID/ },
    { what: 'LUKS', disk: { ...unmounted, content: 'crypto_LUKS' }, says: /is encrypted by LUKS/ },
    { what: 'made for swap', disk: { ...unmounted, content: 'swap' }, says: /is made for swap/ },
    { what: 'in use as swap', disk: { ...blank, swap: true }, says: /is in use as swap/ },
    { what: 'ZFS', disk: { ...unmounted, content: 'zfs_member' }, says: /belongs to a pool of ZFS/ },
    { what: 'it cannot be read', disk: { ...unmounted, content: 'unreadable' }, says: /cannot be read/ },
    {
      what: 'two file systems',
      disk: { ...unmounted, content: 'ambiguous' },
      says: /more than one file system.*wipefs \/dev\/vg0\/docker/,
    },
    { what: 'something is built upon it', disk: { ...blank, holders: ['vg1-root'] }, says: /is what vg1-root is built upon/ },
    { what: 'the root', disk: { mounts: ['/'] }, says: /is the root file system: name another disk$/ },
    { what: '/boot', disk: { mounts: ['/boot'] }, says: /is mounted at \/boot, and docker's data are in \/var\/lib\/docker/ },
    { what: 'docker and somebody else', disk: { mounts: ['/var/lib/docker', '/srv'] }, says: /is mounted at \/srv/ },
    { what: 'a name that begins so', disk: { mounts: ['/var/lib/docker-backup'] }, says: /is mounted at \/var\/lib\/docker-backup/ },
    { what: "a part of docker's", disk: { mounts: ['/var/lib/docker/volumes'] }, says: /not as a whole at \/var\/lib\/docker/ },
    { what: 'a mount below', disk: { below: ['/var/lib/docker/volumes/pg'] }, says: /^\/var\/lib\/docker\/volumes\/pg is mounted below/ },
    {
      what: 'files of others',
      disk: { entries: ['overlay2', 'kubelet'] },
      says: /what is not docker's in \/var\/lib\/docker \(kubelet\): move it/,
    },
    {
      what: 'volumes',
      disk: { volumes: ['pgdata'] },
      says: /volumes of docker that somebody has named \(pgdata\).*docker volume rm pgdata$/,
    },
    { what: 'a unit mounts it', disk: { mountUnit: '/etc/systemd/system/var-lib-docker.mount' }, says: /move the mount to \/etc\/fstab$/ },
    { what: "a file system that is nobody's", disk: unmounted, says: /\(ext4\) that is not mounted, and nobody knows whose it is/ },
    { what: 'another file system than was noted', disk: { ...unmounted, notedWas: 'dddd-4' }, says: /nobody knows whose it is/ },
    {
      what: 'one that was formatted, and somebody uses',
      disk: { mounts: ['/srv'], notedMade: 'aaaa-1' },
      says: /was formatted for containerd, and is mounted at \/srv/,
    },
    { what: 'containerd has a disk', disk: { containerdOn: '8:16' }, says: /has a disk of its own already \(device 8:16\)/ },
    { what: 'containerd has its data elsewhere', disk: {}, runtime: { config: ['root = "/data/c"'] }, says: /has its data in \/data\/c/ },
    {
      what: 'the kubelet has containerd',
      disk: {},
      runtime: {},
      says: /the kubelet has containerd already/,
    },
  ])('where $what', ({ what, disk, says, runtime }) => {
    const facts = factsWith(disk, runtime)
    const remote = ['kubelet', '--container-runtime=remote', '--container-runtime-endpoint=unix:///run/containerd/containerd.sock']
    const found = what === 'the kubelet has containerd' ? { ...facts, kubelet: { ...facts.kubelet, arguments: remote } } : facts
    for (const step of ['Stage', 'Change'] as const) {
      expect(runtimeRecipe({ ...order, step }, found)).toMatchObject({ kind: 'Refused', message: expect.stringMatching(says) })
    }
  })

  it.each([
    '/dev/sd*',
    'sdb',
    '/dev/../etc/passwd',
    '/dev/sdb;reboot',
    '/dev/',
    '/dev/sd b',
    '/dev/$(x)',
    '/srv/disk',
    '/dev/sdb/',
    '/dev/./sdb',
    '/dev/disk/by-uuid/0b5cfb57-5b02-4a1c-b3f5-1c2f3d4e5f60',
    '/dev/disk/by-label/docker',
  ])('that is named as %s', (text) => {
    expect(DiskPath.safeParse(text).success).toBe(false)
  })

  it.each([
    '/dev/sdb',
    '/dev/vg0/docker',
    '/dev/mapper/vg0-docker',
    '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4',
    '/dev/disk/by-path/pci-0000:00:1f.2-ata-1',
  ])('but one disk is named by %s', (text) => {
    expect(DiskPath.safeParse(text).success).toBe(true)
  })
})
