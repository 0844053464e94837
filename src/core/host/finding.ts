import type { KubernetesVersion } from '../version/kubernetes-version.ts'
import type { HostFacts } from './host-facts.ts'
import type { HostLayout } from './layout.ts'

/** Something of a host that an upgrade would meet. */
export interface Finding {
  /** Stable, for programs: `swap`, `package-hold`. */
  readonly check: string
  /** `Blocks`: a step would fail, or leave the node not Ready. `Risk`: it may. `Note`: what a step would do, or who looks after it. */
  readonly severity: 'Blocks' | 'Risk' | 'Note'
  /** What is there, and what follows. No full stop. */
  readonly message: string
  /** What to do, or what the step does. No full stop. */
  readonly fix: string
}

/** All that a host is judged by. */
export interface HostView {
  readonly facts: HostFacts
  readonly layout: HostLayout
  /** Where the cluster is to go; absent: what is wrong as it is. */
  readonly target?: KubernetesVersion
  /** When the host answered, by the clock of this machine: ms since 1970. */
  readonly nowMs: number
  /** How far off that may be, ms: half of the time that it took. */
  readonly withinMs?: number
}

export function blocks(check: string, message: string, fix: string): Finding {
  return { check, severity: 'Blocks', message, fix }
}

export function risk(check: string, message: string, fix: string): Finding {
  return { check, severity: 'Risk', message, fix }
}

export function note(check: string, message: string, fix: string): Finding {
  return { check, severity: 'Note', message, fix }
}

/** KiB as people read them: `880 MiB`, `2.1 GiB`. */
export function sizeText(kib: number): string {
  return kib < 1_048_576 ? `${Math.round(kib / 1024)} MiB` : `${(kib / 1_048_576).toFixed(1)} GiB`
}
