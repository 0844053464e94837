import { assertNever } from '../../core/assert-never.ts'
import { withControlPlane } from './kubeadm-manifests.ts'
import { withBinary, withServiceRestarted } from './kubernetes-service.ts'
import { type Machine, type MachineFile, withFile, withPackage } from './machine.ts'

/** What a container does to the machine under it. */
export type MachineEffect =
  /** Puts a Kubernetes of that version in place and ends the service, which is started again. */
  | { readonly kind: 'ReplaceKubernetes'; readonly version: string; readonly restart?: ServiceRestart }
  /** Packages get these versions; one that is held is left unless it is named in `unheld`. */
  | { readonly kind: 'UpgradePackages'; readonly versions: Readonly<Record<string, string>>; readonly unheld?: readonly string[] }
  /** Packages are held at their version, or let go. */
  | { readonly kind: 'HoldPackages'; readonly names: readonly string[]; readonly held: boolean }
  /** The static pods of a kubeadm control plane get the images of that version. */
  | { readonly kind: 'ReplaceControlPlane'; readonly version: string }
  | { readonly kind: 'RestartKubelet'; readonly restart?: ServiceRestart }
  | { readonly kind: 'Reboot'; readonly kernelVersion?: string }
  | { readonly kind: 'WriteFile'; readonly path: string; readonly file: MachineFile | undefined }

/** How a service comes back. */
export interface ServiceRestart {
  /** Seconds without a word of the kubelet; the profile's unless told. */
  readonly awaySeconds?: number
  /** Whether the node says Ready=False when the kubelet is back, until it has looked at its runtime. */
  readonly unready?: boolean
}

/** How a machine looks right after an effect. What runs on it is the same until its service or the machine itself has been started again. */
export function applyEffect(machine: Machine, effect: MachineEffect): Machine {
  switch (effect.kind) {
    case 'ReplaceKubernetes':
      return withBinary(machine, effect.version)
    case 'UpgradePackages':
      return upgradePackages(machine, effect)
    case 'HoldPackages':
      return holdPackages(machine, effect)
    case 'ReplaceControlPlane':
      return withControlPlane(machine, effect.version)
    case 'WriteFile':
      return withFile(machine, effect.path, effect.file)
    case 'RestartKubelet':
      return machine
    case 'Reboot':
      return effect.kernelVersion === undefined ? machine : { ...machine, kernelVersion: effect.kernelVersion }
    default:
      return assertNever(effect)
  }
}

/** A machine whose service has come back. */
export function restarted(machine: Machine): Machine {
  return withServiceRestarted(machine)
}

/** A machine that has booted: everything runs from what is on the disk. */
export function rebooted(machine: Machine, bootId: string): Machine {
  return { ...withServiceRestarted(machine), bootId }
}

function upgradePackages(machine: Machine, { versions, unheld = [] }: Extract<MachineEffect, { kind: 'UpgradePackages' }>): Machine {
  let next = machine
  for (const [name, version] of Object.entries(versions)) {
    const before = machine.packages.get(name)
    if (before?.held === true && !unheld.includes(name)) continue
    next = withPackage(next, name, { version, held: before?.held ?? false })
    if (name === 'kubelet' && /^\d+\.\d+\.\d+/.test(version)) next = withBinary(next, `v${version.replace(/[-+~].*$/, '')}`)
  }
  return next
}

function holdPackages(machine: Machine, { names, held }: Extract<MachineEffect, { kind: 'HoldPackages' }>): Machine {
  return names.reduce((next, name) => {
    const before = next.packages.get(name)
    return before === undefined ? next : withPackage(next, name, { ...before, held })
  }, machine)
}
