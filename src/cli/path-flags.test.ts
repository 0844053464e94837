import { describe, expect, it } from 'vitest'
import { shippedReleases } from '../core/version/shipped-releases.ts'
import { outputOf, type PathFlags, pathRequest } from './path-flags.ts'

const releases = shippedReleases()
const request = (flags: PathFlags) => pathRequest({ from: 'v1.27.3', to: 'v1.29.1', ...flags }, releases)

describe('what is asked of falkirk path', () => {
  it('is a lazy path from what the control plane runs, unless told', () => {
    const { from, to, workers, acceptedRisks, ...others } = request({})
    expect([from.controlPlane.map(({ text }) => text), from.nodes, to.text, workers, acceptedRisks]).toEqual([
      ['v1.27.3'],
      undefined,
      'v1.29.1',
      'Lazy',
      [],
    ])
    expect(Object.keys(others)).toEqual(['releases'])
  })

  it('takes several versions of a cluster that is half-way', () => {
    const { from } = request({ from: 'v1.27.3, v1.28.1', nodes: 'v1.26.1,v1.27.3' })
    expect(from.controlPlane.map(({ text }) => text)).toEqual(['v1.27.3', 'v1.28.1'])
    expect(from.nodes?.map(({ text }) => text)).toEqual(['v1.26.1', 'v1.27.3'])
  })

  it.each([
    { from: 'v1.27.3', to: 'v1.29', target: 'v1.29.15' },
    { from: 'v1.27.3+k3s1', to: '1.30', target: 'v1.30.14+k3s2' },
    { from: 'v1.27.3+rke2r1', to: 'v1.32', target: 'v1.32.13+rke2r1' },
  ])('takes $to after $from for $target, its newest release', ({ from, to, target }) => {
    expect(request({ from, to }).to.text).toBe(target)
  })

  it.each([
    { flags: { nodes: 'none' }, found: { from: { nodes: [] } } },
    { flags: { distribution: 'upstream' }, found: { distribution: 'upstream' } },
    { flags: { workers: 'everyhop' }, found: { workers: 'EveryHop' } },
    { flags: { datastore: 'other' }, found: { datastore: 'Other' } },
    { flags: { datastore: 'etcd' }, found: { datastore: 'Etcd' } },
    { flags: { etcd: '3.5.26' }, found: { etcd: [3, 5, 26] } },
    { flags: { acceptRisk: 'UnsupportedSkew,prerelease' }, found: { acceptedRisks: ['UnsupportedSkew', 'PreRelease'] } },
    { flags: { via: 'v1.28.9' }, found: { stops: { versions: [{ text: 'v1.28.9' }], between: 'LastPatch' } } },
    { flags: { stops: 'v1.28.9' }, found: { stops: { versions: [{ text: 'v1.28.9' }], between: 'Nothing' } } },
  ])('$flags', ({ flags, found }) => {
    expect(request(flags)).toMatchObject(found)
  })

  it.each([{}, { output: 'wide' }, { output: 'JSON' }, { output: 'yaml' }])('is printed as %s', (flags) => {
    expect(outputOf(flags)).toBe((flags.output ?? 'table').toLowerCase())
  })
})

describe('one sentence that names the flag and what it may be', () => {
  it.each([
    { flags: { to: 'y' }, said: '--to is "y": write a version such as v1.34.2+k3s1 or v1.34.2' },
    { flags: { from: 'v1.28' }, said: '--from is "v1.28": write a version such as v1.34.2+k3s1 or v1.34.2' },
    { flags: { nodes: 'v1.28.1,' }, said: '--nodes is "": write a version such as v1.34.2+k3s1 or v1.34.2' },
    { flags: { via: 'last' }, said: '--via is "last": write a version such as v1.34.2+k3s1 or v1.34.2' },
    {
      flags: { via: 'v1.28.1', stops: 'v1.28.1' },
      said: '--via and --stops exclude each other: --stops names every stop, --via some of them',
    },
    {
      flags: { to: 'v1.99' },
      said: '--to is "v1.99", of which the release data of 2026-09-27 know no kubeadm: write the whole version',
    },
    { flags: { distribution: 'k3' }, said: '--distribution is "k3": write kubeadm, k3s, rke2, upstream; is it k3s?' },
    { flags: { workers: 'slow' }, said: '--workers is "slow": write Lazy, EveryHop' },
    { flags: { datastore: 'sqlite' }, said: '--datastore is "sqlite": write etcd, other' },
    { flags: { etcd: 'new' }, said: '--etcd is "new": write the lowest version that a member runs, such as 3.5.26' },
    { flags: { acceptRisk: 'skew' }, said: '--accept-risk is "skew": write UnsupportedSkew, PreRelease' },
  ])('$said', ({ flags, said }) => {
    expect(() => request(flags)).toThrow(expect.objectContaining({ code: 'FK_BAD_SETTING', message: said }))
  })

  it('also when it is not there', () => {
    expect(() => pathRequest({ to: 'v1.29.1' }, releases)).toThrow('--from is missing: write a version such as v1.34.2+k3s1')
    expect(() => pathRequest({ from: 'v1.28.1' }, releases)).toThrow('--to is missing: write a version such as v1.34.2+k3s1')
    expect(() => outputOf({ output: 'jsn' })).toThrow('--output is "jsn": write table, wide, json, yaml; is it json?')
  })
})
