import type { FakeHost, HostFiles, Unit } from './fake-root.ts'

/** Ends on 2026-12-04. */
const leaf = `-----BEGIN CERTIFICATE-----
MIIBBTCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARsZWFmMB4XDTI1MTIw
NDAwMDAwMFoXDTI2MTIwNDAwMDAwMFowDzENMAsGA1UEAwwEbGVhZjBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABC8pueCeCQEMT5wVxElTy8YLgnpK9I3lLKfkfwJ2
WPN6JkQghm1UfMwTmy63KZA8CkJIUZrlJS7VmKeHYFfPDEwwCgYIKoZIzj0EAwID
SAAwRQIhAOY22gvPpwc3xDwxOyx/7e5UtkSGpOGmGtj0T7a8FZa8AiAZvdcDRGBw
oyg+rRtU9bpdwEbEl4uHheVymJrbwz/5iQ==
-----END CERTIFICATE-----
`
/** Ends on 2051-01-01, which is written in another way. */
const authority = `-----BEGIN CERTIFICATE-----
MIIBAzCBqgIBATAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJjYTAgFw0yNTEyMDQw
MDAwMDBaGA8yMDUxMDEwMTAwMDAwMFowDTELMAkGA1UEAwwCY2EwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAAQvKbngngkBDE+cFcRJU8vGC4J6SvSN5Syn5H8Cdljz
eiZEIIZtVHzME5sutymQPApCSFGa5SUu1Zinh2BXzwxMMAoGCCqGSM49BAMCA0gA
MEUCIQC9tEvf38nXyNGoaY/WwGfW+5kJpOsHcCehaBpWueAvaAIgIpOi0/hJB7x5
f0FTZbanUsRsNYVVz9q5uUVEH1IfCCI=
-----END CERTIFICATE-----
`

/** A process: its number, its program, and its arguments. */
function running(pid: number, program: string, args: readonly string[]): HostFiles {
  return {
    [`/proc/${pid}/comm`]: `${(program.split('/').at(-1) ?? '').slice(0, 15)}\n`,
    [`/proc/${pid}/exe`]: { link: program },
    [`/proc/${pid}/cmdline`]: [program, ...args].map((word) => `${word}\0`).join(''),
  }
}

function system(release: string, extra: HostFiles): HostFiles {
  return {
    '/etc/os-release': release,
    '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
    '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
    '/proc/sys/kernel/hostname': 'host-1\n',
    '/proc/sys/kernel/random/boot_id': 'e1c7e1e6-6f0b-4d53-a3a5-1f1f2a7b9c11\n',
    '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n',
    '/proc/locks': '',
    '/etc/fstab': '# none\n',
    '/run/systemd/system/x': '',
    '/boot/x': '',
    [release === ubuntu || release === centos ? '/sys/fs/cgroup/memory/x' : '/sys/fs/cgroup/cgroup.controllers']: '',
    ...extra,
  }
}

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
const ubuntu = 'PRETTY_NAME="Ubuntu 18.04.6 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="18.04"\n'
const rocky = 'PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n'
const sles = 'PRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"\nID="sles"\nID_LIKE="suse"\nVERSION_ID="15.5"\n'
const centos = 'PRETTY_NAME="CentOS Linux 7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n'

/** Packages as /var/lib/dpkg/status has them: `name version want state`. */
function dpkg(...packages: readonly string[]): string {
  return packages
    .map((line) => {
      const [name, version, want = 'install', state = 'installed'] = line.split(' ')
      return `Package: ${name}\nStatus: ${want} ok ${state}\nVersion: ${version}\n`
    })
    .join('\n')
}

function pod(image: string, args: readonly string[]): string {
  const lines = args.map((arg) => `    - ${arg}`)
  return ['apiVersion: v1', 'kind: Pod', 'spec:', '  containers:', '  - command:', '    - x', ...lines, `    image: ${image}`, ''].join(
    '\n',
  )
}

const kubeletUnit = (path: string, extra: Unit = {}): Unit => ({
  Id: 'kubelet.service',
  FragmentPath: '/lib/systemd/system/kubelet.service',
  ExecStart: `{ path=${path} ; argv[]=${path} $KUBELET_KUBECONFIG_ARGS $KUBELET_EXTRA_ARGS ; ignore_errors=no ; start_time=[n/a] }`,
  ...extra,
})
const unit = (Id: string, command: string): Unit => ({
  Id,
  ExecStart: `{ path=x ; argv[]=${command} ; ignore_errors=no ; start_time=[n/a] }`,
})
const dropIns = '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf'

function controlPlane(registry: string, version: string, etcd: string, flags: readonly string[] = []): HostFiles {
  const etcdFlags = ['--data-dir=/var/lib/etcd', '--initial-cluster=cp1=https://10.0.0.1:2380', '--name=cp1']
  return {
    '/etc/kubernetes/manifests/kube-apiserver.yaml': pod(`${registry}/kube-apiserver:${version}`, [
      '--etcd-servers=https://127.0.0.1:2379',
      ...flags,
    ]),
    '/etc/kubernetes/manifests/etcd.yaml': pod(`${registry}/etcd:${etcd}`, etcdFlags),
    '/var/lib/etcd/member/snap/db': '',
    '/etc/kubernetes/pki/ca.crt': authority,
    '/etc/kubernetes/pki/ca.key': 'secret',
    '/etc/kubernetes/pki/apiserver.crt': leaf,
    '/etc/kubernetes/pki/etcd/server.crt': leaf,
    '/etc/kubernetes/admin.conf': kubeconfig,
  }
}
const kubeconfig = `clusters:\n- cluster:\n    certificate-authority-data: c2VjcmV0\n    server: https://api.example:6443\n  name: kubernetes\nusers:\n- user:\n    client-certificate-data: ${Buffer.from(leaf).toString('base64')}\n    client-key-data: c2VjcmV0\n`
const kubeletCertificate = `${leaf}-----BEGIN EC PRIVATE KEY-----\nc2VjcmV0\n-----END EC PRIVATE KEY-----\n`

/** Seed 001's kind: kubeadm from packages on Ubuntu, docker, an old repository, held packages, a reboot pending. */
const kubeadmDocker: FakeHost = {
  files: system(ubuntu, {
    '/usr/bin/apt-get': { says: '' },
    '/var/lib/dpkg/status': dpkg(
      'kubelet 1.14.5-00 hold',
      'kubeadm 1.14.5-00 hold',
      'kubectl 1.14.5-00 hold',
      'docker.io 18.06.1-0ubuntu1',
      'vim 8.0',
      'linux-image-4.15.0-213-generic 4.15.0-213.224 install half-configured',
    ),
    '/var/lib/dpkg/info/kubelet.list': '/.\n/usr/bin/kubelet\n',
    '/var/lib/dpkg/info/kubeadm.list': '/usr/bin/kubeadm\n',
    '/etc/apt/sources.list.d/kubernetes.list': 'deb https://user:hunter2@apt.kubernetes.io/ kubernetes-xenial main\n',
    '/run/reboot-required': '',
    '/run/reboot-required.pkgs': 'linux-base\nlinux-image-4.15.0-213-generic\n',
    '/proc/sys/kernel/osrelease': '4.15.0-200-generic\n',
    '/etc/fstab': '/dev/sda2 none swap sw 0 0\n',
    '/usr/bin/kubelet': { says: 'Kubernetes v1.14.5' },
    '/usr/bin/kubeadm': { says: 'v1.14.5' },
    '/usr/bin/dockerd': { says: 'Docker version 18.06.1-ce, build e68fc7a' },
    '/var/run/dockershim.sock': '',
    '/etc/docker/daemon.json': '{\n  "registry-mirrors": ["https://me:hunter2@mirror.example"]\n}\n',
    '/var/lib/kubelet/config.yaml':
      'kind: KubeletConfiguration\nstaticPodPath: /etc/kubernetes/manifests\nfeatureGates:\n  CSIMigration: true\n',
    '/var/lib/kubelet/kubeadm-flags.env':
      'KUBELET_KUBEADM_ARGS=--cgroup-driver=cgroupfs --network-plugin=cni --pod-infra-container-image=k8s.gcr.io/pause:3.1\n',
    '/etc/kubernetes/kubelet.conf':
      'clusters:\n- cluster:\n    server: https://10.0.0.100:6443\nusers:\n- user:\n    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n',
    '/var/lib/kubelet/pki/kubelet-client-current.pem': kubeletCertificate,
    ...running(901, '/usr/bin/kubelet', [
      '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/var/lib/kubelet/config.yaml',
      '--cgroup-driver=cgroupfs',
      '--network-plugin=cni',
      '--pod-infra-container-image=k8s.gcr.io/pause:3.1',
    ]),
    ...running(902, '/usr/bin/dockerd', ['-H', 'fd://']),
    ...controlPlane('k8s.gcr.io', 'v1.14.5', '3.3.10', ['--insecure-port=0', '--feature-gates=TTLAfterFinished=true']),
  }),
  units: [kubeletUnit('/usr/bin/kubelet', { DropInPaths: dropIns }), unit('docker.service', '/usr/bin/dockerd -H fd://')],
  tools: { docker: 'echo cgroupfs overlay2 /var/lib/docker' },
}

/** A newer one on Rocky Linux: locks of dnf, an excluded repository, swap that is on. */
const kubeadmContainerd: FakeHost = {
  files: system(rocky, {
    '/usr/bin/dnf': { says: '' },
    '/usr/bin/rpm': { says: '' },
    '/usr/bin/needs-restarting': { says: '' },
    '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n/dev/dm-1 partition\t2097148\t0\t-2\n',
    '/etc/dnf/plugins/versionlock.list': '# Added locks\nkubelet-0:1.34.2-150500.1.1.*\nbash-0:5.1.8-9.el9.*\n',
    '/etc/yum.repos.d/kubernetes.repo':
      '[kubernetes]\nname=Kubernetes\nbaseurl=https://pkgs.k8s.io/core:/stable:/v1.34/rpm/\nenabled=1\nexclude=kubelet kubeadm kubectl\n[kubernetes-old]\nbaseurl=https://pkgs.k8s.io/core:/stable:/v1.30/rpm/\nenabled=0\n',
    '/usr/bin/kubelet': { says: 'Kubernetes v1.34.2' },
    '/usr/bin/kubeadm': { says: 'v1.34.2' },
    '/usr/bin/kubectl': { says: 'Client Version: v1.34.2' },
    '/usr/bin/containerd': { says: 'containerd containerd.io 1.7.28 b98a3aace656320842a23f4a392a33f46af97866' },
    '/usr/bin/runc': { says: 'runc version 1.3.3' },
    '/usr/bin/crictl': { says: 'crictl version v1.34.0' },
    '/run/containerd/containerd.sock': '',
    '/etc/containerd/config.toml':
      'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "registry.k8s.io/pause:3.10.1"\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\n  SystemdCgroup = true\n[plugins."io.containerd.grpc.v1.cri".registry.configs."r".auth]\n  password = "hunter2"\n',
    '/etc/crictl.yaml': 'runtime-endpoint: unix:///run/containerd/containerd.sock\n',
    '/etc/cni/net.d/10-calico.conflist': '{}',
    '/var/lib/kubelet/config.yaml':
      'cgroupDriver: systemd\ncontainerRuntimeEndpoint: ""\nkind: KubeletConfiguration\nrotateCertificates: true\nstaticPodPath: /etc/kubernetes/manifests\n',
    '/var/lib/kubelet/instance-config.yaml':
      'containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\nkind: KubeletConfiguration\n',
    '/var/lib/kubelet/kubeadm-flags.env': 'KUBELET_KUBEADM_ARGS="--pod-infra-container-image=registry.k8s.io/pause:3.10.1"\n',
    '/etc/kubernetes/kubelet.conf': 'clusters: [{"cluster":\n{ "server": "https://10.0.0.1:6443" }}]\nusers: []\n',
    '/var/lib/kubelet/pki/kubelet-client-current.pem': kubeletCertificate,
    ...running(801, '/usr/bin/kubelet', ['--kubeconfig=/etc/kubernetes/kubelet.conf', '--config=/var/lib/kubelet/config.yaml']),
    ...running(802, '/usr/bin/containerd', []),
    ...controlPlane('registry.k8s.io', 'v1.34.2', '3.6.5-0'),
  }),
  units: [
    kubeletUnit('/usr/bin/kubelet', { DropInPaths: '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf' }),
    unit('containerd.service', '/usr/bin/containerd'),
  ],
  tools: {
    rpm: 'case "$*" in *-qa*) printf "%s\\n" "kubelet 1.34.2-150500.1.1" "containerd.io 1.7.28-1.el9" ;; *kubelet*) echo kubelet ;; *containerd*) echo containerd.io ;; *) echo "file $3 is not owned by any package"; exit 1 ;; esac',
    'needs-restarting': 'exit 1',
  },
}

/** Seed 004's worker: programs as files, flags in /etc/kubernetes/kubelet.env, docker on devicemapper. */
const binaryWorker: FakeHost = {
  files: system(centos, {
    '/usr/bin/yum': { says: '' },
    '/usr/bin/rpm': { says: '' },
    '/proc/sys/kernel/osrelease': '3.10.0-1160.el7.x86_64\n',
    '/usr/local/bin/kubelet': { says: 'Kubernetes v1.14.5' },
    '/usr/local/bin/kubeadm': { says: 'v1.14.5' },
    '/usr/bin/dockerd': { says: 'Docker version 18.06.2-ce, build 6d37f41' },
    '/var/run/dockershim.sock': '',
    '/etc/docker/daemon.json': '{ "exec-opts": ["native.cgroupdriver=cgroupfs"], "storage-driver": "devicemapper" }\n',
    '/etc/kubernetes/kubelet.env':
      'KUBE_LOGTOSTDERR="--logtostderr=true"\nKUBELET_ARGS="--kubeconfig=/etc/kubernetes/kubelet.conf \\\n--config=/etc/kubernetes/kubelet-config.yaml \\\n--network-plugin=cni --cni-bin-dir=/opt/cni/bin \\\n--allow-privileged=true --cgroup-driver=cgroupfs"\n',
    '/etc/kubernetes/kubelet-config.yaml': 'kind: KubeletConfiguration\nclusterDNS:\n- 10.233.0.3\n',
    '/etc/kubernetes/kubelet.conf': 'users: []\n',
    '/etc/kubernetes/ssl/ca.crt': authority,
    '/var/lib/kubelet/pki/kubelet-client-current.pem': kubeletCertificate,
    ...running(701, '/usr/local/bin/kubelet', [
      '--logtostderr=true',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
      '--config=/etc/kubernetes/kubelet-config.yaml',
      '--network-plugin=cni',
      '--cni-bin-dir=/opt/cni/bin',
      '--allow-privileged=true',
      '--cgroup-driver=cgroupfs',
    ]),
    ...running(702, '/usr/bin/dockerd', []),
  }),
  units: [
    kubeletUnit('/usr/local/bin/kubelet', {
      FragmentPath: '/etc/systemd/system/kubelet.service',
      EnvironmentFiles: '/etc/kubernetes/kubelet.env (ignore_errors=yes)',
    }),
    unit('docker.service', '/usr/bin/dockerd'),
  ],
  tools: {
    docker: 'echo cgroupfs devicemapper /var/lib/docker',
    rpm: 'case "$*" in *-qa*) echo "docker-ce 18.06.2.ce-3.el7" ;; *docker*) echo docker-ce ;; *) exit 1 ;; esac',
  },
}

const k3s: FakeHost = {
  files: system(debian, {
    '/usr/bin/apt-get': { says: '' },
    '/var/lib/dpkg/status': dpkg('bash 5.2'),
    '/usr/local/bin/k3s': { says: 'k3s version v1.33.5+k3s1 (abc)' },
    '/usr/local/bin/kubectl': { link: 'k3s' },
    '/run/k3s/containerd/containerd.sock': '',
    '/var/lib/rancher/k3s/server/tls/server-ca.crt': authority,
    '/var/lib/rancher/k3s/server/tls/serving-kube-apiserver.crt': leaf,
    '/var/lib/rancher/k3s/server/db/etcd/member/x': '',
    '/etc/rancher/k3s/config.yaml': 'token: hunter2\n',
    ...running(601, '/usr/local/bin/k3s', ['server', '--token', 'hunter2']),
    '/proc/601/comm': 'k3s-server\n',
  }),
  units: [unit('k3s.service', '/usr/local/bin/k3s server --token hunter2 --datastore-endpoint mysql://k3s:hunter2@tcp(db:3306)/k3s')],
}

const rke2: FakeHost = {
  files: system(sles, {
    '/usr/bin/zypper': { says: '' },
    '/usr/bin/rpm': { says: '' },
    '/etc/zypp/locks': '\ntype: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: rke2-server\n',
    '/etc/zypp/repos.d/rancher-rke2.repo':
      '[rancher-rke2-1.33-stable]\nenabled=1\nbaseurl=https://rpm.rancher.io/rke2/stable/1.33/sles/15/x86_64\n',
    '/run/reboot-needed': '',
    '/usr/bin/rke2': { says: 'rke2 version v1.33.7+rke2r3 (abc)' },
    '/var/lib/rancher/rke2/bin/kubelet': { says: 'Kubernetes v1.33.7' },
    '/run/k3s/containerd/containerd.sock': '',
    '/var/lib/rancher/rke2/server/db/etcd/member/x': '',
    '/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml': pod('index.docker.io/rancher/hardened-kubernetes:v1.33.7-rke2r3', [
      '--etcd-servers=https://127.0.0.1:2379',
    ]),
    '/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml': pod('index.docker.io/rancher/hardened-etcd:v3.5.26-k3s1', [
      '--config-file=/var/lib/rancher/rke2/server/db/etcd/config',
    ]),
    ...running(501, '/usr/bin/rke2', ['server']),
    ...running(502, '/var/lib/rancher/rke2/bin/kubelet', ['--pod-manifest-path=/var/lib/rancher/rke2/agent/pod-manifests']),
  }),
  units: [
    unit('rke2-server.service', '/usr/bin/rke2 server'),
    { Id: 'rke2-agent.service', ActiveState: 'inactive', UnitFileState: 'disabled' },
  ],
  tools: { rpm: 'case "$*" in *-qa*) echo "rke2-server 1.33.7~rke2r3-0" ;; *rke2*) echo rke2-server ;; *) exit 1 ;; esac' },
}

/** kubeasz' kind: a control plane of units with an etcd of its own beside it, whose file was replaced and not restarted. */
const externalEtcd: FakeHost = {
  files: system(debian, {
    '/usr/bin/apt-get': { says: '' },
    '/var/lib/dpkg/status': dpkg('etcd-server 3.4.23-4'),
    '/var/lib/dpkg/info/etcd-server.list': '/usr/bin/etcd\n',
    '/opt/kube/bin/kubelet': { says: 'Kubernetes v1.32.9' },
    '/opt/kube/bin/kube-apiserver': { says: 'Kubernetes v1.32.9' },
    '/opt/kube/bin/containerd': { says: 'containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4e490e9fbdc236c0e811ccaba3376' },
    '/usr/bin/etcd': { says: 'etcd Version: 3.5.16' },
    '/usr/bin/etcdctl': { says: 'etcdctl version: 3.5.16' },
    '/etc/default/etcd': 'ETCD_DATA_DIR="/var/lib/etcd/cluster"\nETCD_INITIAL_CLUSTER_TOKEN="hunter2"\n',
    '/var/lib/etcd/cluster/member/x': '',
    '/run/containerd/containerd.sock': '',
    '/etc/containerd/config.toml': 'version = 3\n  SystemdCgroup = false\n',
    '/var/lib/kubelet/config.yaml': 'cgroupDriver: systemd\nkind: KubeletConfiguration\nfailSwapOn: false\n',
    '/etc/kubernetes/ssl/ca.pem': authority,
    '/etc/kubernetes/ssl/kubernetes.pem': leaf,
    '/etc/kubernetes/ssl/kubernetes-key.pem': 'secret',
    ...running(401, '/opt/kube/bin/kubelet', [
      '--config=/var/lib/kubelet/config.yaml',
      '--container-runtime-endpoint=unix:///run/containerd/containerd.sock',
      '--kubeconfig=/etc/kubernetes/kubelet.kubeconfig',
      '--register-schedulable=true',
    ]),
    ...running(402, '/usr/bin/etcd', ['--data-dir', '/var/lib/etcd/cluster', '--name=etcd1']),
    '/proc/402/exe': { link: '/usr/bin/etcd (deleted)' },
    ...running(403, '/opt/kube/bin/containerd', []),
  }),
  units: [
    kubeletUnit('/opt/kube/bin/kubelet', { FragmentPath: '/etc/systemd/system/kubelet.service' }),
    unit('containerd.service', '/opt/kube/bin/containerd'),
    unit('etcd.service', '/usr/bin/etcd $DAEMON_ARGS'),
    unit(
      'kube-apiserver.service',
      '/opt/kube/bin/kube-apiserver --etcd-servers=https://10.0.0.1:2379,https://10.0.0.2:2379 --cloud-provider=external',
    ),
  ],
}

/** One host of every kind, by the name of its golden files. */
export const hostLayouts: Readonly<Record<string, FakeHost>> = {
  'kubeadm-docker': kubeadmDocker,
  'kubeadm-containerd': kubeadmContainerd,
  'binary-worker': binaryWorker,
  k3s,
  rke2,
  'external-etcd': externalEtcd,
}
