import data from './removed-settings.json' with { type: 'json' }

/** A program that ends at once at a flag or a feature gate that it does not know. */
export type FlaggedProgram = 'kubelet' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'

/** The minor of Kubernetes 1 that first refuses a flag; undefined when none is known that does. Source: flag registrations, minor by minor; release notes. */
export function flagRemovedIn(program: FlaggedProgram, flag: string): number | undefined {
  const byMinor: Readonly<Record<string, readonly string[]>> = data.flags[program]
  return minorWith(byMinor, (name) => name === flag)
}

/** The minor that first refuses a feature gate. Source: feature gate registrations, minor by minor. */
export function gateRemovedIn(gate: string): number | undefined {
  return minorWith(data.featureGates, (name) => name === gate)
}

function minorWith(byMinor: Readonly<Record<string, readonly string[]>>, isIt: (name: string) => boolean): number | undefined {
  const found = Object.entries(byMinor).find(([, names]) => names.some(isIt))?.[0]
  return found === undefined ? undefined : Number(found.slice('1.'.length))
}
