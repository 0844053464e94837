import { describe, expect, it } from 'vitest'
import { compareEtcd } from './etcd-version.ts'
import { describeBuild, knownBuilds, newestMinor } from './known-builds.ts'
import { parseVersion } from './kubernetes-version.ts'
import { mergeReleases, parseReleases, type Releases } from './releases.ts'
import { shippedReleases } from './shipped-releases.ts'

const file = (minors: readonly object[]) => ({ format: 'falkirk.dev/releases/v1', reviewed: '2027-01-31', minors })

function releases(minors: readonly object[]): Releases {
  const read = parseReleases(file(minors))
  if (read.kind === 'Invalid') throw new Error(read.message)
  return read.releases
}

function version(text: string) {
  const read = parseVersion(text)
  if (read === undefined) throw new Error(`${text} was not read`)
  return read
}

describe('the release data that are shipped', () => {
  const shipped = shippedReleases()

  it('know every minor from v1.13 to v1.37, and when all but the newest end', () => {
    const minors = Array.from({ length: 25 }, (_, index) => 13 + index)
    expect([...shipped.minors.keys()]).toEqual(minors)
    expect(minors.filter((minor) => shipped.minors.get(minor)?.endOfLife === undefined)).toEqual([37])
    expect([newestMinor(shipped, 'kubernetes'), newestMinor(shipped, 'k3s'), newestMinor(shipped, 'rke2')]).toEqual([37, 37, 37])
  })

  it.each([
    { line: 'kubernetes', from: 13 },
    { line: 'k3s', from: 16 },
    { line: 'rke2', from: 19 },
  ] as const)(
    'know a release of $line for every minor from v1.$from on, none of a patch that Kubernetes does not have',
    ({ line, from }) => {
      for (let minor = from; minor <= 37; minor++) {
        const builds = knownBuilds(shipped, line, minor)
        const [upstream] = knownBuilds(shipped, 'kubernetes', minor)
        expect(builds.length, `v1.${minor}`).toBeGreaterThan(0)
        for (const { version: build } of builds) expect(build.patch, build.text).toBeLessThanOrEqual(upstream?.version.patch ?? -1)
      }
    },
  )

  it('never let the etcd of a line fall within a minor', () => {
    for (const { builds } of shipped.minors.values()) {
      for (const line of ['kubernetes', 'k3s', 'rke2'] as const) {
        const ranges = builds[line].flatMap(({ etcd }) => (etcd === undefined ? [] : [etcd]))
        for (const { atLeast, atMost } of ranges) {
          // each range was narrowed by those around it: one that falls would be empty
          if (atLeast !== undefined && atMost !== undefined) expect(compareEtcd(atMost, atLeast)).toBeGreaterThanOrEqual(0)
        }
      }
    }
  })

  it('were reviewed after everything that they list', () => {
    const dates = [...shipped.minors.values()].flatMap(({ released, builds }) => [
      released ?? '',
      ...Object.values(builds)
        .flat()
        .map((build) => build.released ?? ''),
    ])
    expect(dates.filter((date) => date > shipped.reviewed)).toEqual([])
  })
})

describe('one sentence on what is wrong with release data', () => {
  it.each([
    { object: 'x', message: 'the object is "x": set it to an object with fields' },
    { object: {}, message: 'format is missing: set it to "falkirk.dev/releases/v1"' },
    { object: { ...file([]), format: 'v2' }, message: 'format is "v2": set it to "falkirk.dev/releases/v1"' },
    {
      object: { ...file([]), reviewed: 'today' },
      message: 'reviewed is "today": set it to the day on which the data were looked through, such as 2026-09-27',
    },
    {
      object: file([{ minor: '1.38', k3s: [{ version: 'v1.38' }] }]),
      message: 'minors[0].k3s[0].version "v1.38" is no version of Kubernetes: write one such as v1.34.2+k3s1',
    },
    {
      object: file([{ minor: '1.38', k3s: [{ version: 'v1.38.0+k3s1', etcd: 'new' }] }]),
      message: 'minors[0].k3s[0].etcd "new" is no version of etcd: write one such as 3.5.26, or 3.6',
    },
    {
      object: file([{ minor: '1.38', k3s: [{ version: 'v1.37.9+k3s1' }] }]),
      message: 'minors[0].k3s holds v1.37.9+k3s1: put it where its minor and its line are',
    },
    {
      object: file([{ minor: '1.38', kubernetes: [{ version: 'v1.38.0+k3s1' }] }]),
      message: 'minors[0].kubernetes holds v1.38.0+k3s1: put it where its minor and its line are',
    },
    { object: file([{ minor: '1.38' }, { minor: '1.38' }]), message: 'minors[1].minor "1.38" stands there twice: keep one' },
  ])('$message', ({ object, message }) => {
    expect(parseReleases(object)).toEqual({ kind: 'Invalid', message })
  })
})

describe('data laid over others', () => {
  const base = releases([
    { minor: '1.33', endOfLife: '2026-06-28', k3s: [{ version: 'v1.33.7+k3s1', etcd: '3.5.25' }, { version: 'v1.33.6+k3s1' }] },
  ])
  const over = releases([
    { minor: '1.33', k3s: [{ version: 'v1.33.8+k3s1' }, { version: 'v1.33.7+k3s1', etcd: '3.5.26' }] },
    { minor: '1.38', kubernetes: [{ version: 'v1.38.0' }] },
  ])
  const merged = mergeReleases(base, { ...over, reviewed: '2027-02-01' })

  it('adds minors and builds, and wins where both know something', () => {
    expect(knownBuilds(merged, 'k3s', 33).map((build) => [build.version.text, build.etcd?.atLeast])).toEqual([
      ['v1.33.8+k3s1', [3, 5, 26]],
      ['v1.33.7+k3s1', [3, 5, 26]],
      ['v1.33.6+k3s1', undefined],
    ])
    expect(knownBuilds(merged, 'kubernetes', 38)).toHaveLength(1)
    expect(merged.minors.get(33)?.endOfLife).toBe('2026-06-28')
    expect(merged.reviewed).toBe('2027-02-01')
  })
})

describe('what is known of a version that the data do not list', () => {
  const data = releases([
    {
      minor: '1.33',
      k3s: [
        { version: 'v1.33.13+k3s2', etcd: '3.6.12' },
        { version: 'v1.33.7+k3s3', etcd: '3.5.26' },
        { version: 'v1.33.6+k3s1', etcd: '3.5.21', released: '2025-11-20' },
      ],
    },
    {
      minor: '1.34',
      k3s: [
        { version: 'v1.34.11+k3s1', etcd: '3.6' },
        { version: 'v1.34.2+k3s1', etcd: '3.6.5' },
      ],
    },
  ])

  it.each([
    { text: 'v1.33.6+k3s1', etcd: { atLeast: [3, 5, 21], atMost: [3, 5, 21] } },
    { text: 'v1.33.9+k3s1', etcd: { atLeast: [3, 5, 26], atMost: [3, 6, 12] } },
    { text: 'v1.33.2+k3s1', etcd: { atMost: [3, 5, 21] } },
    { text: 'v1.33.14+k3s1', etcd: { atLeast: [3, 6, 12] } },
    { text: 'v1.33.10+k3s1', etcd: { atLeast: [3, 5, 26], atMost: [3, 6, 12] } },
    { text: 'v1.32.1+k3s1', etcd: undefined },
    { text: 'v1.34.11+k3s1', etcd: { atLeast: [3, 6, 5], atMost: [3, 6, Number.POSITIVE_INFINITY] } },
  ])('$text has etcd $etcd', ({ text, etcd }) => {
    expect(describeBuild(data, 'k3s', version(text)).etcd).toEqual(etcd)
  })
})
