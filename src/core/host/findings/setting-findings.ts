import { blocks, type Finding, type HostView, note } from '../finding.ts'
import { flagsOf, gatesOf, kubeletSettings } from '../kubelet-settings.ts'
import { type FlaggedProgram, flagRemovedIn, gateRemovedIn } from '../removed-settings.ts'

/**
 * Flags and feature gates that the target, or a version on the way to it, no longer knows: their program ends at once. What a running program has is
 * known to its own version.
 */
export function settingFindings(view: HostView): readonly Finding[] {
  const { target, layout } = view
  // k3s and RKE2 write the flags of their programs themselves
  if (target === undefined || layout.distribution === 'k3s' || layout.distribution === 'rke2') return []
  return [...kubeletFindings(view), ...removedFromControlPlane(view)]
}

function isLostOnTheWay(minor: number | undefined, { layout, target }: HostView): minor is number {
  return minor !== undefined && target !== undefined && minor <= target.minor && minor > (layout.version?.minor ?? 0)
}

function kubeletFindings(view: HostView): readonly Finding[] {
  const removed = removedFromKubelet(view)
  if (view.layout.distribution !== 'kubeadm') return told('kubelet', [...removed.flags, ...removed.gates])
  return takenOut([...removed.flags, ...removed.gates])
}

/** What the kubelet of a host is given and one on the way to the target no longer knows. */
export function removedFromKubelet(view: HostView): { readonly flags: readonly Removed[]; readonly gates: readonly Removed[] } {
  const settings = kubeletSettings(view.facts)
  const flags = [...settings.flags.keys()].flatMap((flag) => {
    const minor = flagRemovedIn('kubelet', flag)
    if (!isLostOnTheWay(minor, view) || isTakenOutByKubeadm(flag, view)) return []
    return [{ name: flag, text: `--${flag}`, minor, place: placeOf(`--${flag}`, view) }]
  })
  const gates = settings.featureGates.flatMap((gate) => {
    const minor = gateRemovedIn(gate)
    if (!isLostOnTheWay(minor, view)) return []
    return [{ name: gate, text: `feature gate ${gate}`, minor, place: view.facts.kubelet.configPath ?? placeOf(gate, view) }]
  })
  return { flags, gates }
}

/** Source: kubeadm 1.35 strips it from its own file. */
function isTakenOutByKubeadm(flag: string, view: HostView): boolean {
  return flag === 'pod-infra-container-image' && placeOf(`--${flag}`, view) === '/var/lib/kubelet/kubeadm-flags.env'
}

function placeOf(text: string, { facts }: HostView): string {
  const file = facts.kubelet.environment.find(({ lines }) => lines.some((line) => line.includes(text)))
  return file?.path ?? facts.services.find(({ name }) => name === 'kubelet.service')?.file ?? 'its command line'
}

const controlPlanePrograms = [
  { program: 'kube-apiserver', field: 'apiServer' },
  { program: 'kube-controller-manager', field: 'controllerManager' },
  { program: 'kube-scheduler', field: 'scheduler' },
] as const

/** kubeadm wrote these itself, and writes its manifests anew at each upgrade. */
const kubeadmsOwn = new Set(['kube-apiserver insecure-port', 'kube-controller-manager port', 'kube-scheduler port'])

/** What the control plane of a host is given and one on the way to the target no longer knows; each blocks the hop. */
export function removedFromControlPlane(view: HostView): readonly Finding[] {
  const { facts, layout } = view
  return controlPlanePrograms.flatMap(({ program, field }) => {
    const pod = facts.staticPods.find(({ path }) => path.includes(`/${program}.`))
    const unit = facts.services.find(({ name }) => name === `${program}.service`)
    const flags = flagsOf(pod?.arguments ?? unit?.command?.split(' ') ?? [])
    const place = pod === undefined ? (unit?.file ?? 'its unit') : `${field}.extraArgs of ConfigMap kube-system/kubeadm-config`
    const isOwn = (flag: string) => layout.distribution === 'kubeadm' && kubeadmsOwn.has(`${program} ${flag}`)
    const ofFlags = [...flags.keys()].flatMap((flag) => {
      const minor = flagRemovedIn(program, flag)
      return !isLostOnTheWay(minor, view) || isOwn(flag) ? [] : [{ name: flag, text: `--${flag}`, minor, place }]
    })
    const ofGates = gatesOf(flags.get('feature-gates') ?? '').flatMap((gate) => {
      const minor = gateRemovedIn(gate)
      return !isLostOnTheWay(minor, view) ? [] : [{ name: gate, text: `feature gate ${gate}`, minor, place }]
    })
    return told(program, [...ofFlags, ...ofGates])
  })
}

interface Removed {
  /** As it is written: `network-plugin`. */
  readonly name: string
  readonly text: string
  readonly minor: number
  readonly place: string
}

/** Those of one minor and one place together. */
function told(program: FlaggedProgram, removed: readonly Removed[]): readonly Finding[] {
  return grouped(removed).map((group) => {
    const names = group.map(({ text }) => text).join(', ')
    const { minor = 0, place = '' } = group[0] ?? {}
    const message = `${program} has ${names}, and one of v1.${minor} does not start with ${group.length === 1 ? 'it' : 'them'}`
    return blocks('removed-setting', message, `take ${group.length === 1 ? 'it' : 'them'} out of ${place} before that hop`)
  })
}

/** The recipe for kubeadm hosts takes them out itself. */
function takenOut(removed: readonly Removed[]): readonly Finding[] {
  return grouped(removed).map((group) => {
    const names = group.map(({ text }) => text).join(', ')
    const { minor = 0, place = '' } = group[0] ?? {}
    const them = group.length === 1 ? 'it' : 'them'
    const message = `kubelet has ${names}, and one of v1.${minor} does not start with ${them}`
    return note(
      'removed-setting',
      message,
      `the step takes ${them} out of ${place} before that kubelet starts, and keeps the file as it was`,
    )
  })
}

function grouped(removed: readonly Removed[]): readonly (readonly Removed[])[] {
  const groups = new Map<string, Removed[]>()
  for (const each of removed) groups.set(`${each.minor} ${each.place}`, [...(groups.get(`${each.minor} ${each.place}`) ?? []), each])
  return [...groups.values()]
}
