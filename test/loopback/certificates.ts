import { generate } from 'selfsigned'

/** A key and the certificate for it, both PEM. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** A certificate authority that nobody but the test trusts. */
export async function createAuthority(name = 'test authority'): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...elliptic,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { key: made.private, cert: made.cert }
}

/** A server certificate for the loopback addresses and the names given. */
export function issueServer(authority: KeyPair, names: readonly string[] = ['localhost'], ips: readonly string[] = ['127.0.0.1', '::1']) {
  const altNames = [...names.map((value) => ({ type: 2 as const, value })), ...ips.map((ip) => ({ type: 7 as const, ip }))]
  return issue(authority, 'test server', { serverAuth: true }, altNames)
}

/** A client certificate; `user` is its common name. */
export function issueClient(authority: KeyPair, user: string) {
  return issue(authority, user, { clientAuth: true })
}

const elliptic = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

async function issue(
  authority: KeyPair,
  commonName: string,
  usage: { serverAuth?: boolean; clientAuth?: boolean },
  altNames: ({ type: 2; value: string } | { type: 7; ip: string })[] = [],
): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    ...elliptic,
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', ...usage },
      ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ],
  })
  return { key: made.private, cert: made.cert }
}
