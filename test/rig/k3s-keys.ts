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

/** `reachedAt`: every address and name of a server, and of what stands before them. */
export async function makeK3sKeys(reachedAt: { addresses: readonly string[]; names: readonly string[] }): Promise<K3sKeys> {
  const authority = await makeAuthority('rig-ca')
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  return {
    ca: authority.cert,
    apiServer: await issueCertificate(authority, {
      commonName: 'kube-apiserver',
      addresses: [...reachedAt.addresses, '127.0.0.1', apiServiceAddress],
      dnsNames: [...reachedAt.names, 'localhost', ...service],
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
