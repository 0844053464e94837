import { compareUpstream, parseVersion } from '../../../core/version/kubernetes-version.ts'
import type { ContainerStart, ImageBehaviour } from '../../kubelet/image-behaviour.ts'
import type { ContainerCourse } from '../../kubelet/pod/container-course.ts'
import type { Distribution } from '../distribution.ts'
import { envValue, imageName, isImage } from '../image-name.ts'
import { installedVersion, serviceOf } from '../kubernetes-service.ts'
import type { Machine } from '../machine.ts'
import type { ServiceRestart } from '../machine-effect.ts'
import type { PrepareContainer } from './prepare-container.ts'

export interface RancherUpgradeOptions {
  /** Waits for another plan, as the argument `prepare` asks for. */
  readonly prepare: PrepareContainer
  /** Seconds to find and replace the program; 3 unless told. */
  readonly workSeconds?: number
  readonly restart?: ServiceRestart
}

/** `rancher/k3s-upgrade`: replaces the program and ends it; refuses to go back. Source: k3s-upgrade, upgrade.sh. */
export function k3sUpgrade(options: RancherUpgradeOptions): ImageBehaviour {
  return (start) => (runs(start, 'rancher/k3s-upgrade') ? rancherCourse(start, 'k3s', options) : undefined)
}

/** `rancher/rke2-upgrade`: the same for RKE2, which goes back when it is told to. Source: rke2-upgrade, upgrade.sh. */
export function rke2Upgrade(options: RancherUpgradeOptions): ImageBehaviour {
  return (start) => (runs(start, 'rancher/rke2-upgrade') ? rancherCourse(start, 'rke2', options) : undefined)
}

/** Whether a container runs the script of an image: a command of its own takes the place of the entry point. */
function runs({ container }: ContainerStart, image: string): boolean {
  const [command] = container.command ?? []
  return isImage(container, image) && (command === undefined || command === 'prepare' || command.endsWith('upgrade.sh'))
}

/** What an upgrade image wants on a node: the version it holds, which its tag names. */
export function wantedVersion({ container, pod }: Pick<ContainerStart, 'container' | 'pod'>): string | undefined {
  const tagged = parseVersion(imageName(container.image ?? '').tag)
  if (tagged !== undefined) return tagged.text
  const planned = envValue(container, 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION') ?? pod.metadata?.labels?.['upgrade.cattle.io/version'] ?? ''
  return parseVersion(planned)?.text
}

function rancherCourse(start: ContainerStart, distribution: Distribution, options: RancherUpgradeOptions): Partial<ContainerCourse> {
  const { container } = start
  const [verb, plan] = [...(container.command ?? []), ...(container.args ?? [])].filter((word) => !word.includes('/'))
  if (verb === 'prepare') return options.prepare(start, plan ?? '')
  const { workSeconds = 3, restart } = options
  const refusal = refusalOf(start, distribution)
  if (refusal !== undefined) return { seconds: workSeconds, exitCode: 1, log: `[ERROR] ${refusal}\n` }
  const version = wantedVersion(start) ?? ''
  const { binary } = serviceOf(start.machine)
  if (installedVersion(start.machine) === version) {
    return { seconds: 1, exitCode: 0, log: `[INFO] ${distribution} binary ${binary} has been replaced already\n` }
  }
  return {
    seconds: workSeconds,
    exitCode: 0,
    log: `[INFO] replacing ${binary} (${installedVersion(start.machine)}) with ${version}\n[INFO] ending the ${distribution} process\n`,
    effects: [{ kind: 'ReplaceKubernetes', version, ...(restart === undefined ? {} : { restart }) }],
  }
}

function refusalOf(start: ContainerStart, distribution: Distribution): string | undefined {
  const { machine } = start
  if (machine.distribution !== distribution) return `no ${distribution} process on this node`
  const version = wantedVersion(start)
  if (version === undefined) return 'the image has no tag that is a version'
  if (distribution === 'k3s' && isLower(version, machine)) {
    return `refusing to lower ${installedVersion(machine)} to ${version}`
  }
  return undefined
}

function isLower(version: string, machine: Machine): boolean {
  const [wanted, current] = [parseVersion(version), parseVersion(installedVersion(machine))]
  return wanted !== undefined && current !== undefined && compareUpstream(wanted, current) < 0
}
