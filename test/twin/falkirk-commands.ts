import { runUpgrade } from '../../src/cli/run-upgrade.ts'
import { changeRun, type RunChange } from '../../src/cli/upgrade/change-run.ts'
import type { CommandPorts } from '../../src/cli/upgrade/terminal.ts'
import { type WishFlags, wishedUpgrade } from '../../src/cli/upgrade/wished-upgrade.ts'
import { type ApiClient, createApiClient } from '../../src/cluster/api-client.ts'
import { discoverServer } from '../../src/cluster/server-capabilities.ts'
import { shippedReleases } from '../../src/core/version/shipped-releases.ts'
import type { VirtualCluster } from './virtual-cluster.ts'

/** `falkirk upgrade` while it follows its run. */
export interface UpgradeCommand {
  /** What it has written so far, to standard output and to standard error. */
  readonly output: () => string
  /** Undefined while it goes on. */
  readonly exitCode: () => number | undefined
}

/** The commands of a ClusterUpgrade as an administrator types them, in virtual time. */
export class FalkirkCommands {
  readonly #cluster: VirtualCluster

  constructor(cluster: VirtualCluster) {
    this.#cluster = cluster
  }

  /** Each command is a process of its own: it asks the API server anew what it is. */
  async #connect(): Promise<ApiClient> {
    const { twin, clock } = this.#cluster
    const transport = twin.transport({ username: 'admin', groups: ['system:masters', 'system:authenticated'] })
    return createApiClient(transport, await discoverServer(transport), { clock })
  }

  /** `falkirk upgrade` with these flags; a refusal is written as the program does, and ends with 2. */
  upgrade(flags: WishFlags): UpgradeCommand {
    const lines: string[] = []
    let exitCode: number | undefined
    const ports = this.#ports((text) => void lines.push(text))
    const options = { view: 'Text', lostAfterMs: 300_000, namespace: 'system-upgrade', releases: shippedReleases() } as const
    const run = async () => await runUpgrade(await this.#connect(), { wish: wishedUpgrade(flags, undefined), ...options }, ports)
    run().then(
      (code) => {
        exitCode = code
      },
      (error: unknown) => {
        lines.push(String(error))
        exitCode = 2
      },
    )
    return { output: () => lines.join('\n'), exitCode: () => exitCode }
  }

  /** `falkirk pause`, `continue` or `cancel`; gives what it says. */
  async change(change: RunChange): Promise<string> {
    return await changeRun(await this.#connect(), undefined, change)
  }

  #ports(write: (text: string) => void): CommandPorts {
    const { clock } = this.#cluster
    const every = (ms: number, callback: () => void) => {
      let cancel = clock.after(ms, function again() {
        callback()
        cancel = clock.after(ms, again)
      })
      return () => cancel()
    }
    const signal = new AbortController().signal
    return {
      write,
      warn: write,
      size: () => undefined,
      colours: false,
      now: () => clock.now(),
      every,
      onResize: () => () => {},
      signal,
      random: () => 0.5,
    }
  }
}
