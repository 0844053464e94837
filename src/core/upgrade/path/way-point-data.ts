import type { Distribution } from '../../version/distribution.ts'

/** Something that has to be true before a part of the cluster enters a minor, whatever it comes from. */
export interface KnownWayPoint {
  readonly id: string
  /** The minor of Kubernetes 1 that must not be entered before. */
  readonly minor: number
  /** `ControlPlane`: before its first API server. `Kubelet`: before the first kubelet, those of the control plane included. */
  readonly before: 'ControlPlane' | 'Kubelet'
  readonly distributions: readonly Distribution[]
  readonly needs: string
  readonly reason: string
  readonly source: string
}

const all: readonly Distribution[] = ['kubeadm', 'k3s', 'rke2', 'upstream']
/** Where people bring their own container runtime and static pods. */
const ownParts: readonly Distribution[] = ['kubeadm', 'upstream']
const kubeadm: readonly Distribution[] = ['kubeadm']

/**
 * Way-points that hang on a minor of Kubernetes alone; those of etcd hang on its version, and stand in etcd-gate.ts.
 * Source: release notes of Kubernetes ("Urgent Upgrade Notes") and the pages named.
 */
export const knownWayPoints: readonly KnownWayPoint[] = [
  {
    id: 'node-labels',
    minor: 16,
    before: 'Kubelet',
    distributions: all,
    needs: 'no kubelet sets labels such as node-role.kubernetes.io/worker by --node-labels',
    reason: 'it does not start with labels of kubernetes.io and k8s.io that are not its own',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction',
  },
  {
    id: 'service-account-issuer',
    minor: 20,
    before: 'ControlPlane',
    distributions: ['upstream'],
    needs: 'API servers have --service-account-issuer and --service-account-signing-key-file',
    reason: 'an API server does not start without them',
    source: 'https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.20.md#urgent-upgrade-notes',
  },
  {
    id: 'kube-dns',
    minor: 21,
    before: 'ControlPlane',
    distributions: kubeadm,
    needs: 'the DNS of the cluster is CoreDNS',
    reason: 'kubeadm refuses kube-dns',
    source: 'https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.21.md#urgent-upgrade-notes',
  },
  {
    id: 'cgroup-driver',
    minor: 22,
    before: 'Kubelet',
    distributions: kubeadm,
    needs: 'the kubelet configuration names its cgroupDriver',
    reason: 'kubeadm writes systemd where it is empty, and a kubelet beside a cgroupfs runtime then fails',
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/configure-cgroup-driver/',
  },
  {
    id: 'kubeadm-config-v1beta2',
    minor: 22,
    before: 'ControlPlane',
    distributions: kubeadm,
    needs: 'kubeadm configuration files are v1beta2 or newer (kubeadm config migrate)',
    reason: 'kubeadm does not read v1beta1',
    source: 'https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta3/',
  },
  {
    id: 'container-runtime',
    minor: 24,
    before: 'Kubelet',
    distributions: ownParts,
    needs: 'nodes run containerd, CRI-O or cri-dockerd instead of dockershim',
    reason: 'the kubelet has no dockershim',
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/migrating-from-dockershim/',
  },
  {
    id: 'master-label',
    minor: 24,
    before: 'ControlPlane',
    distributions: kubeadm,
    needs: 'nothing selects node-role.kubernetes.io/master, and what runs on control planes tolerates their control-plane taint',
    reason: 'kubeadm takes the label away and adds the taint',
    source: 'https://github.com/kubernetes/enhancements/tree/master/keps/sig-cluster-lifecycle/kubeadm/2067-rename-master-label-taint',
  },
  {
    id: 'pod-security-policy',
    minor: 25,
    before: 'ControlPlane',
    distributions: all,
    needs: 'nothing relies on PodSecurityPolicy, and its admission plugin is off',
    reason: 'the API is gone, and an API server with the plugin does not start',
    source: 'https://kubernetes.io/docs/tasks/configure-pod-container/migrate-from-psp/',
  },
  {
    id: 'cri-v1',
    minor: 26,
    before: 'Kubelet',
    distributions: ownParts,
    needs: 'the container runtime speaks CRI v1 (containerd 1.6 or newer)',
    reason: 'a kubelet beside an older one does not register its node',
    source: 'https://kubernetes.io/blog/2022/11/18/upcoming-changes-in-kubernetes-1-26/',
  },
  {
    id: 'kubeadm-config-v1beta3',
    minor: 27,
    before: 'ControlPlane',
    distributions: kubeadm,
    needs: 'kubeadm configuration files are v1beta3 or newer (kubeadm config migrate)',
    reason: 'kubeadm does not read v1beta2',
    source: 'https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta3/',
  },
  {
    id: 'cloud-provider',
    minor: 29,
    before: 'ControlPlane',
    distributions: ownParts,
    needs: 'clouds are served by an external cloud controller manager',
    reason: 'cloud providers within Kubernetes are off',
    source: 'https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/',
  },
  {
    id: 'in-tree-ceph',
    minor: 31,
    before: 'ControlPlane',
    distributions: all,
    needs: 'CephFS and RBD volumes are served by their CSI drivers',
    reason: 'the drivers within Kubernetes are gone',
    source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  },
  {
    id: 'kernel',
    minor: 33,
    before: 'Kubelet',
    distributions: kubeadm,
    needs: 'nodes have Linux 4.19, 4.20 or newer',
    reason: 'kubeadm upgrade ends with an error on 3.10, 4.15 and 4.18',
    source: 'https://kubernetes.io/docs/reference/node/kernel-version-requirements/',
  },
  {
    id: 'static-pods',
    minor: 34,
    before: 'Kubelet',
    distributions: ownParts,
    needs: 'static pods refer to no objects of the API (ConfigMaps, Secrets, claims)',
    reason: 'the kubelet refuses such pods',
    source: 'https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/',
  },
  {
    id: 'cgroup-v2',
    minor: 35,
    before: 'Kubelet',
    distributions: all,
    needs: 'nodes use cgroup v2, or their kubelet has failCgroupV1: false',
    reason: 'a kubelet does not start on cgroup v1',
    source: 'https://kubernetes.io/docs/concepts/architecture/cgroups/',
  },
  {
    id: 'kubeadm-config-v1beta4',
    minor: 37,
    before: 'ControlPlane',
    distributions: kubeadm,
    needs: 'kubeadm configuration files are v1beta4 (kubeadm config migrate)',
    reason: 'kubeadm does not read v1beta3',
    source: 'https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/',
  },
]
