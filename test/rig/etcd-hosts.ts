import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { issueCertificate, type KeyPair } from './certificates.ts'
import { type RigHost, writeHostFile } from './rig-host.ts'
import type { RigHosts } from './rig-hosts.ts'

/** Three hosts with an etcd between them that runs in containers. */
export interface EtcdContainerCluster {
  readonly rig: RigHosts
  readonly hosts: readonly RigHost[]
  /** Falkirk's inventory of it. */
  readonly inventory: string
  /** A client's certificate, and whom it trusts. */
  readonly client: KeyPair & { readonly ca: string }
  readonly endpoints: readonly string[]
  /** Versions of etcd of which there are images: Debian 12's and 13's. */
  readonly older: string
  readonly newer: string
  down(): Promise<void>
}

export const memberNames = ['etcd1', 'etcd2', 'etcd3']

/** Gives a host the certificates of its member: `ca.crt`, and `server` and `peer` with their keys. */
export async function giveCertificates(rig: RigHosts, host: RigHost, authority: KeyPair, keys: string): Promise<void> {
  const folder = rig.folderOf(host.name)
  const { cert, key } = await issueCertificate(authority, {
    commonName: host.name,
    addresses: [host.address, '127.0.0.1'],
    dnsNames: [host.name],
  })
  writeHostFile(folder, `${keys}/ca.crt`, authority.cert)
  for (const name of ['server', 'peer']) {
    writeHostFile(folder, `${keys}/${name}.crt`, cert)
    writeHostFile(folder, `${keys}/${name}.key`, key, 0o600)
  }
}

/** How a member of the cluster is started. */
export function memberFlags(rig: RigHosts, { name, address }: RigHost, keys: string): readonly string[] {
  const cluster = rig.hosts.map((host) => `${host.name}=https://${host.address}:2380`).join(',')
  return [
    `--advertise-client-urls=https://${address}:2379`,
    `--cert-file=${keys}/server.crt`,
    '--client-cert-auth=true',
    '--data-dir=/var/lib/etcd',
    `--initial-advertise-peer-urls=https://${address}:2380`,
    `--initial-cluster=${cluster}`,
    '--initial-cluster-state=new',
    `--key-file=${keys}/server.key`,
    `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
    '--listen-metrics-urls=http://127.0.0.1:2381',
    `--listen-peer-urls=https://${address}:2380`,
    `--name=${name}`,
    `--peer-cert-file=${keys}/peer.crt`,
    '--peer-client-cert-auth=true',
    `--peer-key-file=${keys}/peer.key`,
    `--peer-trusted-ca-file=${keys}/ca.crt`,
    '--snapshot-count=10000',
    `--trusted-ca-file=${keys}/ca.crt`,
  ]
}

/** Waits until a member serves. */
export async function untilUp(endpoint: string, { ca, cert, key }: EtcdContainerCluster['client']): Promise<void> {
  const agent = new Agent({ connect: { ca, cert, key } })
  const deadline = Date.now() + 120_000
  try {
    for (;;) {
      const status = await request(`${endpoint}/health`, { dispatcher: agent }).then(
        async ({ statusCode, body }) => {
          await body.dump()
          return statusCode
        },
        () => 0,
      )
      if (status === 200) return
      if (Date.now() > deadline) throw new Error(`etcd does not answer at ${endpoint} after two minutes`)
      await sleep(250)
    }
  } finally {
    await agent.close()
  }
}

export function writeInventory(rig: RigHosts): string {
  const file = join(rig.run.path, 'inventory.yaml')
  const hosts = rig.hosts.map(({ name }) => `    ${name}: {}\n`).join('')
  writeFileSync(file, `sshConfig: ${rig.sshConfig}\netcd:\n  hosts:\n${hosts}`)
  return file
}
