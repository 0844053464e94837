import { describe, expect, it } from 'vitest'
import { dns1035LabelProblem, dnsLabelProblem, dnsSubdomainProblem, isDnsSubdomain } from './dns-name.ts'

describe('DNS subdomains', () => {
  it.each(['a', 'a-b.c', '1.2', 'a'.repeat(253)])('accepts %j', (text) => {
    expect(isDnsSubdomain(text)).toBe(true)
    expect(dnsSubdomainProblem(text)).toBeUndefined()
  })
  it.each(['', 'A', 'a..b', 'a.-b', 'a-.b', '.a', 'a.', 'a_b', 'a'.repeat(254)])('refuses %j', (text) =>
    expect(isDnsSubdomain(text)).toBe(false),
  )
})

describe('DNS labels', () => {
  it.each([
    { text: 'a', rfc1123: true, rfc1035: true },
    { text: 'a-1', rfc1123: true, rfc1035: true },
    { text: 'a'.repeat(63), rfc1123: true, rfc1035: true },
    { text: '1a', rfc1123: true, rfc1035: false },
    { text: '', rfc1123: false, rfc1035: false },
    { text: '-a', rfc1123: false, rfc1035: false },
    { text: 'a-', rfc1123: false, rfc1035: false },
    { text: 'a.b', rfc1123: false, rfc1035: false },
    { text: 'A', rfc1123: false, rfc1035: false },
    { text: 'a'.repeat(64), rfc1123: false, rfc1035: false },
  ])('$text: RFC 1123 $rfc1123, RFC 1035 $rfc1035', ({ text, rfc1123, rfc1035 }) => {
    expect(dnsLabelProblem(text) === undefined).toBe(rfc1123)
    expect(dns1035LabelProblem(text) === undefined).toBe(rfc1035)
  })

  it.each([
    { why: dnsSubdomainProblem('A'), says: 'a lowercase RFC 1123 subdomain must consist of' },
    { why: dnsSubdomainProblem('a'.repeat(254)), says: 'must be no more than 253 characters' },
    { why: dnsLabelProblem('A'), says: 'a lowercase RFC 1123 label must consist of' },
    { why: dnsLabelProblem('a'.repeat(64)), says: 'must be no more than 63 characters' },
    { why: dns1035LabelProblem('1'), says: 'a DNS-1035 label must consist of' },
  ])('says why: $says', ({ why, says }) => expect(why).toContain(says))
})
