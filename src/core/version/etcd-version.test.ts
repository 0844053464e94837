import { describe, expect, it } from 'vitest'
import { compareEtcd, type EtcdVersion, etcdText, parseEtcdRange, parseEtcdVersion } from './etcd-version.ts'

describe('versions of etcd', () => {
  it.each([
    { text: '3.5.26', version: [3, 5, 26] },
    { text: 'v3.5.26-k3s1', version: [3, 5, 26] },
    { text: '3.4.13-0', version: [3, 4, 13] },
    { text: '3.6', version: undefined },
    { text: 'latest', version: undefined },
    { text: '3.5.26x', version: undefined },
  ])('$text is $version', ({ text, version }) => {
    expect(parseEtcdVersion(text)).toEqual(version)
  })

  it('orders by numbers, not by text', () => {
    const texts = ['3.6.11', '3.5.26', '3.5.9', '3.10.0', '3.6.4']
    const versions = texts.map((text): EtcdVersion => parseEtcdVersion(text) ?? [0, 0, 0])
    expect(versions.toSorted(compareEtcd).map(etcdText)).toEqual(['3.5.9', '3.5.26', '3.6.4', '3.6.11', '3.10.0'])
  })

  it('a minor alone is every patch of it', () => {
    const range = parseEtcdRange('3.6')
    expect(range).toEqual({ atLeast: [3, 6, 0], atMost: [3, 6, Number.POSITIVE_INFINITY] })
    expect(range?.atMost && compareEtcd(range.atMost, [3, 6, 500])).toBeGreaterThan(0)
    expect(range?.atMost && compareEtcd(range.atMost, [3, 7, 0])).toBeLessThan(0)
    expect(range?.atMost && compareEtcd(range.atMost, range.atMost)).toBe(0)
    expect(range?.atMost && etcdText(range.atMost)).toBe('3.6')
  })
})
