import { describe, expect, it } from 'vitest'
import { jobVolumes, mountProblem } from './job-volumes.ts'

const upgrade = { image: 'a' }

describe('Secrets of a Job', () => {
  it.each([
    { path: '/absolute/as//given/', mountPath: '/absolute/as//given/' },
    { path: 'relative', mountPath: '/run/system-upgrade/secrets/relative' },
    { path: './a//b/', mountPath: '/run/system-upgrade/secrets/a/b' },
    { path: '../a', mountPath: '/run/system-upgrade/a' },
    { path: '', mountPath: '/run/system-upgrade/secrets/token' },
  ])('points 16 and 72: path "$path" is mounted read-only at $mountPath', ({ path, mountPath }) => {
    const { volumes, upgradeMounts, prepareMounts } = jobVolumes({ upgrade, secrets: [{ name: 'token', path }] })
    expect(upgradeMounts.at(-1)).toEqual({ name: 'secret-token', mountPath, readOnly: true })
    expect(prepareMounts).toEqual(upgradeMounts)
    expect(volumes.at(-1)).toEqual({ name: 'secret-token', secret: { secretName: 'token', optional: false } })
  })

  it('point 16: the volume of a long name is shortened', () => {
    const name = 'not-having-path-with-a-supercalifragilisticexpialidocious-name'
    const { volumes, upgradeMounts } = jobVolumes({ upgrade, secrets: [{ name, path: '' }] })
    expect(volumes.at(-1)?.name).toBe('secret-not-having-path-with-a-supercalifragilisticexpiali-42558')
    expect(upgradeMounts.at(-1)?.name).toContain(name.slice(0, 50))
  })

  it('defect 16: a name with dots, which no volume may have, is not taken as it is', () => {
    const secrets = [
      { name: 'a.b', path: '' },
      { name: 'a-b', path: '' },
    ]
    const { volumes } = jobVolumes({ upgrade, secrets })
    expect(volumes.slice(2).map((v) => [v.name, v.secret?.secretName])).toEqual([
      ['secret-a-b', 'a.b'],
      ['secret-a-b-2', 'a-b'],
    ])
  })

  it('a Secret whose updates are ignored may be missing', () => {
    const { volumes } = jobVolumes({ upgrade, secrets: [{ name: 'a', path: '', ignoreUpdates: true, defaultMode: 0 }] })
    expect(volumes.at(-1)?.secret).toEqual({ secretName: 'a', defaultMode: 0, optional: true })
  })

  it('defect 16: a Secret that is named twice is one volume, mounted at both paths', () => {
    const secrets = [
      { name: 'a', path: 'x' },
      { name: 'a', path: 'y' },
      { name: 'a', path: 'y' },
    ]
    const { volumes, upgradeMounts } = jobVolumes({ upgrade, secrets })
    expect(volumes.map((v) => v.name)).toEqual(['host-root', 'pod-info', 'secret-a'])
    expect(upgradeMounts.slice(2).map((m) => m.mountPath)).toEqual(['/run/system-upgrade/secrets/x', '/run/system-upgrade/secrets/y'])
  })
})

describe('host paths of a Job', () => {
  const data = { name: 'data', source: '/data', destination: '/mnt' }

  it('defect 16: volumes of prepare are declared too, and a shared one once', () => {
    const only = { name: 'only', source: '/only', destination: '/only' }
    const result = jobVolumes({ upgrade: { image: 'a', volumes: [data] }, prepare: { image: 'p', volumes: [only, data] } })
    expect(result.volumes.slice(2)).toEqual([
      { name: 'data', hostPath: { path: '/data' } },
      { name: 'only', hostPath: { path: '/only' } },
    ])
    expect(result.prepareMounts.slice(2).map((m) => m.name)).toEqual(['only', 'data'])
    expect(result.upgradeMounts.slice(2).map((m) => m.name)).toEqual(['data'])
  })

  it('defect 16: another path under the same name gets a name of its own', () => {
    const other = { ...data, source: '/other' }
    const result = jobVolumes({ upgrade: { image: 'a', volumes: [data] }, prepare: { image: 'p', volumes: [other] } })
    expect(result.volumes.at(-1)).toEqual({ name: 'data-2', hostPath: { path: '/other' } })
    expect(result.prepareMounts.at(-1)).toEqual({ name: 'data-2', mountPath: '/mnt' })
    expect(result.upgradeMounts.at(-1)).toEqual({ name: 'data', mountPath: '/mnt' })
  })

  it('defect 16: a name that Falkirk needs itself is not taken away from it', () => {
    const { volumes, upgradeMounts } = jobVolumes({ upgrade: { image: 'a', volumes: [{ ...data, name: 'host-root' }] } })
    expect(volumes.map((v) => v.name)).toEqual(['host-root', 'pod-info', 'host-root-2'])
    expect(upgradeMounts.at(-1)).toEqual({ name: 'host-root-2', mountPath: '/mnt' })
  })

  it('tells of two volumes at one path, in the container that would have them', () => {
    const both = [data, { ...data, name: 'more', source: '/more' }]
    expect(mountProblem(jobVolumes({ upgrade: { image: 'a', volumes: both } }))).toContain('spec.upgrade would mount two volumes at /mnt')
    expect(mountProblem(jobVolumes({ upgrade, prepare: { image: 'p', volumes: both } }))).toContain('spec.prepare would mount')
    expect(mountProblem(jobVolumes({ upgrade: { image: 'a', volumes: [data, data] } }))).toBeUndefined()
  })
})
