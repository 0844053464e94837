import { describe, expect, it } from 'vitest'
import { aNode } from '../../plan/plan-facts.test-support.ts'
import { upgradeSettings } from '../api/upgrade-settings.ts'
import { anUpgrade, someUpgradeFacts } from '../run-world.test-support.ts'
import { changesLeft, changesText } from './host-changes.ts'
import { osNote } from './os-note.ts'

const os = { packages: 'Security', reboot: 'Never' } as const
const at = '2026-11-22T12:00:00Z'

function left(node: Parameters<typeof aNode>[1], more: Readonly<Record<string, unknown>>, spec: Readonly<Record<string, unknown>> = {}) {
  const upgrade = anUpgrade({ version: 'v1.31.5', node: { via: 'SSH', ...more }, ...spec })
  return changesLeft(aNode('w1', node), { settings: upgradeSettings(upgrade.spec), facts: someUpgradeFacts([], { upgrade }) })
}

describe('what is left to be changed on a host', () => {
  it.each([
    { what: 'another runtime', has: 'docker://20.10.24', wants: {}, is: { name: 'containerd', from: 'docker' } },
    {
      what: 'an older version',
      has: 'containerd://1.6.20~ds1',
      wants: { version: '1.7.28' },
      is: { name: 'containerd', version: '1.7.28' },
    },
    { what: 'nothing where any version will do', has: 'containerd://1.6.20', wants: {}, is: undefined },
    { what: 'nothing where the packager has counted on', has: 'containerd://1.7.28~ds1', wants: { version: '1.7.28' }, is: undefined },
    { what: 'nothing where a later one is there: none is lowered', has: 'containerd://2.1.4', wants: { version: '1.7.28' }, is: undefined },
    { what: 'all where the kubelet has not reported', has: '', wants: {}, is: { name: 'containerd' } },
  ])('of a runtime is $what', ({ has, wants, is }) => {
    expect(left({ runtimeVersion: has }, { runtime: { name: 'containerd', ...wants } }).runtime).toEqual(is)
  })

  it('names a disk of docker on nodes that have docker, and on no other', () => {
    const runtime = { name: 'containerd', version: '1.7.28', reformatDisk: '/dev/vg0/docker' } as const
    expect(left({ runtimeVersion: 'docker://20.10.7' }, { runtime }).runtime).toEqual({ ...runtime, from: 'docker' })
    expect(left({ runtimeVersion: 'containerd://1.6.20' }, { runtime }).runtime).toEqual({ name: 'containerd', version: '1.7.28' })
  })

  it.each([
    { what: 'no note', note: undefined, isLeft: true },
    { what: 'the note of this run', note: osNote('uid-up', os, at), isLeft: false },
    { what: 'that of another run', note: osNote('another', os, at), isLeft: true },
    { what: 'that of less', note: osNote('uid-up', { ...os, packages: 'None' }, at), isLeft: true },
    { what: 'something that somebody has written there', note: 'yes', isLeft: true },
  ])('of packages is told by $what', ({ note, isLeft }) => {
    expect(left(note === undefined ? {} : { osNote: note }, { os }).os !== undefined).toBe(isLeft)
  })

  it('is nothing on a node that is not named where some are', () => {
    expect(left({}, { os }, { nodes: ['w2'] })).toEqual({})
    expect(left({}, { os }, { nodes: ['w1'] })).toEqual({ os })
  })

  it('is said in the words of an operator', () => {
    expect(changesText({ os: { packages: 'All', reboot: 'IfRequired' }, runtime: { name: 'containerd', version: '1.7.28' } })).toBe(
      'packages, a reboot if it is required, containerd 1.7.28',
    )
    expect(changesText({ runtime: { name: 'containerd', reformatDisk: '/dev/sdb' } })).toBe(
      'containerd, /dev/sdb reformatted where docker has it',
    )
  })
})
