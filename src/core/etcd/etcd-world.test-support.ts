import { type EtcdVersion, etcdText } from '../version/etcd-version.ts'
import { clusterOf, type EtcdCluster, type LookedHost } from './cluster.ts'
import type { EtcdHostFacts } from './host-facts.ts'
import type { MemberFacts, MemberStatus } from './member-facts.ts'
import { memberSettings } from './member-settings.ts'

/** What differs of one member from one that is well and runs 3.4.23. */
export interface TestMember {
  readonly version?: EtcdVersion
  readonly disk?: EtcdVersion
  readonly isLeader?: boolean
  /** It does not run. */
  readonly isDown?: boolean
  readonly facts?: Partial<EtcdHostFacts>
  readonly status?: Partial<MemberStatus>
  readonly answer?: Partial<MemberFacts>
}

export const v = (text: string): EtcdVersion => text.split('.').map(Number) as unknown as EtcdVersion

/** Members on hosts etcd1, etcd2 …; the last leads unless another is said to. */
export function testCluster(members: readonly TestMember[], available: readonly string[] = ['3.4.23', '3.5.16']): EtcdCluster {
  return clusterOf(members.map((_, index) => testHost(members, index, available)))
}

function testHost(members: readonly TestMember[], index: number, available: readonly string[]): LookedHost {
  const own = members[index] ?? {}
  const leader = Math.max(
    members.findIndex(({ isLeader }) => isLeader),
    members.some(({ isLeader }) => isLeader) ? 0 : members.length - 1,
  )
  const { version = v('3.4.23'), disk = version, isDown = false } = own
  const name = `etcd${index + 1}`
  const facts: EtcdHostFacts = {
    ...{ kind: 'unit', place: [] },
    ...{ root: true, boot: `boot-${index}`, hostname: name, init: 'systemd', unit: 'etcd.service', active: isDown ? 'failed' : 'active' },
    ...{ binary: '/usr/bin/etcd', disk, package: 'etcd-server', manager: 'apt-get' },
    ...(isDown ? {} : { runs: version }),
    ...{ etcdctl: '/usr/bin/etcdctl', etcdctl_version: version, etcdctl_package: 'etcd-client', free_kib: 9_000_000 },
    argument: [`--name=${name}`, '--data-dir=/var/lib/etcd/default', `--advertise-client-urls=http://10.0.0.${index + 1}:2379`],
    ...{ environment: [], config: [], held: [], step: [], at_work: [] },
    installed: [{ name: 'etcd-server', version: `${etcdText(disk)}-1` }],
    available: available.flatMap((each) => ['etcd-server', 'etcd-client'].map((packaged) => ({ name: packaged, version: `${each}-1` }))),
    ...own.facts,
  }
  const listed = members.map((_, at) => ({
    ...{
      id: `a${at}`,
      name: `etcd${at + 1}`,
      peerUrls: [`http://10.0.0.${at + 1}:2380`],
      clientUrls: [`http://10.0.0.${at + 1}:2379`],
      isLearner: false,
    },
  }))
  const status: MemberStatus = {
    ...{ clusterId: 'c1', memberId: `a${index}`, version, dbBytes: 20_480, leader: `a${leader}`, revision: 100, raftTerm: 2 },
    ...{ raftIndex: 5_000, appliedIndex: 5_000, errors: [], isLearner: false },
    ...own.status,
  }
  const answer: MemberFacts = {
    ...(isDown ? {} : { status, members: listed }),
    ...{ isHealthy: !isDown, alarms: [], authentication: false, problems: isDown ? ['context deadline exceeded'] : [] },
    ...own.answer,
  }
  return { kind: 'Seen', host: name, facts, settings: memberSettings(facts), answer }
}

/** A member in a static pod, as `testCluster` takes it. */
export function podMember(own: TestMember = {}): TestMember {
  const { version = v('3.4.23'), disk = version } = own
  const image = `registry.k8s.io/etcd:${etcdText(disk)}-0`
  const facts: TestMember['facts'] = {
    ...{ kind: 'pod', unit: 'kubelet.service', active: own.isDown ? 'exited' : 'active', image, mark: image },
    ...{ engine: 'crictl', socket: '/run/containerd/containerd.sock', binary: '/proc/812/root/usr/local/bin/etcd' },
    ...{ etcdctl: '/proc/812/root/usr/local/bin/etcdctl', available: [], installed: [] },
    place: [{ path: '/etc/kubernetes/manifests/etcd.yaml', times: 1 }],
  }
  return { ...own, facts: { ...facts, ...own.facts } }
}

/** A member of a unit that starts a container, as kubespray has it, as `testCluster` takes it. */
export function containerMember(own: TestMember = {}): TestMember {
  const { version = v('3.4.23'), disk = version } = own
  const facts: TestMember['facts'] = {
    ...{ kind: 'container', unit: 'etcd.service', image: `quay.io/coreos/etcd:v${etcdText(disk)}`, mark: `v${etcdText(disk)}` },
    ...{ engine: 'docker', active: own.isDown ? 'exited' : 'active', binary: '/proc/812/root/usr/local/bin/etcd' },
    ...{ etcdctl: '/usr/local/bin/etcdctl', available: [], installed: [] },
    place: [
      { path: '/etc/systemd/system/etcd.service', times: 0 },
      { path: '/etc/etcd.env', times: 0 },
      { path: '/usr/local/bin/etcd', times: 1 },
    ],
  }
  return { ...own, facts: { ...facts, ...own.facts } }
}
