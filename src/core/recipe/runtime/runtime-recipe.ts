import type { HostFacts } from '../../host/host-facts.ts'
import { type HostLayout, layoutOf } from '../../host/layout.ts'
import { compareEtcd, parseEtcdVersion } from '../../version/etcd-version.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { hostOrderId } from '../host-order.ts'
import { packageManagerScript } from '../os/scripts/package-manager.ts'
import type { HostRecipe, RunStep } from '../recipe-step.ts'
import { goneInContainerd2 } from './containerd-settings.ts'
import { switchScripts, switchSteps } from './docker-switch.ts'
import type { RuntimeOrder, RuntimeSteps } from './runtime-order.ts'
import { runtimeBase } from './scripts/runtime-base.ts'
import { fetchContainerdScript, upgradeContainerdScript } from './scripts/upgrade-containerd.ts'
import type { MakeStep } from './step-maker.ts'

/** Seconds that another's lock of the package manager is waited for. */
const lockSeconds = 600
/** Seconds for a package, or for images, to be fetched or written. */
const longLimit = 3_600
/** Seconds in which containerd and the kubelet have to be up, and for which the kubelet has to stay up. */
const upWithin = 300
const steady = 10

/** Everything that a host may be told to run for it, but for its package manager's words. */
export const runtimeScripts = [runtimeBase, fetchContainerdScript, upgradeContainerdScript, ...switchScripts]

/** The change of a host's container runtime as a recipe of its own. */
export function runtimeRecipe(order: RuntimeOrder, facts: HostFacts): HostRecipe {
  const found = runtimeSteps(order, facts)
  if (found.kind === 'Refused') return found
  const { steps, undo } = found
  const scripts = [...steps, ...(undo === undefined ? [] : [undo])].map((step) => step.script)
  return { kind: 'Recipe', recipe: { id: hostOrderId(order, scripts), steps, ...(undo === undefined ? {} : { undo }) } }
}

/**
 * From docker to containerd, and from one containerd to another. `Stage` fetches packages and copies images; `Change` is for a drained node. No steps
 * where the host has what is wanted. Source: Kubernetes, "Changing the container runtime on a node from dockershim to containerd"; containerd, RELEASES.md.
 */
function runtimeSteps(order: RuntimeOrder, facts: HostFacts): RuntimeSteps {
  const layout = layoutOf(facts)
  const problem = problemOf(order, facts, layout)
  if (problem !== undefined) return { kind: 'Refused', message: problem }
  const make = stepMaker(order, facts)
  const upgrade = upgradeSteps(order, facts, make)
  // whoever goes on after the switch finds containerd there
  if (layout.runtime?.name !== 'docker' && order.runtime.from !== 'docker') return { kind: 'Steps', steps: upgrade }
  const switched = switchSteps(order, facts, layout.version?.minor ?? 0, make)
  return switched.kind === 'Refused' ? switched : { ...switched, steps: [...switched.steps, ...upgrade] }
}

/** Why nothing can be done; undefined where something can. */
function problemOf(order: RuntimeOrder, facts: HostFacts, { distribution, runtime, version: kubelet }: HostLayout): string | undefined {
  const name = runtime?.name ?? 'unknown'
  if (facts.os.init !== 'systemd') return 'this host is not run by systemd, and steps know nothing else: change its runtime yourself'
  if (distribution === 'k3s' || distribution === 'rke2')
    return `${distribution} brings its own containerd: it changes with ${distribution} itself`
  if (name !== 'docker' && name !== 'containerd') {
    return `the runtime of this host is ${name === 'unknown' ? 'not known' : name}, and steps know docker and containerd: change it yourself`
  }
  const wanted = parseEtcdVersion(order.runtime.version ?? '')
  if (wanted === undefined) return undefined
  return versionProblem(wanted, order, { facts, kubeletMinor: kubelet?.minor })
}

interface Beside {
  readonly facts: HostFacts
  readonly kubeletMinor: number | undefined
}

/** Source: containerd, RELEASES.md, "Kubernetes Support": 2.x has CRI v1 alone, a kubelet of v1.26 wants CRI v1. */
function versionProblem(
  wanted: readonly [number, number, number],
  order: RuntimeOrder,
  { facts, kubeletMinor }: Beside,
): string | undefined {
  const text = wanted.join('.')
  const is = containerdOf(facts)
  if (is !== undefined && compareEtcd(is, wanted) > 0) return `containerd ${is.join('.')} is there, and is never taken back to ${text}`
  if (wanted[0] >= 2 && kubeletMinor !== undefined && kubeletMinor < 23) {
    return `containerd ${text} has CRI v1 alone, which a kubelet of v1.${kubeletMinor} does not speak: bring the kubelet to v1.23 first`
  }
  const hop = parseVersion(order.version)
  if (hop !== undefined && hop.minor >= 26 && compareEtcd(wanted, [1, 6, 0]) < 0) {
    return `containerd ${text} has no CRI v1, and a kubelet of ${order.version} does not register beside it: ask for 1.7`
  }
  const gone = wanted[0] >= 2 ? goneInContainerd2(facts.runtime.config) : undefined
  if (gone !== undefined) return gone
  const { manager } = facts.packages
  if (manager === 'apt-get' || manager === 'dnf' || manager === 'yum') return undefined
  return `containerd is upgraded by apt-get, dnf or yum, and this host has ${manager ?? 'none of them'}: upgrade it yourself`
}

function upgradeSteps(order: RuntimeOrder, { packages, programs }: HostFacts, make: MakeStep): readonly RunStep[] {
  const { version } = order.runtime
  // where the version is there already the steps find their results, or go on with what was begun
  if (version === undefined) return []
  const isApt = (packages.manager ?? 'apt-get') === 'apt-get'
  // words in capitals are found out on the host
  const name = isApt ? `${packageOf(programs)}=${version}-BUILD` : `${packageOf(programs)}-${version}-*`
  const install = isApt ? 'apt-get -y install' : `${packages.manager} -y install`
  const fetch = make({
    name: 'fetch-containerd',
    does: `fetches containerd ${version}`,
    commands: [`${install} ${isApt ? '--download-only' : '--downloadonly'} ${name}`],
    disturbs: false,
    script: fetchContainerdScript,
    limitSeconds: lockSeconds + longLimit,
  })
  if (order.step === 'Stage') return [fetch]
  const upgrade = make({
    name: 'upgrade-containerd',
    does: `stops the kubelet, installs containerd ${version}, and starts both`,
    commands: [
      'systemctl stop kubelet',
      `${install} ${name}`,
      ...(/^[01]\./.test(version) ? [] : ['containerd config migrate']),
      'systemctl restart containerd',
      'systemctl start kubelet',
    ],
    disturbs: true,
    script: upgradeContainerdScript,
    limitSeconds: lockSeconds + longLimit,
  })
  return [fetch, upgrade]
}

function packageOf(programs: HostFacts['programs']): string {
  return programs.find(({ name }) => name === 'containerd')?.package ?? 'containerd'
}

function containerdOf({ programs }: HostFacts): readonly [number, number, number] | undefined {
  const text = programs.find(({ name }) => name === 'containerd')?.version
  return parseEtcdVersion((text ?? '').replace(/^v/, '').replace(/[~+-].*/, ''))
}

/** All steps have the same values, and the same functions before their own. */
function stepMaker(order: RuntimeOrder, { packages, programs }: HostFacts): MakeStep {
  const manager = packages.manager ?? 'apt-get'
  const parameters = {
    manager,
    package: packageOf(programs),
    version: order.runtime.version ?? '',
    packages: 'All',
    own_packages: '^$',
    change: hostOrderId({ ...order, step: 'Change' }, []),
    lock_seconds: String(lockSeconds),
    wait_seconds: String(upWithin),
    steady_seconds: String(steady),
  }
  const functions = `${packageManagerScript(manager)}${runtimeBase}`
  return ({ parameters: more, ...step }) => ({
    ...step,
    kind: 'Run',
    parameters: { ...parameters, ...more },
    script: `${functions}${step.script}`,
  })
}
