import { join } from 'node:path'
import { type AptRepository, startAptRepository } from '../apt-repository.ts'
import { type ImageRegistry, startImageRegistry } from '../image-registry.ts'
import type { RigHost } from '../rig-host.ts'
import type { RigHosts } from '../rig-hosts.ts'
import { saveJournals } from '../save-journals.ts'
import { type Haproxy, startHaproxy } from './haproxy.ts'

export interface Stoppable {
  stop(): Promise<void>
}

/** What runs on this machine for the hosts. */
export interface Services {
  readonly registry: ImageRegistry
  readonly repository: AptRepository
  readonly balancer: Haproxy
}

/** The hosts of a cluster and all that was started for them, which ends with them. */
export class Surroundings {
  readonly hosts: RigHosts
  readonly controlPlanes: readonly RigHost[]
  readonly workers: readonly RigHost[]
  readonly #started: Stoppable[] = []

  constructor(hosts: RigHosts, controlPlanes: number) {
    this.hosts = hosts
    this.controlPlanes = hosts.hosts.slice(0, controlPlanes)
    this.workers = hosts.hosts.slice(controlPlanes)
  }

  async start(): Promise<Services> {
    const { network, run } = this.hosts
    const registry = this.keep(await startImageRegistry(join(run.path, 'registry'), network.gateway))
    const repository = this.keep(await startAptRepository(network.gateway))
    const folder = join(run.path, 'haproxy')
    const balancer = this.keep(await startHaproxy({ folder, address: network.gateway, servers: this.controlPlanes }))
    return { registry, repository, balancer }
  }

  keep<T extends Stoppable>(one: T): T {
    this.#started.push(one)
    return one
  }

  async stop(): Promise<void> {
    await saveJournals(this.hosts)
    for (const one of this.#started.reverse()) await one.stop()
    await this.hosts.down()
  }
}
