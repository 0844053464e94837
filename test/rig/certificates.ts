import { generate } from 'selfsigned'

/** A certificate with its key, both PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface CertificateRequest {
  readonly commonName: string
  /** Kubernetes reads these as the groups of a client. */
  readonly organizations?: readonly string[]
  readonly addresses?: readonly string[]
  readonly dnsNames?: readonly string[]
}

/** A certificate authority of its own, for one test or one cluster. */
export async function makeAuthority(commonName: string): Promise<KeyPair> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { cert, key }
}

/** A certificate that serves under the given addresses and names, and also identifies a client. */
export async function issueCertificate(authority: KeyPair, request: CertificateRequest): Promise<KeyPair> {
  const { commonName, organizations = [], addresses = [], dnsNames = [] } = request
  const subject = [{ name: 'commonName', value: commonName }, ...organizations.map((value) => ({ name: 'organizationName', value }))]
  const altNames = [...addresses.map((ip) => ({ type: 7 as const, ip })), ...dnsNames.map((value) => ({ type: 2 as const, value }))]
  const { cert, private: key } = await generate(subject, {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.key, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ],
  })
  return { cert, key }
}
