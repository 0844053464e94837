import { stringify } from 'yaml'
import { podCidr, serviceCidr } from '../pod-network.ts'

/** What those who join have to know, chosen before the cluster is made. */
export interface JoinSecrets {
  /** A bootstrap token: six characters, a dot, sixteen. */
  readonly token: string
  /** 32 bytes in hexadecimal digits: the certificates of the control plane lie in the cluster under this key. */
  readonly certificateKey: string
}

export interface ClusterSpec {
  /** `v1.20.2` */
  readonly version: string
  /** `ADDRESS:PORT` of the balancer. */
  readonly endpoint: string
}

/** `kubeadm init --config` of the first control plane. Only what hosts in namespaces need differs from what kubeadm would choose itself. */
export function initConfiguration({ version, endpoint }: ClusterSpec, { token, certificateKey }: JoinSecrets): string {
  const documents = [
    { apiVersion: 'kubeadm.k8s.io/v1beta2', kind: 'InitConfiguration', bootstrapTokens: [{ token }], certificateKey },
    {
      apiVersion: 'kubeadm.k8s.io/v1beta2',
      kind: 'ClusterConfiguration',
      kubernetesVersion: version,
      controlPlaneEndpoint: endpoint,
      networking: { podSubnet: podCidr, serviceSubnet: serviceCidr },
      // the data need not outlive the machine, only the host
      etcd: { local: { dataDir: '/var/lib/etcd', extraArgs: { 'unsafe-no-fsync': 'true' } } },
    },
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      // these settings of the kernel belong to the machine below, and cannot be written from a host
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    },
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'cgroupfs',
      // the hosts share one disk, and how full it is says nothing about them
      evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
      imageGCHighThresholdPercent: 100,
    },
  ]
  return documents.map((one) => stringify(one)).join('---\n')
}

/** `kubeadm join --config`; a control plane when it has a certificate key. */
export function joinConfiguration(endpoint: string, caHash: string, secrets: Pick<JoinSecrets, 'token'> & Partial<JoinSecrets>): string {
  const { token, certificateKey } = secrets
  return stringify({
    apiVersion: 'kubeadm.k8s.io/v1beta2',
    kind: 'JoinConfiguration',
    discovery: { bootstrapToken: { apiServerEndpoint: endpoint, token, caCertHashes: [caHash] } },
    ...(certificateKey === undefined ? {} : { controlPlane: { certificateKey } }),
  })
}
