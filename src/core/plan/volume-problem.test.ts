import { describe, expect, it } from 'vitest'
import type { VolumeSpec } from './container-spec.ts'
import type { SecretSpec } from './secret-spec.ts'
import { volumeProblem } from './volume-problem.ts'

const cache = { name: 'cache', source: '/var/cache', destination: '/cache' }
const state = { name: 'state', source: '/var/lib/state', destination: '/state' }

function problemOf(parts: { secrets?: SecretSpec[]; upgrade?: VolumeSpec[]; prepare?: VolumeSpec[] }): string | undefined {
  const { secrets = [], upgrade = [], prepare = [] } = parts
  return volumeProblem({ secrets, upgrade: { image: 'a', volumes: upgrade }, prepare: { image: 'a', volumes: prepare } })
}

describe('volumeProblem', () => {
  it('has nothing against a Plan without volumes', () => {
    expect(volumeProblem({ upgrade: { image: 'a' } })).toBeUndefined()
  })

  it.each([
    ['volumes that only prepare names', { upgrade: [cache], prepare: [state] }],
    ['a volume that both containers name', { upgrade: [cache], prepare: [{ ...cache, destination: '/elsewhere' }] }],
    ['one name for two sources', { upgrade: [cache], prepare: [{ ...cache, source: '/tmp' }] }],
    ['the name of a volume that every Job has', { upgrade: [{ ...cache, name: 'host-root' }] }],
    [
      'a Secret at two paths',
      {
        secrets: [
          { name: 's', path: '/a' },
          { name: 's', path: '/b' },
        ],
      },
    ],
    ['a Secret whose name has dots', { secrets: [{ name: 'my.secret', path: '' }] }],
    ['a Secret with a long name', { secrets: [{ name: 'n'.repeat(253), path: '' }] }],
  ])('defect 16: takes %s', (_, parts) => {
    expect(problemOf(parts)).toBeUndefined()
  })

  it.each(['/host', '/run/system-upgrade/pod', '/keys', '/run/system-upgrade/secrets/relative', '/run/system-upgrade/secrets/c', '/state'])(
    'defect 16: refuses a second mount at %s',
    (destination) => {
      const secrets = [
        { name: 'a', path: '/keys' },
        { name: 'b', path: 'relative' },
        { name: 'c', path: '' },
      ]
      const problem = `would mount two volumes at ${destination}; give one of them (volumes or secrets) another path`
      expect(problemOf({ secrets, upgrade: [state, { ...cache, destination }] })).toBe(`spec.upgrade ${problem}`)
      expect(problemOf({ secrets, prepare: [state, { ...cache, destination }] })).toBe(`spec.prepare ${problem}`)
    },
  )

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

  it.each(['My-Secret', '', 'a/b', 'x'.repeat(254)])('refuses the Secret name %j, also of one that may be missing', (name) => {
    expect(
      problemOf({
        secrets: [
          { name: 'a', path: '' },
          { name, path: '/b', ignoreUpdates: true },
        ],
      }),
    ).toMatch(/^spec\.secrets\[1\]\.name ".*" is no name of a Secret: write lower-case letters, digits, "-" and "\."$/)
  })
})
