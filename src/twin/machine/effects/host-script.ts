import type { ImageBehaviour } from '../../kubelet/image-behaviour.ts'
import type { Machine } from '../machine.ts'
import { applyEffect, type MachineEffect } from '../machine-effect.ts'
import { readScript, scriptOf } from './shell-script.ts'

/** Seconds for the parts of a script that change packages. */
const packageSeconds = 20

/** Containers that run a script on their host (`chroot /host`, `nsenter -t 1`): package upgrades and reboots have their effect on the machine. */
export const hostScript: ImageBehaviour = ({ container, machine }) => {
  const script = scriptOf(container)
  if (script === undefined || !/\bchroot\s+\/host\b|\bnsenter\b/.test(script)) return undefined
  const known = readScript(script) ?? { seconds: 0, exitCode: 0, log: '' }
  const effects = hostEffects(script, machine)
  const slow = effects.filter(({ kind }) => kind === 'UpgradePackages' || kind === 'ReplaceControlPlane').length
  return { ...known, seconds: known.seconds + slow * packageSeconds, effects }
}

/** Plain images with a script that says how long it takes and how it ends. */
export const plainScript: ImageBehaviour = ({ container }) => {
  const script = scriptOf(container)
  return script === undefined ? undefined : readScript(script)
}

/** What a script changes on its machine: packages, the control plane, then a restart of the kubelet or the machine. */
export function hostEffects(script: string, machine: Machine): readonly MachineEffect[] {
  const packages = packageEffect(script, machine.packages.keys())
  const after = packages === undefined ? machine : applyEffect(machine, packages)
  const controlPlane = kubeadmVersion(script, after)
  return [
    ...(packages === undefined ? [] : [packages]),
    ...(controlPlane === undefined ? [] : [{ kind: 'ReplaceControlPlane', version: controlPlane } as const]),
    ...(/\bsystemctl\s+restart\s+kubelet\b/.test(script) ? [{ kind: 'RestartKubelet' } as const] : []),
    ...(/(?:^|[\s;&|])(?:reboot|shutdown\s+-r)\b(?!-)/.test(script) ? [{ kind: 'Reboot' } as const] : []),
  ]
}

/** `kubeadm upgrade apply vX` brings its own target, `upgrade node` that of the kubeadm on the disk. Source: kubeadm upgrade. */
function kubeadmVersion(script: string, machine: Machine): string | undefined {
  if (machine.role !== 'Server') return undefined
  const applied = /\bkubeadm\s+upgrade\s+apply\s+(?:-\S+\s+)*(v\d+\.\d+\.\d+)/.exec(script)?.[1]
  if (applied !== undefined || !/\bkubeadm\s+upgrade\s+node\b/.test(script)) return applied
  const numbers = /^\d+\.\d+\.\d+/.exec(machine.packages.get('kubeadm')?.version ?? '')?.[0]
  return numbers === undefined ? undefined : `v${numbers}`
}

function packageEffect(script: string, installed: Iterable<string>): MachineEffect | undefined {
  if (!/\b(?:apt-get|apt|yum|dnf|zypper)\b/.test(script)) return undefined
  const matches = script.matchAll(/(?<![\w.-])([a-z][a-z0-9+.-]+)=([0-9][^\s'";&|]*)/g)
  const named = [...matches].map(([, name = '', version = '']): [string, string] => [name, version.replace(/\*$/, '')])
  const unheld = [...script.matchAll(/apt-mark\s+unhold\s+([a-z0-9 +.-]+)/g)].flatMap(([, names = '']) => names.trim().split(/\s+/))
  const all = /\b(?:upgrade|dist-upgrade|full-upgrade)\b/.test(script.replaceAll(/kubeadm\s+upgrade/g, ''))
  const versions = Object.fromEntries([...(all ? [...installed].map((name) => [name, 'newest']) : []), ...named])
  return { kind: 'UpgradePackages', versions, unheld }
}
