import { writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type AptRepository, startAptRepository } from '../../rig/apt-repository.ts'
import { command } from '../../rig/command.ts'
import type { RigHost } from '../../rig/rig-host.ts'
import { HostPlan } from './host-plan.ts'
import { untilControllerReady } from './install.ts'
import { liveManifests, packagesPlan } from './live-manifests.ts'
import { describeHosts, namespace, type TargetCluster, targetCluster } from './target-cluster.ts'

describeHosts('the manifests of a live system-upgrade-controller with the image of Falkirk', () => {
  let cluster: TargetCluster
  let host: RigHost
  let repository: AptRepository

  beforeAll(async () => {
    cluster = await targetCluster()
    if (cluster.rig === undefined) throw new Error('these tests need hosts of their own')
    host = cluster.rig.host('agent-1')
    repository = await startAptRepository(cluster.rig.gateway)
    await repository.publish('rig-demo', '1.0')
    // its own repository alone: what the mirror has is another matter each day
    const sources = `rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*; echo '${repository.source}' > /etc/apt/sources.list.d/rig.list`
    await host.run(`${sources}; apt-get -qq update; apt-get -qq install -y rig-demo`)
    await cluster.kubectl.apply(liveManifests('falkirk:dev'))
    await untilControllerReady(cluster)
  })

  afterAll(async () => {
    await repository?.stop()
    await cluster?.down()
  })

  it('run as they are: the controller registers the Plan API and is at work', async () => {
    await expect.poll(() => cluster.kubectl(['-n', namespace, 'logs', 'deployment/system-upgrade-controller'])).toContain('"msg":"running"')
    await cluster.kubectl.established('plans.upgrade.cattle.io')
  })

  it('run on hosts of which falkirk nodes tells what is on them, held back and locked, over SSH', async () => {
    await host.run(`apt-mark hold containerd; cat > /run/holder.pl; systemd-run --quiet --collect --unit=holder perl /run/holder.pl`, {
      input: holdLock,
    })
    await host.run('for i in $(seq 100); do test -e /run/holder && exit 0; sleep 0.1; done; exit 1')
    try {
      const nodes = await foundNodes(cluster)
      expect(nodes.map(({ name }) => name)).toEqual(['agent-1', 'agent-2', 'server-1'])
      for (const { name, host: found } of nodes) {
        const layout = { distribution: 'k3s', version: 'v1.20.2+k3s1', binary: '/usr/local/bin/k3s', owner: { kind: 'Embedded' } }
        const os = { id: 'debian', init: 'systemd', kernel: release(), bootId: await cluster.rig?.host(name).bootId() }
        expect(found).toMatchObject({ state: 'Seen', layout, facts: { asRoot: true, os, cut: false, complete: true } })
      }
      const { findings, host: locked } = nodes[0] ?? {}
      expect(locked?.facts.packages.lock).toMatchObject({ file: '/var/lib/dpkg/lock-frontend', program: 'perl' })
      expect(findings?.map(({ message }) => message)).toContain('containerd is held by apt-mark')
    } finally {
      await host.run('systemctl stop holder; apt-mark unhold containerd')
    }
  })

  it('upgrade a package on a node by a script from a Secret, and reboot the node once', async () => {
    const bootId = await host.bootId()
    await repository.publish('rig-demo', '1.1', { rebootRequired: true })
    await cluster.kubectl.apply(packagesPlan)
    await cluster.kubectl(['label', 'node', host.name, 'plan.upgrade.cattle.io/bookworm=true'])
    const plan = new HostPlan(cluster, 'bookworm')
    await plan.untilNode(host.name, 'cordoned', ({ unschedulable }) => unschedulable)
    await plan.untilNode(host.name, 'done', ({ labels }) => labels['plan.upgrade.cattle.io/bookworm'] === plan.hash())
    await plan.untilComplete()
    await plan.untilFree(host.name)
    await plan.untilNode(host.name, 'Ready', ({ ready }) => ready)

    expect(await host.run('dpkg -s rig-demo')).toContain('\nVersion: 1.1\n')
    expect(await host.bootId()).not.toBe(bootId)
    expect(await host.attempt('test -e /run/reboot-required')).toMatchObject({ exitCode: 1 })
    expect(await host.run('journalctl --list-boots --no-pager | wc -l')).toBe('2\n')
    expect(cluster.observer.jobsPerNode('bookworm')).toEqual(new Map([[host.name, 1]]))
    expect(cluster.observer.nodes.became(({ unschedulable }) => unschedulable).map(({ key }) => key)).toEqual([host.name])
  })

  it('give Jobs what their ConfigMap says', async () => {
    const { items } = await cluster.kubectl.json<{ items: { spec: object }[] }>(['-n', namespace, 'get', 'jobs'])
    const secret = { name: 'secret-bookworm', mountPath: '/host/run/system-upgrade/secrets/bookworm', readOnly: true }
    const drain = [
      'drain',
      host.name,
      '--pod-selector',
      '!upgrade.cattle.io/controller',
      '--ignore-daemonsets',
      '--delete-emptydir-data',
      '--force',
    ]
    const mounts = expect.arrayContaining([secret])
    expect(items).toHaveLength(1)
    expect(items[0]?.spec).toMatchObject({
      backoffLimit: 99,
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 900,
      template: {
        spec: {
          initContainers: [
            { name: 'drain', image: 'rancher/kubectl:v1.20.2', imagePullPolicy: 'Always', args: drain, volumeMounts: mounts },
          ],
          containers: [
            {
              image: 'debian:bookworm',
              imagePullPolicy: 'Always',
              command: ['chroot', '/host'],
              volumeMounts: mounts,
              securityContext: { privileged: true },
            },
          ],
        },
      },
    })
  })
})

interface FoundNode {
  readonly name: string
  readonly host: { readonly facts: { readonly packages: { readonly lock?: object } } }
  readonly findings: readonly { readonly message: string }[]
}

/** As apt does it: a lock of fcntl(2). */
const holdLock = `use Fcntl;
open my $file, ">>", "/var/lib/dpkg/lock-frontend" or die;
my $lock = pack "s s x4 q q i", F_WRLCK, 0, 0, 0, 0;
fcntl $file, F_SETLK, $lock or die;
open my $done, ">", "/run/holder";
sleep 600;
`

/** What `falkirk nodes` tells programs; 1 is its exit code where something stands in the way. */
async function foundNodes({ kubeconfig, rig }: TargetCluster): Promise<readonly FoundNode[]> {
  if (rig === undefined) throw new Error('these tests need hosts of their own')
  const inventory = join(rig.folder, 'nodes.yaml')
  writeFileSync(
    inventory,
    stringify({ sshConfig: rig.sshConfig, hosts: Object.fromEntries(rig.hosts.map(({ name }) => [name, { address: name }])) }),
  )
  const flags = ['--kubeconfig', kubeconfig, '--via', 'ssh', '--inventory', inventory, '-o', 'json']
  return JSON.parse(await command(process.execPath, ['dist/falkirk.js', 'nodes', ...flags])).nodes
}
