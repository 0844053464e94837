import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostFactsScript, namedDisk } from '../../../src/core/host/facts-script.ts'
import { type HostFacts, parseHostFacts } from '../../../src/core/host/host-facts.ts'
import type { RuntimeOrder } from '../../../src/core/recipe/runtime/runtime-order.ts'
import { runtimeRecipe } from '../../../src/core/recipe/runtime/runtime-recipe.ts'
import { type RunEnd, runRecipe } from '../../../src/node/run-recipe.ts'
import { sshConnections } from '../../../src/node/ssh/ssh-connections.ts'
import { sshHost } from '../../../src/node/ssh/ssh-host.ts'
import { type AptRepository, startAptRepository } from '../../rig/apt-repository.ts'
import { debianArchive } from '../../rig/debian-archive.ts'
import { rigImages } from '../../rig/images/rig-images.ts'
import { rigCache } from '../../rig/rig-cache.ts'
import type { RigHost } from '../../rig/rig-host.ts'
import { makeHosts, type RigHosts } from '../../rig/rig-hosts.ts'

/** A whole host with containerd and a stand-in for a kubelet, and orders carried out on it over SSH. */
export interface RuntimeStage {
  readonly rig: RigHosts
  readonly host: RigHost
  /** Versions of containerd in the host's repository, by Debian's release. */
  readonly versions: ReadonlyMap<string, string>
  /** Archive of an image that has a shell: docker.io/library/busybox:1. */
  image(): Promise<string>
  /** @throws what the recipe is refused with */
  run(order: Partial<RuntimeOrder>, attempt?: number): Promise<{ readonly end: RunEnd; readonly said: readonly string[] }>
  down(): Promise<void>
}

const hostName = 'runtime-1'

/** What looks like a kubelet to the steps: its flags, its files and a process that stays. It speaks to no runtime. */
const kubelet = `
printf '#!/bin/sh\\n[ -e /run/refuse ] && case "$*" in *containerd*) exit 1 ;; esac\\nsleep infinity\\n' > /usr/bin/kubelet
chmod 755 /usr/bin/kubelet
mkdir -p /etc/systemd/system /var/lib/kubelet
[ -e /var/lib/kubelet/kubeadm-flags.env ] || echo 'KUBELET_KUBEADM_ARGS="--network-plugin=cni --container-runtime=remote --container-runtime-endpoint=/run/containerd/containerd.sock"' > /var/lib/kubelet/kubeadm-flags.env
printf '[Service]\\nEnvironmentFile=/var/lib/kubelet/kubeadm-flags.env\\nExecStart=/usr/bin/kubelet $KUBELET_KUBEADM_ARGS\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl enable --quiet --now kubelet containerd
`

/**
 * @param releases of Debian whose containerd the host's repository has
 * @param prepare gives the host files before its boot
 * @param before is run on it before the kubelet starts
 */
export async function runtimeStage(
  releases: readonly string[],
  prepare?: (rig: RigHosts, host: string) => Promise<void>,
  before = '',
): Promise<RuntimeStage> {
  const files = await Promise.all(releases.map(containerdPackage))
  const rig = await makeHosts([hostName])
  const connections = sshConnections({ sshConfig: rig.sshConfig })
  let repository: AptRepository | undefined
  const down = async () => {
    await connections.close()
    await repository?.stop()
    await rig.down()
  }
  try {
    await prepare?.(rig, hostName)
    await rig.boot()
    const host = rig.host(hostName)
    if (files.length > 0) {
      repository = await startAptRepository(rig.network.gateway)
      await repository.publishFiles(files.map(({ file }) => file))
      await host.run(`echo '${repository.source}' > /etc/apt/sources.list.d/rig.list; apt-get -qq update`)
    }
    await host.run(`set -e\n${before}\n${kubelet}`)
    const ssh = sshHost({ name: hostName, address: hostName, become: 'none' }, connections)
    let runs = 0
    return {
      rig,
      host,
      versions: new Map(releases.map((release, index) => [release, files[index]?.version ?? ''])),
      image: async () => {
        const found = (await rigImages()).find(({ ref }) => ref === 'docker.io/library/busybox:1')
        if (found === undefined) throw new Error('the rig has no image busybox:1')
        return found.archive
      },
      async run(order, attempt = 1) {
        runs += 1
        const facts = parseHostFacts((await ssh.run(hostFactsScript(namedDisk(order.runtime)), 'facts')).stdout)
        if (facts.kind === 'Refused') throw new Error(facts.message)
        const made = runtimeRecipe({ ...standard, run: `run-${runs}`, ...order }, asKubelet(facts.facts))
        if (made.kind === 'Refused') throw new Error(made.message)
        const said: string[] = []
        const means = { host: ssh, say: (line: string) => said.push(line), sleep: () => sleep(200), now: Date.now }
        const end = await runRecipe({ recipe: made.recipe, attempt, files: new Map() }, means)
        return { end, said }
      },
      down,
    }
  } catch (error) {
    await down()
    throw error
  }
}

/** The stand-in is a script, whose process is the shell's: which version it is cannot be asked there. */
function asKubelet(facts: HostFacts): HostFacts {
  const programs = facts.programs.map((program) => (program.name === 'kubelet' ? { ...program, version: 'v1.23.17' } : program))
  return { ...facts, programs }
}

const standard: RuntimeOrder = {
  run: 'run',
  node: hostName,
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.23.17',
  part: 'Worker',
  runtime: { name: 'containerd' },
}

/** Debian's package of a release, kept in the rig's cache; its version is that of containerd alone: 1.7.24. */
async function containerdPackage(release: string): Promise<{ readonly file: string; readonly version: string }> {
  const folder = join(rigCache(), 'debian-packages', release)
  const note = join(folder, 'containerd.version')
  if (!existsSync(note)) {
    mkdirSync(folder, { recursive: true })
    const archive = await debianArchive(release, folder)
    const found = archive.find('containerd')
    if (found === undefined) throw new Error(`Debian's ${release} has no containerd`)
    const architecture = found.file.replace(/.*_/, '')
    writeFileSync(join(folder, `containerd_${found.version}_${architecture}`), await archive.fetch(found))
    writeFileSync(note, `containerd_${found.version}_${architecture}`)
  }
  const name = readFileSync(note, 'utf8')
  return { file: join(folder, name), version: /^containerd_(\d+\.\d+\.\d+)/.exec(name)?.[1] ?? '' }
}
