import { expect, it } from 'vitest'
import type { ClusterAccess } from './cluster-access.ts'
import { TimedOut, unreachable, withoutPassword } from './unreachable.ts'

const access: ClusterAccess = {
  server: 'https://me:secret@api.example.com:6443',
  source: 'context "prod"',
  namespace: 'default',
  tlsVerify: 'Verify',
  proxy: { kind: 'None' },
  credentials: async () => ({ headers: {} }),
  renew: async () => ({ headers: {} }),
}
const failed = (code: string, message = 'm') => Object.assign(new Error(message), { code })

it.each([
  [failed('ECONNREFUSED'), /nothing listens there; check/],
  [failed('ENOTFOUND'), /host name has no address/],
  [failed('EAI_AGAIN'), /host name has no address/],
  [failed('EHOSTUNREACH'), /no connection came about \(EHOSTUNREACH\)/],
  [failed('UND_ERR_CONNECT_TIMEOUT'), /no connection came about/],
  [failed('SELF_SIGNED_CERT_IN_CHAIN'), /set certificate-authority/],
  [failed('ERR_TLS_CERT_ALTNAME_INVALID', 'not for x'), /not for x; set tls-server-name/],
  [failed('CERT_HAS_EXPIRED'), /renew it, or set this machine's clock/],
  [failed('ERR_SSL_WRONG_VERSION_NUMBER'), /it speaks no TLS/],
  [failed('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /check the client certificate/],
  [failed('UND_ERR_SOCKET', 'other side closed'), /broke before the answer was complete \(other side closed\)/],
  [failed('EMFILE', 'too many files'), /: too many files \(EMFILE\)$/],
  [new TimedOut(1500), /no complete answer within 1.5 s/],
  [new TimedOut(5000 / 3), /no complete answer within 1.7 s/],
  ['odd', /: odd$/],
])('%s is explained', (error, says) => {
  const fault = unreachable(access, error)
  expect(fault).toMatchObject({ code: 'FK_API_UNREACHABLE', retry: 'backoff', cause: error })
  expect(fault.message).toMatch(says)
})

it('names server, context and proxy without their passwords', () => {
  const proxy = { kind: 'Http', url: 'http://user:pass@proxy:3128' } as const
  expect(unreachable({ ...access, proxy }, failed('ECONNREFUSED')).message).toMatch(
    /^the API server https:\/\/api.example.com:6443 \(context "prod"\) cannot be reached through the proxy http:\/\/proxy:3128: /,
  )
})

it.each([
  ['https://a:b@h/p?q=x@y', 'https://h/p?q=x@y'],
  ['https://a:b@c@h/', 'https://h/'],
  ['https://h/p@x', 'https://h/p@x'],
])('%s is shown as %s', (url, shown) => {
  expect(withoutPassword(url)).toBe(shown)
})
