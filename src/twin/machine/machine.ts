import type { Taint } from 'kubernetes-types/core/v1'
import type { Distribution } from './distribution.ts'

/** What a file on a machine is known by; its text only where somebody reads it. */
export interface MachineFile {
  readonly content?: string
  /** Of what is too large to be kept (a binary): any text that differs when it does. */
  readonly digest?: string
}

/** A service of the machine's init system. `version` is that of the program that runs now, not of the file it was started from. */
export interface MachineUnit {
  readonly active: boolean
  readonly enabled: boolean
  readonly version?: string
}

export interface MachinePackage {
  readonly version: string
  /** Left where it is by an upgrade of all packages. */
  readonly held: boolean
}

/** An image in the store of the machine's runtime. */
export interface MachineImage {
  readonly bytes: number
}

/** A Server runs a part of the control plane, an Agent only pods. */
export type MachineRole = 'Server' | 'Agent'

/** A machine as it is at one moment. Immutable: a change is a new machine that shares what has stayed. */
export interface Machine {
  readonly name: string
  readonly distribution: Distribution
  readonly role: MachineRole
  /** Of the kubelet that runs, `v1.20.2+k3s1`. */
  readonly kubeletVersion: string
  /** Newly made at every boot. */
  readonly bootId: string
  readonly machineId: string
  readonly kernelVersion: string
  readonly osImage: string
  readonly architecture: string
  /** `containerd`, `docker`, `cri-o`. */
  readonly runtime: { readonly name: string; readonly version: string }
  /** Quantities: `{cpu: '8', memory: '32Gi', pods: '110'}`. */
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  readonly address: string
  /** Where its kubelet serves the logs of its containers; absent where nobody asks it. */
  readonly kubeletPort?: number
  readonly files: ReadonlyMap<string, MachineFile>
  readonly units: ReadonlyMap<string, MachineUnit>
  readonly packages: ReadonlyMap<string, MachinePackage>
  /** What the kubelet registers its node with. */
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
}

/** `undefined` takes the file away. */
export function withFile(machine: Machine, path: string, file: MachineFile | undefined): Machine {
  return { ...machine, files: changed(machine.files, path, file) }
}

export function withUnit(machine: Machine, name: string, unit: MachineUnit): Machine {
  return { ...machine, units: changed(machine.units, name, unit) }
}

export function withPackage(machine: Machine, name: string, pack: MachinePackage): Machine {
  return { ...machine, packages: changed(machine.packages, name, pack) }
}

function changed<T>(map: ReadonlyMap<string, T>, key: string, value: T | undefined): ReadonlyMap<string, T> {
  const next = new Map(map)
  if (value === undefined) next.delete(key)
  else next.set(key, value)
  return next
}
