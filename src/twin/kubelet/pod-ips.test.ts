import { describe, expect, it } from 'vitest'
import { PodIps } from './pod-ips.ts'

describe('addresses of the pods of a node', () => {
  it('are of its range as soon as it has one', () => {
    let range: string | undefined
    const ips = new PodIps(258, 10, () => range)
    expect(ips.take('a')).toBe('10.1.2.1')
    range = '10.42.7.0/24'
    expect(['b', 'c'].map((uid) => ips.take(uid))).toEqual(['10.42.7.3', '10.42.7.4'])
  })

  it('are of its block when it has none, or one of IPv6', () => {
    const ips = new PodIps(3, 250, () => 'fd00:1::/64')
    expect(['a', 'b'].map((uid) => ips.take(uid))).toEqual(['250.0.3.1', '250.0.3.2'])
  })

  it('are all different while there are enough', () => {
    const ips = new PodIps(0, 10, () => '10.42.7.0/24')
    const given = Array.from({ length: 253 }, (_, at) => ips.take(`pod-${at}`))
    expect(new Set(given).size).toBe(253)
    expect(given.every((ip) => ip.startsWith('10.42.7.'))).toBe(true)
    ips.free('pod-7')
    expect(ips.take('late')).toBe(given[7])
    expect(given).toContain(ips.take('one too many'))
  })

  it('are not those of pods that were there before', () => {
    const ips = new PodIps(0, 10, () => '10.42.7.0/29')
    ips.keep('old', '10.42.7.3')
    expect(['a', 'b'].map((uid) => ips.take(uid))).toEqual(['10.42.7.2', '10.42.7.4'])
  })

  it('of one pod that gets another address leave the first one free', () => {
    const ips = new PodIps(0, 10, () => '10.42.7.0/30')
    expect(ips.take('a')).toBe('10.42.7.2')
    expect(ips.take('a')).toBe('10.42.7.2')
  })
})
