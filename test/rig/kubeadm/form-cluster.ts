import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { RigHost } from '../rig-host.ts'
import { type ClusterSpec, initConfiguration, type JoinSecrets, joinConfiguration } from './kubeadm-config.ts'

/** Runs a part of the start, and tells how long it took. */
export type Timed = <T>(part: string, work: () => Promise<T>) => Promise<T>

export interface Formation extends ClusterSpec {
  readonly controlPlanes: readonly RigHost[]
  readonly workers: readonly RigHost[]
  /** Written as soon as there is one. */
  readonly kubeconfig: string
  readonly timed: Timed
}

/** Makes one cluster of hosts that have kubeadm and its images. */
export async function formCluster({ version, endpoint, controlPlanes, workers, kubeconfig, timed }: Formation): Promise<void> {
  const [first, ...others] = controlPlanes
  if (first === undefined) throw new Error('a cluster needs a control plane')
  const cluster = await timed('kubeadm init', () => initCluster(first, { version, endpoint }))
  writeFileSync(kubeconfig, cluster.adminKubeconfig, { mode: 0o600 })
  // one after another: a new member of etcd has to be there before the next may come
  for (const host of others) await timed(`${host.name} joins`, () => cluster.joinControlPlane(host))
  if (others.length > 0) await timed('what has watched meanwhile starts anew', () => startWatchersAnew(controlPlanes))
  await timed('workers join', () => Promise.all(workers.map((host) => cluster.joinWorker(host))))
}

/** The first control plane is there: what others need to join it. */
interface StartedCluster {
  /** Of `kubernetes-admin`, through the balancer. */
  readonly adminKubeconfig: string
  joinControlPlane(host: RigHost): Promise<void>
  joinWorker(host: RigHost): Promise<void>
}

const settings = '/root/kubeadm.yaml'

/** `kubeadm init`, with the control plane's certificates laid down for those who follow. */
async function initCluster(first: RigHost, spec: ClusterSpec): Promise<StartedCluster> {
  const secrets: JoinSecrets = {
    token: `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}`,
    certificateKey: randomBytes(32).toString('hex'),
  }
  await runKubeadm(first, 'init --upload-certs', initConfiguration(spec, secrets))
  const caHash = publicKeyHash(await first.run('cat /etc/kubernetes/pki/ca.crt'))
  const join = (host: RigHost, known: Partial<JoinSecrets>) =>
    runKubeadm(host, 'join', joinConfiguration(spec.endpoint, caHash, { token: secrets.token, ...known }))
  return {
    adminKubeconfig: await first.run('cat /etc/kubernetes/admin.conf'),
    joinControlPlane: (host) => join(host, { certificateKey: secrets.certificateKey }),
    joinWorker: (host) => join(host, {}),
  }
}

async function runKubeadm(host: RigHost, command: string, configuration: string): Promise<void> {
  await host.run(
    `umask 077; cat > ${settings}; kubeadm ${command} --config ${settings} > /var/log/kubeadm.log 2>&1 || { tail -n 40 /var/log/kubeadm.log >&2; exit 1; }`,
    {
      input: configuration,
    },
  )
}

/** As `--discovery-token-ca-cert-hash` has it. */
function publicKeyHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/**
 * While a member joins, etcd has no leader for a moment. Watches end then, and some who watch in 1.20 miss events until their next watch runs
 * out by itself, 5 to 10 minutes later: a Service stays without Endpoints, or without a name. All who have watched start anew.
 */
async function startWatchersAnew(controlPlanes: readonly RigHost[]): Promise<void> {
  const names = ['kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'coredns']
  const stop = names.map((name) => `for id in $(crictl ps -q --name ${name}); do crictl stop "$id"; done`)
  await Promise.all(controlPlanes.map((host) => host.run(`set -e\n${stop.join('\n')}\nsystemctl restart kubelet`)))
}
