import { join } from 'node:path'
import { issueCertificate, makeAuthority } from './certificates.ts'
import { giveDocker } from './docker-files.ts'
import { type EtcdContainerCluster, giveCertificates, memberFlags, memberNames, untilUp, writeInventory } from './etcd-hosts.ts'
import { etcdImages } from './etcd-images.ts'
import { startImageRegistry } from './image-registry.ts'
import { type RigHost, writeHostFile } from './rig-host.ts'
import { makeHosts, type RigHosts } from './rig-hosts.ts'
import { saveJournals } from './save-journals.ts'

const keys = '/etc/ssl/etcd/ssl'
/** A script, which is called as the program is: kubespray's way. */
export const startScript = '/usr/local/bin/etcd'

/** Three hosts that run etcd as kubespray's `etcd_deployment_type: docker` has it: a unit whose script starts a container. */
export async function makeEtcdDockerCluster(): Promise<EtcdContainerCluster> {
  const rig = await makeHosts(memberNames)
  const started: { stop(): Promise<void> }[] = []
  const down = async () => {
    await saveJournals(rig)
    for (const one of started) await one.stop()
    await rig.down()
  }
  try {
    const registry = await startImageRegistry(join(rig.run.path, 'registry'), rig.network.gateway)
    started.push(registry)
    const mirror = new URL(registry.url).host
    const imageOf = (version: string) => `${mirror}/coreos/etcd:v${version}`
    const { older, newer, images } = await etcdImages(join(rig.run.path, 'etcd-images'), imageOf)
    for (const image of images) await registry.push(image)
    const authority = await makeAuthority('etcd')
    for (const host of rig.hosts) {
      await giveDocker(rig, host.name)
      await giveCertificates(rig, host, authority, keys)
      giveUnit(rig, host, mirror, imageOf(older))
    }
    await rig.boot()
    await Promise.all(rig.hosts.map((host) => host.run(startAll)))
    const client = { ...(await issueCertificate(authority, { commonName: 'writer' })), ca: authority.cert }
    const endpoints = rig.hosts.map(({ address }) => `https://${address}:2379`)
    await Promise.all(endpoints.map((endpoint) => untilUp(endpoint, client)))
    return { rig, hosts: rig.hosts, inventory: writeInventory(rig), client, endpoints, older, newer, down }
  } catch (error) {
    await down()
    throw error
  }
}

// its data must not lie on overlayfs
const startAll = `set -e
groupadd -f docker
mkdir -p /var/lib/docker && mount -t tmpfs tmpfs /var/lib/docker
systemctl daemon-reload
systemctl start docker.socket docker.service
systemctl enable --quiet etcd
systemctl start --no-block etcd
`

function giveUnit(rig: RigHosts, host: RigHost, mirror: string, image: string): void {
  const folder = rig.folderOf(host.name)
  const daemon = { bridge: 'none', iptables: false, 'exec-opts': ['native.cgroupdriver=cgroupfs'], 'insecure-registries': [mirror] }
  writeHostFile(folder, '/etc/docker/daemon.json', JSON.stringify(daemon))
  const variables = memberFlags(rig, host, keys).map((flag) => {
    const [name = '', value = ''] = flag.replace(/^--/, '').split(/=(.*)/)
    return `ETCD_${name.toUpperCase().replaceAll('-', '_')}=${value}\n`
  })
  writeHostFile(folder, '/etc/etcd.env', variables.join(''))
  writeHostFile(folder, startScript, scriptOf(host.name, image), 0o755)
  writeHostFile(folder, '/etc/systemd/system/etcd.service', unitOf(host.name))
}

/** Source: kubespray, roles/etcd/templates. */
function scriptOf(name: string, image: string): string {
  return `#!/bin/bash
/usr/bin/docker run \\
  --restart=on-failure:5 \\
  --env-file=/etc/etcd.env \\
  --net=host \\
  -v ${keys}:${keys}:ro \\
  -v /var/lib/etcd:/var/lib/etcd:rw \\
  --name=${name} \\
  ${image} \\
  /usr/local/bin/etcd \\
  "$@"
`
}

function unitOf(name: string): string {
  return `[Unit]
Description=etcd docker wrapper
Wants=docker.socket
After=docker.service

[Service]
User=root
PermissionsStartOnly=true
EnvironmentFile=-/etc/etcd.env
ExecStart=${startScript}
ExecStartPre=-/usr/bin/docker rm -f ${name}
ExecStop=/usr/bin/docker stop ${name}
Restart=always
RestartSec=5s
TimeoutStartSec=30s

[Install]
WantedBy=multi-user.target
`
}
