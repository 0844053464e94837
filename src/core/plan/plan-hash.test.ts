import { describe, expect, it } from 'vitest'
import type { Plan } from './plan.ts'
import { planHash } from './plan-hash.ts'
import type { PlanSpec } from './plan-spec.ts'
import { secretHash } from './secret-hash.ts'

function planWith(spec: Partial<PlanSpec>, digest?: string): Plan {
  const annotations = digest === undefined ? {} : { annotations: { 'upgrade.cattle.io/digest': digest } }
  return {
    metadata: { name: 'p', namespace: 'system-upgrade', uid: 'u', resourceVersion: '1', generation: 1, ...annotations },
    spec: { upgrade: { image: 'rancher/k3s-upgrade' }, serviceAccountName: 'system-upgrade', ...spec },
  }
}

const noSecrets = new Map<string, string>()

function hashOf(spec: Partial<PlanSpec>, digest?: string, secretHashes: ReadonlyMap<string, string> = noSecrets): string {
  return planHash({ plan: planWith(spec, digest), latestVersion: 'v1.20.11-k3s1', secretHashes })
}

const plain = '21c75c607087495cc7f2c945c508a36de1f8661ce8c6b4d5989a883c'

describe('planHash', () => {
  it.each([
    ['v1.23.6-rke2r1', 'd5c507264ef83171925233cdeebe1f8a21614263918690682ef945fe'],
    ['release-v2021-8', 'c00768bbe1d4a4bd6790aaafc961ae5df35aba84282909d7a87b49b2'],
    ['v1.36.3-k3s1', '41d3aa1090c85ae2cf1a9c3855842565f1f2ac84aba2d02b1e39ae13'],
    ['v1.20.11-k3s1', plain],
  ])('point 47: of %s is what live clusters have on their nodes', (latestVersion, hash) => {
    expect(planHash({ plan: planWith({}), latestVersion, secretHashes: noSecrets })).toBe(hash)
  })

  it('point 47: takes in a Secret by its kubectl hash', () => {
    const secret = secretHash({ name: 'test', type: 'Opaque', data: { config: 'dGVzdA==' } })
    const plan = planWith({ secrets: [{ name: 'test', path: '/test' }] })
    expect(planHash({ plan, latestVersion: 'latest', secretHashes: new Map([['test', secret]]) })).toBe(
      '4b57c0da3662a1595e1d261699f3b275b882413fea3139bfd65e275e',
    )
  })

  it('point 33: does not take in a Secret with ignoreUpdates, be it there or not', () => {
    expect(hashOf({ secrets: [{ name: 's', path: '', ignoreUpdates: true }] })).toBe(plain)
    expect(hashOf({ secrets: [{ name: 's', path: '', ignoreUpdates: true }] }, undefined, new Map([['s', '2tg9fbfm4c']]))).toBe(plain)
  })

  it('point 49: changes when the data of a Secret change', () => {
    const secrets = [{ name: 's', path: '' }]
    expect(hashOf({ secrets }, undefined, new Map([['s', 'aaaaaaaaaa']]))).not.toBe(
      hashOf({ secrets }, undefined, new Map([['s', 'bbbbbbbbbb']])),
    )
  })

  it('refuses to leave out a Secret that is missing: that would be another hash', () => {
    expect(() => hashOf({ secrets: [{ name: 's', path: '' }] })).toThrow('the hash of Secret s is not known')
  })

  it('point 50: changes with serviceAccountName', () => {
    expect(hashOf({ serviceAccountName: 'other' })).not.toBe(plain)
  })

  it.each([
    ['image', { upgrade: { image: 'other' } }],
    ['args', { upgrade: { image: 'rancher/k3s-upgrade', args: ['a'] } }],
    ['envs', { upgrade: { image: 'rancher/k3s-upgrade', envs: [{ name: 'A' }] } }],
    ['drain', { drain: {} }],
    ['cordon', { cordon: true }],
    ['concurrency', { concurrency: 5 }],
    ['tolerations', { tolerations: [{ operator: 'Exists' }] }],
    ['nodeSelector', { nodeSelector: {} }],
    ['window', { window: { days: ['mo'] } }],
  ])('point 51: does not change with %s', (_, spec) => {
    expect(hashOf(spec)).toBe(plain)
  })
})

describe('planHash with the digest annotation', () => {
  const envs = [
    { name: 'FOO', value: 'bar' },
    { name: 'TWO', value: '2' },
  ]
  const upgrade = { image: 'i', envs }

  it('point 48: adds the text of each field in the order listed, without separators', () => {
    const text = 'map[name:FOO value:bar]' + 'i'
    const same = planWith({ serviceAccountName: `system-upgrade${text}` })
    expect(hashOf({ upgrade }, 'spec.upgrade.envs,spec.upgrade.image')).toBe(
      planHash({ plan: same, latestVersion: 'v1.20.11-k3s1', secretHashes: noSecrets }),
    )
    expect(hashOf({ upgrade }, 'spec.upgrade.image,spec.upgrade.envs')).not.toBe(
      hashOf({ upgrade }, 'spec.upgrade.envs,spec.upgrade.image'),
    )
  })

  it('point 48: stands between the service account and the Secrets', () => {
    const secrets = [{ name: 's', path: '' }]
    const hashes = new Map([['s', '2tg9fbfm4c']])
    const same = planWith({ serviceAccountName: 'system-upgradei', secrets })
    expect(hashOf({ upgrade, secrets }, 'spec.upgrade.image', hashes)).toBe(
      planHash({ plan: same, latestVersion: 'v1.20.11-k3s1', secretHashes: hashes }),
    )
  })

  it('defect 17, kept: a second variable does not count', () => {
    const [first] = envs
    const one = { image: 'i', envs: first === undefined ? [] : [first] }
    expect(hashOf({ upgrade }, 'spec.upgrade.envs')).toBe(hashOf({ upgrade: one }, 'spec.upgrade.envs'))
  })

  it.each([
    ['an empty annotation', ''],
    ['a field that is not set', 'spec.channel'],
    ['a field that does not exist', 'spec.nothing.here'],
    ['a path into a list', 'spec.upgrade.envs.0.name'],
    ['a path through a text', 'spec.upgrade.image.name'],
    ['a path with a space, as entries are not trimmed', ' spec.upgrade.image'],
    ['a path to what every object inherits', 'spec.constructor.name'],
    ['apiVersion and kind, which the typed object does not have', 'apiVersion,kind'],
    ['an optional field that is zero', 'spec.concurrency'],
  ])('point 48: %s adds nothing', (_, digest) => {
    expect(hashOf({ upgrade, concurrency: 0 }, digest)).toBe(plain)
  })
})
