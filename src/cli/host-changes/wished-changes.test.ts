import { describe, expect, it } from 'vitest'
import { type OsFlags, type RuntimeFlags, wishedPackages, wishedRuntime } from './wished-changes.ts'

const now = { apiServer: 'v1.31.5', nowMs: Date.parse('2026-11-22T11:30:05Z') }
const packages = (flags: Partial<OsFlags>) => wishedPackages({ packages: true, ...flags }, now)
const runtime = (flags: RuntimeFlags) => wishedRuntime(flags, now)

describe('falkirk os upgrade', () => {
  it('wants a run that changes no version, named by its time', () => {
    expect(packages({}).object).toEqual({
      apiVersion: 'falkirk.dev/v1alpha1',
      kind: 'ClusterUpgrade',
      metadata: { name: 'os-20261122-113005' },
      spec: { version: 'v1.31.5', scope: 'Hosts', node: { via: 'SSH', os: { packages: 'All', reboot: 'IfRequired' } } },
    })
  })

  it.each<{ readonly flags: Partial<OsFlags>; readonly os: object }>([
    { flags: { security: true }, os: { packages: 'Security', reboot: 'IfRequired' } },
    { flags: { reboot: 'never' }, os: { packages: 'All', reboot: 'Never' } },
    { flags: { packages: false, reboot: 'Always' }, os: { packages: 'None', reboot: 'Always' } },
  ])('with $flags wants $os', ({ flags, os }) => {
    expect(packages(flags).object.spec.node).toEqual({ via: 'SSH', os })
  })

  it('is for named nodes, and for so many at a time', () => {
    expect(packages({ nodes: 'w1, w2', max: '3', name: 'mine' }).object).toMatchObject({
      metadata: { name: 'mine' },
      spec: { nodes: ['w1', 'w2'], pools: [{ name: 'workers', nodeSelector: {}, batches: { max: 3 } }] },
    })
  })

  it.each<{ readonly flags: Partial<OsFlags>; readonly said: RegExp }>([
    { flags: { security: true, packages: false }, said: /^--security and --no-packages exclude each other/ },
    { flags: { packages: false, reboot: 'Never' }, said: /^--no-packages and --reboot Never leave nothing to be done/ },
    { flags: { reboot: 'sometimes' }, said: /^--reboot is "sometimes": write Never, IfRequired, Always/ },
    { flags: { nodes: 'W1' }, said: /^--nodes names "W1"/ },
    { flags: { max: '0' }, said: /^--max is "0"/ },
    { flags: { name: 'No Name' }, said: /^--name is "No Name"/ },
  ])('refuses $flags in one sentence', ({ flags, said }) => {
    expect(() => packages(flags)).toThrow(said)
  })
})

describe('falkirk runtime switch', () => {
  it('wants containerd, in at least a version where one is named', () => {
    const wish = runtime({ to: 'containerd', containerd: '1.7.28' })
    expect(wish.object.metadata.name).toBe('runtime-20261122-113005')
    expect(wish.object.spec.node).toEqual({ via: 'SSH', runtime: { name: 'containerd', version: '1.7.28' } })
  })

  it('names a disk to be reformatted where somebody has said so, and otherwise none', () => {
    const disk = { reformatDisk: '/dev/vg0/docker' }
    expect(runtime({ to: 'containerd', ...disk }).object.spec.node).toEqual({ via: 'SSH', runtime: { name: 'containerd', ...disk } })
    expect(runtime({ to: 'containerd' }).object.spec.node).toEqual({ via: 'SSH', runtime: { name: 'containerd' } })
  })

  it.each<{ readonly flags: RuntimeFlags; readonly said: RegExp }>([
    { flags: {}, said: /^--to is missing: name the runtime to go to, containerd$/ },
    { flags: { to: 'docker' }, said: /^--to is "docker": write containerd/ },
    {
      flags: { to: 'containerd', reformatDisk: '/dev/sd*' },
      said: /^--reformat-disk is "\/dev\/sd\*", which is no path of one disk: write it in full, without patterns, such as \/dev\/vg0\/docker$/,
    },
    {
      flags: { to: 'containerd', reformatDisk: '/dev/disk/by-uuid/a-1' },
      said: /^--reformat-disk is "\/dev\/disk\/by-uuid\/a-1", which is gone as soon as the disk is formatted: name the disk itself/,
    },
    { flags: { to: 'containerd', containerd: '2' }, said: /^--version is "2": write a version of containerd such as 1\.7\.28$/ },
  ])('refuses $flags in one sentence', ({ flags, said }) => {
    expect(() => runtime(flags)).toThrow(said)
  })
})
