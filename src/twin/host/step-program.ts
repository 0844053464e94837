import type { ControlPlane } from '../machine/control-plane.ts'
import type { Machine } from '../machine/machine.ts'
import type { MachineEffect } from '../machine/machine-effect.ts'

/** What a step does to a machine, as its script does it to a host. */
export interface StepProgram {
  /** Whether its result is there, whoever has done it. */
  probe(at: StepPlace): boolean
  /**
   * Yields the seconds that pass between one effect and the next: there it can be ended by a reboot, without another word, or by a failure,
   * which is thrown into it. @throws StepFailed
   */
  act(at: StepPlace): StepCourse
}

export type StepCourse = Generator<number, void, void>

/** What a step works with. */
export interface StepPlace {
  readonly node: string
  /** Name of the step: what it leaves is found under it. */
  readonly step: string
  /** Identity of its recipe. */
  readonly recipe: string
  /** What its script finds as a variable. @throws RangeError for one that it does not have */
  value(name: string): string
  readonly disk: HostDisk
  readonly cluster: HostCluster
  machine(): Machine
  apply(effect: MachineEffect): void
}

/** What steps leave on a host. It stays over a reboot. */
export class HostDisk {
  /** Steps that say that they are done, as `RECIPE STEP`. */
  readonly marks = new Set<string>()
  /** By the identity of the change: the machine as it was before. */
  readonly backups = new Map<string, Machine>()
  /** Versions of kubeadm that lie beside the one that is installed. */
  readonly staged = new Set<string>()
  /** Minor that the file of the packages' repository names; that of the kubelet until it was changed. */
  repositoryMinor: string | undefined
}

/** What the hosts of one cluster share. */
export interface HostCluster {
  readonly controlPlane: ControlPlane
  /** `kubernetesVersion` of the ConfigMap kubeadm-config: what `kubeadm upgrade node` goes to. */
  configured: string
  /** Control planes that the balancer in front does not have. */
  readonly leftOut?: ReadonlySet<string>
}

/** A step ends without its result; the message is what its script prints last. */
export class StepFailed extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
