import { generateKeyPairSync } from 'node:crypto'
import { issueCertificate, type KeyPair, makeAuthority } from './certificates.ts'
import { apiServiceAddress } from './k3s-config.ts'

/** Key material of one cluster, PEM. */
export interface K3sKeys {
  readonly ca: string
  readonly apiServer: KeyPair
  /** With this the API server identifies itself to kubelets. */
  readonly kubeletClient: KeyPair
  readonly serviceAccount: { readonly publicKey: string; readonly privateKey: string }
}

export async function makeK3sKeys(serverAddress: string, serverName: string): Promise<K3sKeys> {
  const authority = await makeAuthority('rig-ca')
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  return {
    ca: authority.cert,
    apiServer: await issueCertificate(authority, {
      commonName: 'kube-apiserver',
      addresses: [serverAddress, '127.0.0.1', apiServiceAddress],
      dnsNames: [serverName, 'localhost', ...service],
    }),
    // the group lets it read logs and open ports without a binding of its own
    kubeletClient: await issueCertificate(authority, { commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters'] }),
    serviceAccount: generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    }),
  }
}
