import { generate } from 'selfsigned'

/** A certificate and its key, both PEM. */
export interface ServerCertificate {
  readonly cert: string
  readonly key: string
}

/** A new certificate for the loopback addresses, signed by itself: whoever trusts it trusts this one server. */
export async function loopbackCertificate(): Promise<ServerCertificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'falkirk sandbox' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  })
  return { cert, key }
}
