import type { Distribution } from '../../version/distribution.ts'

/** A change that comes with a minor of Kubernetes 1. */
export interface KnownNote {
  readonly minor: number
  readonly text: string
  readonly link: string
  /** All of them when left out. */
  readonly distributions?: readonly Distribution[]
}

const guide = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/'
const changelog = (minor: number) => `https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.${minor}.md`

/** Source: Kubernetes deprecated API migration guide, and the release notes of each minor. */
export const knownNotes: readonly KnownNote[] = [
  { minor: 14, text: 'kubelet flags of old are gone', link: changelog(14) },
  { minor: 15, text: 'kubelet --allow-privileged is gone', link: changelog(15) },
  { minor: 16, text: 'old workload and NetworkPolicy APIs are gone', link: `${guide}#v1-16` },
  { minor: 17, text: 'nodes with block volumes must be drained; the kubelet reads its file strictly', link: changelog(17) },
  { minor: 18, text: 'kubectl no longer defaults to localhost:8080', link: changelog(18) },
  { minor: 19, text: 'serving certificates need a SAN', link: changelog(19) },
  { minor: 20, text: 'exec probes have a timeout; dockershim is deprecated', link: changelog(20) },
  { minor: 21, text: 'service account tokens are bound and expire', link: changelog(21) },
  { minor: 22, text: 'Ingress, CRD, webhook and RBAC v1beta1 are gone', link: `${guide}#v1-22` },
  { minor: 23, text: 'EBS, GCE PD and Azure Disk volumes need their CSI drivers', link: changelog(23) },
  { minor: 24, text: 'service accounts get no token Secrets', link: changelog(24) },
  { minor: 25, text: 'CronJob, EndpointSlice and PDB v1beta1 are gone', link: `${guide}#v1-25` },
  {
    minor: 25,
    text: 'images come from registry.k8s.io',
    link: 'https://kubernetes.io/blog/2023/03/10/image-registry-redirect/',
    distributions: ['kubeadm'],
  },
  { minor: 26, text: 'HPA v2beta2 and flow control v1beta1 are gone', link: `${guide}#v1-26` },
  { minor: 27, text: 'kubelet --container-runtime is gone; CSIStorageCapacity v1beta1 is gone', link: `${guide}#v1-27` },
  { minor: 28, text: 'hostNetwork templates may roll once', link: changelog(28) },
  { minor: 29, text: 'flow control v1beta2 is gone; KMS v1 is off', link: `${guide}#v1-29` },
  { minor: 30, text: 'admission plugin SecurityContextDeny is gone', link: changelog(30) },
  { minor: 31, text: 'kubelet and kube-proxy flags of old are gone', link: changelog(31) },
  { minor: 32, text: 'flow control v1beta3 is gone', link: `${guide}#v1-32` },
  { minor: 33, text: 'gitRepo volumes are off; Endpoints are deprecated', link: changelog(33) },
  { minor: 34, text: 'StatefulSets may roll once on early patches', link: changelog(34) },
  { minor: 35, text: 'exec and port-forward need the verb create', link: changelog(35) },
  { minor: 36, text: 'gitRepo volumes are gone; IPs and CIDRs are checked strictly', link: changelog(36) },
  { minor: 37, text: 'kubelet flags of cAdvisor are gone', link: changelog(37) },
]
