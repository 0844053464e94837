import { describe, expect, it } from 'vitest'
import type { PlanSpec } from './plan-spec.ts'
import { volumeProblem } from './volume-problem.ts'

const cache = { name: 'cache', source: '/var/cache', destination: '/cache' }
const state = { name: 'state', source: '/var/lib/state', destination: '/state' }

function problemOf(parts: { secrets?: PlanSpec['secrets']; upgrade?: object[]; prepare?: object[] }): string | undefined {
  return volumeProblem({
    ...(parts.secrets === undefined ? {} : { secrets: parts.secrets }),
    upgrade: { image: 'a', volumes: (parts.upgrade ?? []) as [] },
    prepare: { image: 'a', volumes: (parts.prepare ?? []) as [] },
  })
}

describe('volumeProblem', () => {
  it('has nothing against a Plan without volumes', () => {
    expect(volumeProblem({ upgrade: { image: 'a' } })).toBeUndefined()
  })

  it('defect 16: takes volumes that only prepare names', () => {
    expect(problemOf({ upgrade: [cache], prepare: [state] })).toBeUndefined()
  })

  it('takes a volume that both containers name with the same source', () => {
    expect(problemOf({ upgrade: [cache], prepare: [{ ...cache, destination: '/elsewhere' }] })).toBeUndefined()
  })

  it('defect 16: refuses one name for two sources', () => {
    expect(problemOf({ upgrade: [state, cache], prepare: [{ ...cache, source: '/tmp' }] })).toBe(
      'spec.prepare.volumes[0].source "/tmp" is not that of spec.upgrade.volumes[1], although both are called "cache": give one of them another name',
    )
  })

  it('defect 16: refuses a Secret that is named twice', () => {
    const secrets = [
      { name: 's', path: '/a' },
      { name: 's', path: '/b' },
    ]
    expect(problemOf({ secrets })).toBe(
      'spec.secrets[1].name asks for the volume "secret-s", which spec.secrets[0].name has already: use another name',
    )
  })

  it.each([
    ['host-root', "the volume of the host's root"],
    ['pod-info', "the volume of the pod's labels"],
    ['secret-s', 'spec.secrets[0].name'],
    ['state', 'spec.upgrade.volumes[0].name'],
  ])('defect 16: refuses the volume name %s, which is taken', (name, owner) => {
    expect(problemOf({ secrets: [{ name: 's', path: '' }], upgrade: [state, { ...cache, name }] })).toBe(
      `spec.upgrade.volumes[1].name asks for the volume "${name}", which ${owner} has already: use another name`,
    )
  })

  it.each([
    ['/host', "the host's root"],
    ['/run/system-upgrade/pod', "the pod's labels"],
    ['/keys', 'spec.secrets[0].path'],
    ['/run/system-upgrade/secrets/relative', 'spec.secrets[1].path'],
    ['/run/system-upgrade/secrets/c', 'spec.secrets[2].path'],
    ['/state', 'spec.upgrade.volumes[0].destination'],
  ])('refuses the mount path %s, which is taken', (destination, owner) => {
    const secrets = [
      { name: 'a', path: '/keys' },
      { name: 'b', path: 'relative' },
      { name: 'c', path: '' },
    ]
    expect(problemOf({ secrets, upgrade: [state, { ...cache, destination }] })).toBe(
      `spec.upgrade.volumes[1].destination asks for the mount path "${destination}", which ${owner} has already: use another path`,
    )
  })

  it('refuses two Secrets at one path', () => {
    const secrets = [
      { name: 'a', path: '/keys' },
      { name: 'b', path: '/keys' },
    ]
    expect(problemOf({ secrets })).toContain('spec.secrets[1].path asks for the mount path "/keys"')
  })

  it.each(['Cache', 'my_cache', 'a.b', '', '-a', 'a'.repeat(64)])('refuses the volume name %j', (name) => {
    expect(problemOf({ prepare: [{ ...cache, name }] })).toBe(
      `spec.prepare.volumes[0].name ${JSON.stringify(name)} cannot be the name of a volume: write at most 63 lower-case letters, digits and "-"`,
    )
  })

  it.each([
    [{ source: '' }, 'spec.upgrade.volumes[0].source is empty: write the path on the host'],
    [{ source: '/var/../etc' }, 'spec.upgrade.volumes[0].source "/var/../etc" goes up with "..": write the path itself'],
    [{ destination: '' }, 'spec.upgrade.volumes[0].destination is empty: write the path in the container'],
  ])('refuses %j', (change, problem) => {
    expect(problemOf({ upgrade: [{ ...cache, ...change }] })).toBe(problem)
  })

  it('refuses a Secret whose name cannot be part of a volume’s', () => {
    expect(
      problemOf({
        secrets: [
          { name: 'a', path: '' },
          { name: 'my.secret', path: '' },
        ],
      }),
    ).toBe(
      'spec.secrets[1].name "my.secret" cannot be part of a volume\'s name: use a Secret whose name has only lower-case letters, digits and "-"',
    )
  })

  it('takes a Secret with a long name, which is shortened', () => {
    expect(problemOf({ secrets: [{ name: 'n'.repeat(253), path: '' }] })).toBeUndefined()
  })
})
