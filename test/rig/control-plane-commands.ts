import { join } from 'node:path'
import type { ControlPlaneBinaries } from './control-plane-binaries.ts'
import type { ControlPlaneKeys } from './control-plane-keys.ts'

/** Loopback ports of one control plane. */
export interface ControlPlanePorts {
  readonly apiServer: number
  readonly etcdClient: number
  readonly etcdPeer: number
  readonly controllerManager: number
  readonly scheduler: number
}

/** All that the four command lines depend on. */
export interface ControlPlaneLayout {
  readonly folder: string
  readonly binaries: ControlPlaneBinaries
  readonly ports: ControlPlanePorts
  readonly keys: ControlPlaneKeys
  readonly tokenFile: string
  /** `Gate=true,Other=false`, or empty. */
  readonly featureGates: string
  /** Seconds without a heartbeat after which a node counts as NotReady. */
  readonly nodeGraceSeconds: number
}

type Command = readonly [string, ...string[]]

export function auditLogFile(folder: string): string {
  return join(folder, 'audit.log')
}

export function auditPolicyFile(folder: string): string {
  return join(folder, 'audit-policy.yaml')
}

export function etcdCommand({ folder, binaries, ports }: ControlPlaneLayout): Command {
  const client = `http://127.0.0.1:${ports.etcdClient}`
  const peer = `http://127.0.0.1:${ports.etcdPeer}`
  return [
    binaries.etcd,
    ...flags({
      'data-dir': join(folder, 'etcd'),
      'listen-client-urls': client,
      'advertise-client-urls': client,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
    }),
    '--unsafe-no-fsync', // the data need not outlive the machine
  ]
}

export function apiServerCommand({ folder, binaries, ports, keys, tokenFile, featureGates }: ControlPlaneLayout): Command {
  return [
    ...binaries.apiServer,
    ...flags({
      'etcd-servers': `http://127.0.0.1:${ports.etcdClient}`,
      'bind-address': '127.0.0.1',
      'secure-port': ports.apiServer,
      'tls-cert-file': keys.certFile,
      'tls-private-key-file': keys.keyFile,
      'cert-dir': join(folder, 'apiserver-certs'),
      'token-auth-file': tokenFile,
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'allow-privileged': 'true',
      'service-account-key-file': keys.serviceAccountPublicFile,
      'service-account-signing-key-file': keys.serviceAccountKeyFile,
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-cluster-ip-range': '10.96.0.0/16',
      'kubelet-preferred-address-types': 'InternalIP',
      'audit-policy-file': auditPolicyFile(folder),
      'audit-log-path': auditLogFile(folder),
      'audit-log-maxsize': 2000,
      'max-requests-inflight': 3000,
      'max-mutating-requests-inflight': 1500,
      'feature-gates': featureGates,
    }),
  ]
}

export function controllerManagerCommand(layout: ControlPlaneLayout, kubeconfig: string): Command {
  const { folder, binaries, ports, keys, featureGates, nodeGraceSeconds } = layout
  return [
    ...binaries.controllerManager,
    ...flags({
      kubeconfig,
      'service-account-private-key-file': keys.serviceAccountKeyFile,
      'root-ca-file': keys.caFile,
      'use-service-account-credentials': 'false',
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'secure-port': ports.controllerManager,
      'cert-dir': join(folder, 'controller-manager-certs'),
      'kube-api-qps': 500,
      'kube-api-burst': 1000,
      'node-monitor-grace-period': `${nodeGraceSeconds}s`,
      'feature-gates': featureGates,
    }),
    ...(minorOf(binaries.version) < 24 ? ['--port=0'] : []), // no plain HTTP on a fixed port
  ]
}

export function schedulerCommand({ folder, binaries, ports }: ControlPlaneLayout, kubeconfig: string): Command {
  return [
    ...binaries.scheduler,
    ...flags({
      kubeconfig,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'secure-port': ports.scheduler,
      'cert-dir': join(folder, 'scheduler-certs'),
      'kube-api-qps': 500,
      'kube-api-burst': 1000,
    }),
    ...(minorOf(binaries.version) < 24 ? ['--port=0'] : []),
  ]
}

/** `TTLAfterFinished` is alpha before 1.21: finished Jobs would never go. `gates` adds to it or overrides it. */
export function featureGates(version: string, gates: Readonly<Record<string, boolean>>): string {
  const all = { ...(minorOf(version) < 21 ? { TTLAfterFinished: true } : {}), ...gates }
  return Object.entries(all)
    .map(([gate, on]) => `${gate}=${on}`)
    .join(',')
}

function minorOf(version: string): number {
  return Number(/^v1\.(\d+)/.exec(version)?.[1] ?? Number.NaN)
}

function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--${name}=${value}`)
}
