import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLabelValue } from '../kubernetes/label-syntax.ts'
import { mungeVersion } from '../version/kubernetes-version.ts'
import { type ChannelVersion, channelRequest, judgeChannelAnswer, type PollState, pollDue } from './channel.ts'

const stable = 'https://update.k3s.io/v1-release/channels/stable'

function answered(url: string, status: number, location?: string): ChannelVersion {
  return judgeChannelAnswer(url, { kind: 'Answered', status, statusText: 'Text', ...(location === undefined ? {} : { location }) })
}

describe('channelRequest: point 70', () => {
  it('asks the channel as it is written, with the cluster and the version it has', () => {
    expect(channelRequest({ channel: `${stable}?a=b`, clusterId: 'uid-1', latestVersion: 'v1.24.6-k3s1' })).toEqual({
      url: `${stable}?a=b`,
      headers: { 'X-SUC-Cluster-ID': 'uid-1', 'X-SUC-Latest-Version': 'v1.24.6-k3s1' },
    })
  })

  it('does not send a version that it does not have', () => {
    expect(channelRequest({ channel: stable, clusterId: 'uid-1', latestVersion: '' }).headers).toEqual({ 'X-SUC-Cluster-ID': 'uid-1' })
  })
})

describe('judgeChannelAnswer', { timeout: 30_000 }, () => {
  it.each([
    { point: 'point 23', location: '/local/test', version: 'test' },
    { point: 'point 24', location: '/local/test/v1.2.3+test', version: 'v1.2.3+test' },
    { point: 'point 26', location: '/local', version: 'local' },
  ])('$point: 302 to $location is $version', ({ location, version }) => {
    expect(answered('http://localhost:8080/', 302, location)).toEqual({ kind: 'Version', version })
  })

  it.each([
    { location: 'https://github.com/k3s-io/k3s/releases/tag/v1.33.6+k3s1', version: 'v1.33.6+k3s1' },
    { location: 'https://github.com/k3s-io/k3s/releases/tag/v1.33.6%2Bk3s1', version: 'v1.33.6+k3s1' },
    { location: 'https://github.com/releases/v1.33.6+k3s1/?x=/y#/z', version: 'v1.33.6+k3s1' },
    { location: '//mirror.local/tag/v1.2.3', version: 'v1.2.3' },
    { location: 'v1.2.3', version: 'v1.2.3' },
    { location: '../tag/v1.2.3', version: 'v1.2.3' },
    { location: '/tag%2Fv1.2.3', version: 'v1.2.3' },
    { location: '?tag=v9', version: 'stable' },
  ])('302 to $location is $version', ({ location, version }) => {
    expect(answered(stable, 302, location)).toEqual({ kind: 'Version', version })
  })

  it.each(['/', '//v1.2.3', 'https://github.com', 'https://github.com/', '/a b', '/%zz', '..', `/${'x'.repeat(64)}`, '/<script>', '/-v1'])(
    '302 to %s names no version',
    (location) => {
      const got = answered(stable, 302, location)
      expect(got).toMatchObject({ kind: 'Unusable', message: expect.stringContaining('must fit into a label value') })
    },
  )

  it('302 without a Location keeps the words of the contract', () => {
    expect(answered(stable, 302)).toEqual({
      kind: 'Unusable',
      message: `http: no Location header in response; check spec.channel ${stable}`,
    })
  })

  it.each([
    { status: 404, statusText: 'Not Found' },
    { status: 503, statusText: 'Service Unavailable' },
    { status: 304, statusText: 'Not Modified' },
  ])('point 27, point 28: $status is no version, in the words of the contract', ({ status, statusText }) => {
    expect(judgeChannelAnswer(stable, { kind: 'Answered', status, statusText })).toEqual({
      kind: 'Unusable',
      message: `unexpected response: HTTP/1.1 ${status} ${statusText}; check spec.channel ${stable}`,
    })
  })

  it.each([
    { url: 'https://host/v1.2.3', version: 'v1.2.3' },
    { url: 'https://host/tag/v1.24.6+k3s1/', version: 'v1.24.6+k3s1' },
    { url: 'https://host/tag/v1.24.6%2Bk3s1?a=b', version: 'v1.24.6+k3s1' },
    { url: 'https://host/2026.11', version: '2026.11' },
  ])('200 from $url is $version: the channel names it itself', ({ url, version }) => {
    expect(answered(url, 200)).toEqual({ kind: 'Version', version })
  })

  it.each([stable, `${stable}?v=v1.2.3`, 'https://10.0.0.1', 'http://10.0.0.1:8080', 'https://host/login'])(
    'defect 11: 200 from %s is a page, not a version',
    (url) => expect(answered(url, 200)).toMatchObject({ kind: 'Unusable', message: expect.stringContaining('answered a page') }),
  )

  it.each([301, 303, 307, 308])('defect 11, point 67: %d is a version only if the Location ends in one', (status) => {
    expect(answered(stable, status, '/tag/v1.33.6%2Bk3s1')).toEqual({ kind: 'Version', version: 'v1.33.6+k3s1' })
    expect(answered(stable, status, 'https://new.example.com/channels/stable')).toEqual({
      kind: 'Unusable',
      message: `channel ${stable} has moved (status ${status}) to https://new.example.com/channels/stable; set spec.channel to the address where it is now`,
    })
    expect(answered(stable, status)).toMatchObject({ kind: 'Unusable', message: expect.stringContaining('without a Location') })
  })

  it.each([
    { message: 'connect ECONNREFUSED 127.0.0.1:443', fix: '' },
    { message: 'certificate has expired', fix: '' },
    { message: 'self-signed certificate in certificate chain', fix: '; name the file of its authority in SSL_CERT_FILE of the controller' },
    { message: 'unable to verify the first certificate', fix: '; name the file of its authority in SSL_CERT_FILE of the controller' },
  ])('says why the server gave no answer, and what helps: $message', ({ message, fix }) => {
    expect(judgeChannelAnswer(stable, { kind: 'Failed', message })).toEqual({
      kind: 'Unusable',
      message: `channel ${stable} cannot be asked: ${message}${fix}`,
    })
  })

  it('shows neither password nor query of a URL', () => {
    const got = answered('https://me:secret@host/channels/stable?token=secret', 404)
    expect(got).toMatchObject({ message: expect.stringContaining('https://host/channels/stable') })
    expect(JSON.stringify(got)).not.toContain('secret')
    expect(JSON.stringify(answered(stable, 307, 'https://me:secret@host/x?token=secret#secret'))).not.toContain('secret')
  })

  it('whatever is answered: a version fits into a label, the rest is one sentence', () => {
    const status = fc.constantFrom(200, 204, 301, 302, 303, 304, 307, 308, 404, 500)
    fc.assert(
      fc.property(
        status,
        fc.option(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), { nil: undefined }),
        (code, location) => {
          const got = answered(stable, code, location)
          if (got.kind === 'Version') expect(isLabelValue(mungeVersion(got.version)) && got.version !== '').toBe(true)
          else expect(got.message.length).toBeLessThan(600)
        },
      ),
    )
  })
})

describe('pollDue: defect 10', () => {
  const base: PollState = { resolved: true, intervalMs: 900_000, nowMs: 10_000_000, failures: 0 }

  it.each<{ what: string; state: Partial<PollState>; next: number }>([
    { what: 'never asked: at once', state: { resolved: false }, next: 10_000_000 },
    { what: 'resolved before the controller started: an interval later', state: { lastResolvedMs: 9_500_000 }, next: 10_400_000 },
    { what: 'resolved long ago: at once', state: { lastResolvedMs: 1_000_000 }, next: 1_900_000 },
    {
      what: 'same version confirmed later: an interval after that, not on each look',
      state: { lastResolvedMs: 1_000_000, lastAttemptMs: 9_900_000 },
      next: 10_800_000,
    },
    { what: 'answer refused: an interval later', state: { resolved: false, lastAttemptMs: 9_900_000 }, next: 10_800_000 },
    { what: 'failed once: 5 s', state: { lastResolvedMs: 1_000_000, lastAttemptMs: 9_999_000, failures: 1 }, next: 10_004_000 },
    { what: 'failed three times: 20 s', state: { lastAttemptMs: 9_999_000, failures: 3 }, next: 10_019_000 },
    { what: 'failed for days: the interval', state: { lastAttemptMs: 9_999_000, failures: 2_000 }, next: 10_899_000 },
    { what: 'clock set back: an interval at most', state: { lastResolvedMs: 99_000_000 }, next: 10_900_000 },
  ])('$what', ({ state, next }) => {
    expect(pollDue({ ...base, ...state })).toEqual({ due: next <= base.nowMs, nextMs: next })
  })

  it('asks less often, the longer a channel fails, and never more often than an interval allows', () => {
    const failures = fc.integer({ min: 1, max: 100 })
    fc.assert(
      fc.property(failures, (n) => {
        const wait = (count: number) => pollDue({ ...base, lastAttemptMs: base.nowMs, failures: count }).nextMs - base.nowMs
        expect(wait(n + 1)).toBeGreaterThanOrEqual(wait(n))
        expect(wait(n)).toBeGreaterThanOrEqual(5_000)
        expect(wait(n)).toBeLessThanOrEqual(base.intervalMs)
      }),
    )
  })
})
