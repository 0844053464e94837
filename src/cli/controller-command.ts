import { hostname } from 'node:os'
import { rootCertificates } from 'node:tls'
import { Command } from 'commander'
import pino from 'pino'
import { systemClock } from '../cluster/clock.ts'
import { createChannelFetch } from '../controller/channel-fetch.ts'
import { type ControllerFlags, controllerOptions } from '../controller/controller-options.ts'
import { runController } from '../controller/run-controller.ts'
import type { HostSource } from '../controller/shell.ts'
import { standAgain } from '../controller/stand-again.ts'
import { systemAuthorities } from '../controller/system-authorities.ts'
import { readReleases } from './read-releases.ts'
import { keepHeapSmall } from './small-heap.ts'

/** `falkirk controller`: serves Plans, in a cluster or from outside. Flags and environment are those of system-upgrade-controller. */
export function controllerCommand(): Command {
  return new Command('controller')
    .description('run the controller for Plans (upgrade.cattle.io/v1)')
    .option('--debug', 'log what is decided (SYSTEM_UPGRADE_CONTROLLER_DEBUG)')
    .option('--leader-elect', 'decide only while holding a Lease (SYSTEM_UPGRADE_CONTROLLER_LEADER_ELECT)')
    .option('--no-leader-elect', 'decide without a Lease')
    .option('--kubeconfig <file>', 'kubeconfig (SYSTEM_UPGRADE_CONTROLLER_KUBE_CONFIG); in a pod its service account')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--master <url>', "address of the API server instead of the kubeconfig's (SYSTEM_UPGRADE_CONTROLLER_MASTER_URL)")
    .option('--name <name>', 'name of this controller, on its Jobs and its Lease (SYSTEM_UPGRADE_CONTROLLER_NAME)')
    .option('--namespace <namespace>', 'the namespace whose Plans are served (SYSTEM_UPGRADE_CONTROLLER_NAMESPACE)')
    .option('--node-name <name>', 'node that events are told from (SYSTEM_UPGRADE_CONTROLLER_NODE_NAME)')
    .option('--threads <count>', 'Plans worked on at the same time (SYSTEM_UPGRADE_CONTROLLER_THREADS)')
    .option('--listen <address>', 'host:port of /healthz, /readyz and /metrics, empty for none (FALKIRK_LISTEN; :8080)')
    .option('--releases <file>', 'release data that are laid over those of this program (FALKIRK_RELEASES)')
    .option('--service-account <name>', 'accepted and ignored, as it always was')
    .action(run)
}

async function run(flags: ControllerFlags): Promise<void> {
  const { leaderElect, ...others } = flags
  const given = process.argv.some((a) => /^--(no-)?leader-elect/.test(a))
  await runControllerProcess(given && leaderElect !== undefined ? { ...others, leaderElect } : others)
}

export interface ProcessOptions {
  /** How it reaches hosts; absent: it does not. */
  readonly hosts?: HostSource
  /** A person has started it, and no kubelet would start another. */
  readonly standsAgain?: true
}

/** Runs the controller until SIGTERM or Ctrl-C, with the environment of this process. Throws as `runController`. */
export async function runControllerProcess(flags: ControllerFlags, { hosts, standsAgain }: ProcessOptions = {}): Promise<void> {
  keepHeapSmall()
  const options = controllerOptions(flags, process.env)
  const releases = await readReleases(options.releases)
  const log = pino({ level: options.debug ? 'debug' : 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'stops')
      stop.abort()
    })
  }
  const channelFetch = createChannelFetch([...rootCertificates, ...systemAuthorities(process.env)])
  try {
    const { random } = Math
    const { signal } = stop
    const ports = {
      env: process.env,
      clock: systemClock,
      random,
      log,
      channelFetch,
      releases,
      ...(hosts === undefined ? {} : { hosts }),
      hostName: hostname(),
      interactive: process.stdin.isTTY === true,
      signal,
    }
    const serve = () => runController(options, ports)
    await (standsAgain ? standAgain(serve, { signal, onLost: () => log.warn({}, 'stands for election again') }) : serve())
  } finally {
    await channelFetch.close()
  }
}
