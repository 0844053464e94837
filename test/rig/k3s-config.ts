import { stringify } from 'yaml'
import type { HostFile } from './host-file.ts'
import { type PodNetworkNode, podCidr, podNetworkFiles, serviceCidr } from './pod-network.ts'
import { registryHostsFile } from './registry-hosts.ts'

/** What all components of one cluster agree on. */
export interface K3sLayout {
  /** All servers: members of one etcd, each with an API server. */
  readonly servers: readonly K3sNode[]
  /** `Gate=true,Other=false`. */
  readonly featureGates: string
  readonly registryUrl: string
}

export type K3sNode = PodNetworkNode

/** Address of the Service `default/kubernetes`. */
export const apiServiceAddress = '10.43.0.1'
export const auditLogPath = '/var/log/kubernetes/audit.log'

const settings = '/etc/rancher/k3s'
const keys = `${settings}/keys`

/** Files that each node has: kubelet, kube-proxy, runtime and the pod network. */
export function nodeFiles(layout: K3sLayout, node: K3sNode, others: readonly K3sNode[]): HostFile[] {
  return [
    component('kubelet', {
      config: `${settings}/kubelet.yaml`,
      kubeconfig: `${settings}/kubelet.kubeconfig`,
      'container-runtime': 'remote',
      'container-runtime-endpoint': 'unix:///run/containerd/containerd.sock',
      'hostname-override': node.name,
      'node-ip': node.address,
      'root-dir': '/var/lib/kubelet',
      'cert-dir': '/var/lib/kubelet/pki',
    }),
    component('kube-proxy', {
      kubeconfig: `${settings}/kube-proxy.kubeconfig`,
      'hostname-override': node.name,
      'cluster-cidr': podCidr,
      'proxy-mode': 'iptables',
      'metrics-bind-address': '127.0.0.1:10249',
      // these settings of the kernel belong to the machine below, and cannot be written from a host
      'conntrack-max-per-core': 0,
      'conntrack-min': 0,
      'conntrack-tcp-timeout-established': '0s',
      'conntrack-tcp-timeout-close-wait': '0s',
    }),
    { path: `${settings}/kubelet.yaml`, content: kubeletConfig(layout.featureGates) },
    ...podNetworkFiles(node, others),
    registryHostsFile(layout.registryUrl),
  ]
}

/** Files that a server has beyond those of a node. */
export function serverFiles(layout: K3sLayout, node: K3sNode, auditPolicy: string): HostFile[] {
  const common = { 'feature-gates': layout.featureGates }
  const elected = String(layout.servers.length > 1)
  return [
    component('kube-apiserver', {
      'advertise-address': node.address,
      'secure-port': 6443,
      'etcd-servers': 'http://127.0.0.1:2379',
      'client-ca-file': `${keys}/ca.crt`,
      'tls-cert-file': `${keys}/apiserver.crt`,
      'tls-private-key-file': `${keys}/apiserver.key`,
      'kubelet-client-certificate': `${keys}/kubelet-client.crt`,
      'kubelet-client-key': `${keys}/kubelet-client.key`,
      'kubelet-preferred-address-types': 'InternalIP',
      'token-auth-file': `${keys}/tokens.csv`,
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'allow-privileged': 'true',
      'service-account-key-file': `${keys}/service-account.pub`,
      'service-account-signing-key-file': `${keys}/service-account.key`,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-cluster-ip-range': serviceCidr,
      'audit-policy-file': `${settings}/audit-policy.yaml`,
      'audit-log-path': auditLogPath,
      'audit-log-maxsize': 2000,
      ...common,
    }),
    component('kube-controller-manager', {
      kubeconfig: `${settings}/kube-controller-manager.kubeconfig`,
      'service-account-private-key-file': `${keys}/service-account.key`,
      'root-ca-file': `${keys}/ca.crt`,
      'use-service-account-credentials': 'true',
      'leader-elect': elected,
      'bind-address': '127.0.0.1',
      port: 0,
      ...common,
    }),
    component('kube-scheduler', {
      kubeconfig: `${settings}/kube-scheduler.kubeconfig`,
      'leader-elect': elected,
      'bind-address': '127.0.0.1',
      port: 0,
    }),
    { path: `${settings}/audit-policy.yaml`, content: auditPolicy },
    { path: '/etc/systemd/system/etcd.service', content: etcdUnit(node, layout.servers) },
  ]
}

/** The service as k3s's installer writes it, which an upgrade counts on: `Restart=always` brings back what it has ended. */
export function k3sUnit(role: 'server' | 'agent'): HostFile {
  const needs = role === 'server' ? 'containerd.service etcd.service' : 'containerd.service'
  return {
    path: `/etc/systemd/system/${unitName(role)}`,
    content: `[Unit]
Description=Kubernetes of the rig, in the shape of k3s
Wants=network-online.target ${needs}
After=network-online.target rig-routes.service ${needs}

[Service]
Type=exec
ExecStart=/usr/local/bin/k3s ${role}
KillMode=process
Delegate=yes
LimitNOFILE=1048576
TasksMax=infinity
Restart=always
RestartSec=1s
StartLimitIntervalSec=0

[Install]
WantedBy=multi-user.target
`,
  }
}

export function unitName(role: 'server' | 'agent'): string {
  return role === 'server' ? 'k3s.service' : 'k3s-agent.service'
}

function component(name: string, flags: Readonly<Record<string, string | number>>): HostFile {
  const lines = Object.entries(flags)
    .filter(([, value]) => value !== '')
    .map(([flag, value]) => `--${flag}=${value}\n`)
  return { path: `${settings}/components/${name}.args`, content: lines.join('') }
}

function kubeletConfig(gates: string): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: `${keys}/ca.crt` } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    // the hosts share one disk, and how full it is says nothing about them
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    enforceNodeAllocatable: [],
    clusterDomain: 'cluster.local',
    resolvConf: '/etc/resolv.conf',
    serializeImagePulls: false,
    featureGates: Object.fromEntries(gates.split(',').filter(Boolean).map(gate)),
  })
}

function gate(text: string): [string, boolean] {
  const [name = '', value] = text.split('=')
  return [name, value === 'true']
}

// the data need not outlive the machine, only the host
function etcdUnit({ name, address }: K3sNode, members: readonly K3sNode[]): string {
  const peer = (of: string) => `http://${of}:2380`
  const cluster = members.map((member) => `${member.name}=${peer(member.address)}`).join(',')
  return `[Unit]
Description=etcd of the rig
After=network.target

[Service]
Type=notify
ExecStart=/usr/bin/etcd --name ${name} --data-dir /var/lib/etcd/data --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls ${peer(address)} --initial-advertise-peer-urls ${peer(address)} --initial-cluster ${cluster} --unsafe-no-fsync
Restart=always
RestartSec=1s

[Install]
WantedBy=multi-user.target
`
}
