import type { KubernetesVersion } from '../version/kubernetes-version.ts'
import data from './image-tags.json' with { type: 'json' }

/**
 * Images that kubeadm of this version pulls on a control-plane node, by what is known of its defaults; the program itself tells it exactly. `repository`: where
 * the cluster has its images from; undefined: kubeadm's own. Of a minor that is not known only those of Kubernetes itself.
 */
export function kubeadmImages(version: KubernetesVersion, repository: string | undefined): readonly string[] {
  const registry = repository ?? ownRegistry(version)
  const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) => `${name}:${version.text}`)
  const tags = defaultTags(version)
  const others = tags === undefined ? [] : [`pause:${tags.pause}`, `etcd:${tags.etcd}`, `${dnsName(version, repository)}:${tags.coredns}`]
  return [...components, ...others].map((image) => `${registry}/${image}`)
}

/** Source: kubeadm's default registry; it moved with 1.25. */
function ownRegistry({ minor }: KubernetesVersion): string {
  return minor < 25 ? 'k8s.gcr.io' : 'registry.k8s.io'
}

function defaultTags({ minor, patch }: KubernetesVersion): (typeof data.images)[number] | undefined {
  return data.images.findLast((each) => each.minor === `1.${minor}` && each.fromPatch <= patch)
}

/** Source: kubeadm 1.21 nests it; from 1.22 on only in its own registry. */
function dnsName({ minor }: KubernetesVersion, repository: string | undefined): string {
  return minor === 21 || (minor > 21 && repository === undefined) ? 'coredns/coredns' : 'coredns'
}
