import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareMinor,
  compareUpstream,
  compareVersions,
  type KubernetesVersion,
  mungeVersion,
  parseVersion,
  sameRelease,
} from './kubernetes-version.ts'

function version(text: string): KubernetesVersion {
  const parsed = parseVersion(text)
  if (parsed === undefined) throw new Error(`${text} was not read`)
  return parsed
}

describe('parseVersion', () => {
  it.each([
    { text: 'v1.24.6', numbers: [1, 24, 6], pre: undefined, vendor: undefined },
    { text: '1.24.6', numbers: [1, 24, 6], pre: undefined, vendor: undefined },
    { text: 'v1.37.0-rc.0', numbers: [1, 37, 0], pre: ['rc', 0, 0], vendor: undefined },
    { text: 'v1.24.0-alpha.2.123+5f5fa9b0c1', numbers: [1, 24, 0], pre: ['alpha', 2, 123], vendor: ['build', undefined] },
    { text: 'v1.24.6+k3s1', numbers: [1, 24, 6], pre: undefined, vendor: ['k3s', 1] },
    { text: 'v1.24.6-k3s1', numbers: [1, 24, 6], pre: undefined, vendor: ['k3s', 1] },
    { text: 'v1.24.6-rc1+k3s1', numbers: [1, 24, 6], pre: ['rc', 1, 0], vendor: ['k3s', 1] },
    { text: 'v1.24.6-rc1-k3s1', numbers: [1, 24, 6], pre: ['rc', 1, 0], vendor: ['k3s', 1] },
    { text: 'v1.33.7+rke2r3', numbers: [1, 33, 7], pre: undefined, vendor: ['rke2', 3] },
    { text: 'v1.33.7-rke2r3', numbers: [1, 33, 7], pre: undefined, vendor: ['rke2', 3] },
    { text: 'v1.27.3-gke.100', numbers: [1, 27, 3], pre: undefined, vendor: ['gke', 100] },
    { text: 'v1.28.5-eks-5e0fdde', numbers: [1, 28, 5], pre: undefined, vendor: ['eks', undefined] },
    { text: 'v1.26.3-aliyun.1', numbers: [1, 26, 3], pre: undefined, vendor: ['aliyun', 1] },
    { text: 'v1.24.6+k3s-5ce0d17b', numbers: [1, 24, 6], pre: undefined, vendor: ['k3s', undefined] },
    { text: 'v0.21.5-k3s2r1', numbers: [0, 21, 5], pre: undefined, vendor: ['k3s', undefined] },
    { text: 'v1.20.2-dirty', numbers: [1, 20, 2], pre: undefined, vendor: ['build', undefined] },
  ])('reads $text', ({ text, numbers, pre, vendor }) => {
    const got = version(text)
    expect([got.major, got.minor, got.patch]).toEqual(numbers)
    expect(got.preRelease && [got.preRelease.stage, got.preRelease.number, got.preRelease.commits]).toEqual(pre)
    expect(got.vendor && [got.vendor.name, got.vendor.counter]).toEqual(vendor)
  })

  it.each([
    '',
    'v',
    'latest',
    'test',
    'v1.24',
    'v1',
    '1.024.6',
    'v1.24.06',
    'v1.24.6+',
    'v1.24.6-',
    'v1.24.6 ',
    ' v1.24.6',
    'vv1.24.6',
    'V1.24.6',
  ])('does not take %j for a version', (text) => expect(parseVersion(text)).toBeUndefined())

  it('does not take a text of 10,000 characters for a version', () => {
    expect(parseVersion(`v1.24.6-${'rc.1.'.repeat(2_000)}`)).toBeUndefined()
  })

  it.each([
    { text: '1.24.6-k3s1', shown: 'v1.24.6+k3s1' },
    { text: 'v1.24.6-rc1-k3s1', shown: 'v1.24.6-rc1+k3s1' },
    { text: 'v1.33.7-rke2r3', shown: 'v1.33.7+rke2r3' },
    { text: 'v1.27.3-gke.100', shown: 'v1.27.3-gke.100' },
    { text: '1.37.0-rc.0', shown: 'v1.37.0-rc.0' },
  ])('shows $text as its vendor writes it', ({ text, shown }) => expect(version(text).text).toBe(shown))
})

describe('compareVersions', () => {
  it.each([
    ['v1.24.5', 'v1.24.6'],
    ['v1.9.11', 'v1.10.0'],
    ['v1.24.6-rc.1', 'v1.24.6'],
    ['v1.24.0-alpha.9', 'v1.24.0-beta.1'],
    ['v1.24.0-beta.9', 'v1.24.0-rc.0'],
    ['v1.24.0-rc.2', 'v1.24.0-rc.10'],
    ['v1.24.0-alpha.2', 'v1.24.0-alpha.2.123+5f5fa9b0c1'],
    ['v1.33.7-rc1+k3s1', 'v1.33.7+k3s1'],
    ['v1.33.7+k3s1', 'v1.33.7+k3s2'],
    ['v1.33.7+k3s9', 'v1.33.7+k3s10'],
    ['v1.33.7+rke2r1', 'v1.33.7-rke2r3'],
    ['v1.27.3-gke.100', 'v1.27.3-gke.1200'],
    ['v1.24.6+k3s1', 'v1.24.7'],
    ['v1.24.6+k3s2', 'v1.25.0+rke2r1'],
  ])('%s comes before %s', (lower, higher) => {
    expect(compareVersions(version(lower), version(higher))).toBe(-1)
    expect(compareVersions(version(higher), version(lower))).toBe(1)
  })

  it.each([
    ['v1.24.6+k3s1', 'v1.24.6+rke2r1'],
    ['v1.24.6', 'v1.24.6+k3s1'],
    ['v1.28.5-eks-5e0fdde', 'v1.28.5-eks-4f4795d'],
    ['v1.24.6+k3s1', 'v1.24.6+k3s-5ce0d17b'],
  ])('%s and %s have no order: only the vendor part differs', (a, b) => {
    expect(compareVersions(version(a), version(b))).toBeUndefined()
    expect(compareUpstream(version(a), version(b))).toBe(0)
  })

  it('does not look at patches when it compares minors', () => {
    expect(compareMinor(version('v1.24.9+k3s1'), version('v1.24.1'))).toBe(0)
    expect(compareMinor(version('v1.9.9'), version('v1.10.0'))).toBe(-1)
  })

  it('is a total order inside one vendor', () => {
    fc.assert(
      fc.property(
        vendorName.chain((vendor) => fc.tuple(anyVersion(vendor), anyVersion(vendor), anyVersion(vendor))),
        ([a, b, c]) => {
          const ab = compareVersions(a, b)
          const ba = compareVersions(b, a)
          expect(ab).toBeDefined()
          expect(ba).toBe(ab === 0 ? 0 : -(ab ?? 0))
          expect(compareVersions(a, a)).toBe(0)
          if (ab !== 1 && compareVersions(b, c) !== 1) expect(compareVersions(a, c)).not.toBe(1)
        },
      ),
    )
  })

  it('sorts k3s releases the same, whichever way they came in', () => {
    const sorted = ['v1.32.13+k3s1', 'v1.33.7-rc1+k3s1', 'v1.33.7-rc2+k3s1', 'v1.33.7+k3s1', 'v1.33.7+k3s2', 'v1.33.10+k3s1']
    fc.assert(
      fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (mixed) => {
        const got = mixed.map(version).sort((a, b) => compareVersions(a, b) ?? Number.NaN)
        expect(got.map((v) => v.text)).toEqual(sorted)
      }),
    )
  })
})

describe('mungeVersion and sameRelease', () => {
  it('writes every + as -', () => {
    expect(mungeVersion('v1.2.3+test')).toBe('v1.2.3-test')
    expect(mungeVersion('a+b+c')).toBe('a-b-c')
    expect(mungeVersion('v1.2.3')).toBe('v1.2.3')
  })

  it('finds the same release in a version and its munged form', () => {
    fc.assert(
      fc.property(vendorName.chain(anyVersion), (v) => {
        const munged = version(mungeVersion(v.text))
        expect(sameRelease(v, munged)).toBe(true)
        expect(sameRelease(v, version(v.text.slice(1)))).toBe(true)
      }),
    )
  })

  it.each([
    ['v1.24.6+k3s1', 'v1.24.6+k3s2'],
    ['v1.24.6+k3s1', 'v1.24.6'],
    ['v1.24.6-rc1+k3s1', 'v1.24.6+k3s1'],
  ])('%s and %s are not the same release', (a, b) => expect(sameRelease(version(a), version(b))).toBe(false))
})

const vendorName = fc.constantFrom('', '+k3s', '+rke2r', '-gke.', '-aliyun.')

function anyVersion(vendor: string): fc.Arbitrary<KubernetesVersion> {
  const small = fc.nat({ max: 12 })
  const pre = fc.option(fc.tuple(fc.constantFrom('alpha', 'beta', 'rc'), small), { nil: undefined })
  return fc.record({ minor: small, patch: small, pre, counter: small }).map(({ minor, patch, pre, counter }) => {
    const stage = pre === undefined ? '' : `-${pre[0]}.${pre[1]}`
    return version(`v1.${minor}.${patch}${stage}${vendor === '' ? '' : `${vendor}${counter}`}`)
  })
}
