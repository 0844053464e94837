import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueCertificate, makeAuthority } from './certificates.ts'

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
  const authority = await makeAuthority('rig-ca')
  const server = await issueCertificate(authority, {
    commonName: 'kube-apiserver',
    addresses: ['127.0.0.1'],
    dnsNames: ['localhost', 'kubernetes.default.svc'],
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
    keyFile: file('apiserver.key', server.key),
    serviceAccountKeyFile: file('sa.key', account.privateKey),
    serviceAccountPublicFile: file('sa.pub', account.publicKey),
  }
}
