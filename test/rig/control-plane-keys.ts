import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** Key material of one control plane, as files, because the Kubernetes programs read nothing else. */
export interface ControlPlaneKeys {
  /** PEM of the authority that signs the API server's certificate. */
  readonly ca: string
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  readonly serviceAccountKeyFile: string
  readonly serviceAccountPublicFile: string
}

/** Makes a certificate authority, the API server's certificate for loopback, and the key that signs service account tokens. */
export async function makeKeys(folder: string): Promise<ControlPlaneKeys> {
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 })
    return join(folder, name)
  }
  const authority = await generate([{ name: 'commonName', value: 'rig-ca' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes.default.svc' },
        ],
      },
    ],
  })
  const account = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    ca: authority.cert,
    caFile: file('ca.crt', authority.cert),
    certFile: file('apiserver.crt', server.cert),
    keyFile: file('apiserver.key', server.private),
    serviceAccountKeyFile: file('sa.key', account.privateKey),
    serviceAccountPublicFile: file('sa.pub', account.publicKey),
  }
}
