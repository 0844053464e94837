import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AptRepository, startAptRepository } from './apt-repository.ts'
import { issueCertificate, type KeyPair, makeAuthority } from './certificates.ts'
import { type EtcdPackages, etcdPackages } from './etcd-packages.ts'
import { type RigHost, writeHostFile } from './rig-host.ts'
import { makeHosts, type RigHosts } from './rig-hosts.ts'

/** Three hosts with a real etcd between them: Debian's packages, systemd, TLS for clients and members. */
export interface EtcdCluster {
  readonly rig: RigHosts
  readonly hosts: readonly RigHost[]
  readonly packages: EtcdPackages
  readonly repository: AptRepository
  /** Falkirk's inventory of it. */
  readonly inventory: string
  /** A client's certificate, and whom it trusts. */
  readonly client: KeyPair & { readonly ca: string }
  readonly endpoints: readonly string[]
  /** Runs etcdctl on a host, logged in as its member. */
  etcdctl(host: RigHost, words: string): Promise<string>
  down(): Promise<void>
}

const names = ['etcd1', 'etcd2', 'etcd3']
const keys = '/etc/etcd/pki'

/** Boots the hosts, installs the older version on all and holds it, and waits until they are one cluster. */
export async function makeEtcdCluster(): Promise<EtcdCluster> {
  const packages = await etcdPackages()
  const rig = await makeHosts(names)
  let repository: AptRepository | undefined
  const down = async () => {
    await repository?.stop()
    await rig.down()
  }
  try {
    repository = await startAptRepository(rig.network.gateway)
    await repository.publishFiles(packages.files)
    const authority = await makeAuthority('etcd')
    for (const host of rig.hosts) await giveFiles(rig, host, authority, repository.source)
    await rig.boot()
    await Promise.all(rig.hosts.map((host) => install(host, packages.older)))
    const client = { ...(await issueCertificate(authority, { commonName: 'writer' })), ca: authority.cert }
    return {
      rig,
      hosts: rig.hosts,
      packages,
      repository,
      inventory: writeInventory(rig),
      client,
      endpoints: rig.hosts.map(({ address }) => `https://${address}:2379`),
      etcdctl: (host, words) => host.run(`${etcdctl(host)} ${words}`),
      down,
    }
  } catch (error) {
    await down()
    throw error
  }
}

async function giveFiles(rig: RigHosts, host: RigHost, authority: KeyPair, source: string): Promise<void> {
  const folder = rig.folderOf(host.name)
  const { cert, key } = await issueCertificate(authority, {
    commonName: host.name,
    addresses: [host.address, '127.0.0.1'],
    dnsNames: [host.name],
  })
  writeHostFile(folder, `${keys}/ca.crt`, authority.cert)
  writeHostFile(folder, `${keys}/member.crt`, cert)
  writeHostFile(folder, `${keys}/member.key`, key, 0o600)
  writeHostFile(folder, '/etc/apt/sources.list.d/rig.list', `${source}\n`)
  const cluster = rig.hosts.map(({ name, address }) => `${name}=https://${address}:2380`).join(',')
  const settings = {
    NAME: host.name,
    LISTEN_PEER_URLS: `https://${host.address}:2380`,
    LISTEN_CLIENT_URLS: `https://${host.address}:2379,https://127.0.0.1:2379`,
    INITIAL_ADVERTISE_PEER_URLS: `https://${host.address}:2380`,
    ADVERTISE_CLIENT_URLS: `https://${host.address}:2379`,
    INITIAL_CLUSTER: cluster,
    INITIAL_CLUSTER_STATE: 'new',
    CLIENT_CERT_AUTH: 'true',
    PEER_CLIENT_CERT_AUTH: 'true',
    ...Object.fromEntries(
      ['', 'PEER_'].flatMap((peer) => [
        [`${peer}TRUSTED_CA_FILE`, `${keys}/ca.crt`],
        [`${peer}CERT_FILE`, `${keys}/member.crt`],
        [`${peer}KEY_FILE`, `${keys}/member.key`],
      ]),
    ),
  }
  const lines = Object.entries(settings).map(([name, value]) => `ETCD_${name}=${value}\n`)
  writeHostFile(folder, '/etc/default/etcd', lines.join(''))
}

async function install(host: RigHost, version: string): Promise<void> {
  await host.run(`set -e
adduser --system --group --home /var/lib/etcd --no-create-home etcd > /dev/null 2>&1
chown etcd: /var/lib/etcd ${keys}/member.key
chmod 700 /var/lib/etcd
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y -o Dpkg::Options::=--force-confold install etcd-server=${version} etcd-client=${version} > /tmp/apt.log 2>&1 || { tail -n 5 /tmp/apt.log >&2; exit 1; }
apt-mark hold etcd-server etcd-client > /dev/null
systemctl enable -q etcd
systemctl start --no-block etcd
n=0
until ${etcdctl(host)} endpoint health > /dev/null 2>&1; do n=$((n + 1)); [ $n -lt 120 ] || exit 1; sleep 0.25; done`)
}

function etcdctl({ address }: RigHost): string {
  return `ETCDCTL_API=3 etcdctl --endpoints https://${address}:2379 --cacert ${keys}/ca.crt --cert ${keys}/member.crt --key ${keys}/member.key`
}

function writeInventory(rig: RigHosts): string {
  const file = join(rig.run.path, 'inventory.yaml')
  const hosts = rig.hosts.map(({ name }) => `    ${name}: {}\n`).join('')
  writeFileSync(file, `sshConfig: ${rig.sshConfig}\netcd:\n  hosts:\n${hosts}`)
  return file
}
