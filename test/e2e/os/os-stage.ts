import { setTimeout as sleep } from 'node:timers/promises'
import { hostFactsScript } from '../../../src/core/host/facts-script.ts'
import { parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { type OsOrder, osRecipe } from '../../../src/core/recipe/os/os-recipe.ts'
import type { Recipe } from '../../../src/core/recipe/recipe-step.ts'
import { type RunEnd, runRecipe } from '../../../src/node/run-recipe.ts'
import { sshConnections } from '../../../src/node/ssh/ssh-connections.ts'
import { type SshHost, sshHost } from '../../../src/node/ssh/ssh-host.ts'
import { type AptRepository, startAptRepository } from '../../rig/apt-repository.ts'
import type { RigHost } from '../../rig/rig-host.ts'
import { makeHosts } from '../../rig/rig-hosts.ts'

/** A whole host with apt, an apt repository that it reads, and orders carried out on it over SSH. */
export interface OsStage {
  readonly host: RigHost
  readonly ssh: SshHost
  readonly repository: AptRepository
  /** An order of a run of its own, unless it is told which. */
  run(order: Partial<OsOrder>, options?: RunOptions): Promise<Ran>
  /** Version of a package as the host has it. */
  version(name: string): Promise<string>
  down(): Promise<void>
}

export interface RunOptions {
  readonly attempt?: number
  /** Seconds to wait for another's lock. */
  readonly lockSeconds?: number
}

export interface Ran {
  readonly end: RunEnd
  readonly said: readonly string[]
}

const hostName = 'os-1'

/** What a kubelet and its like are to a reboot: services that run and come back. */
const services = `
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/kubelet.service
systemctl daemon-reload
systemctl enable --quiet --now kubelet containerd
`

export async function osStage(): Promise<OsStage> {
  const rig = await makeHosts([hostName])
  const connections = sshConnections({ sshConfig: rig.sshConfig })
  let repository: AptRepository | undefined
  const down = async () => {
    await connections.close()
    await repository?.stop()
    await rig.down()
  }
  try {
    await rig.boot()
    repository = await startAptRepository(rig.network.gateway)
    const host = rig.host(hostName)
    await host.run(`${services} echo '${repository.source}' > /etc/apt/sources.list.d/rig.list`)
    const ssh = sshHost({ name: hostName, address: hostName, become: 'none' }, connections)
    let runs = 0
    return {
      host,
      ssh,
      repository,
      async run(order, options = {}) {
        runs += 1
        return await carryOut(ssh, { ...standard, run: `run-${runs}`, ...order }, options)
      },
      version: async (name) => (await host.run(`dpkg-query -W -f '\${db:Status-Status} \${Version}' ${name}`)).trim(),
      down,
    }
  } catch (error) {
    await down()
    throw error
  }
}

const standard: OsOrder = {
  run: 'run',
  node: hostName,
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.20.2',
  part: 'Worker',
  os: { packages: 'All', reboot: 'IfRequired' },
}

async function carryOut(ssh: SshHost, order: OsOrder, { attempt = 1, lockSeconds = 600 }: RunOptions): Promise<Ran> {
  const found = parseHostFacts((await ssh.run(hostFactsScript(), 'facts')).stdout)
  if (found.kind === 'Refused') throw new Error(found.message)
  const made = osRecipe(order, found.facts)
  if (made.kind === 'Refused') throw new Error(made.message)
  const said: string[] = []
  const means = { host: ssh, say: (line: string) => said.push(line), sleep: () => sleep(200), now: Date.now }
  const end = await runRecipe({ recipe: waiting(made.recipe, lockSeconds), attempt, files: new Map() }, means)
  return { end, said }
}

/** The same recipe with another patience. */
function waiting(recipe: Recipe, lockSeconds: number): Recipe {
  return {
    ...recipe,
    steps: recipe.steps.map((step) => ({ ...step, parameters: { ...step.parameters, lock_seconds: String(lockSeconds) } })),
  }
}
