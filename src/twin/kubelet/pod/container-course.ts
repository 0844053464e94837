import type { MachineEffect } from '../../machine/machine-effect.ts'

/** What a container gives when work of its own (a drain, a wait for another plan) is over. */
export interface CourseEnd {
  readonly exitCode: number
  readonly log: string
  readonly effects?: readonly MachineEffect[]
}

/** How one start of a container goes, from the moment it runs. What an image does is decided before; the kubelet only lives through it. */
export interface ContainerCourse {
  /** Seconds until it ends by itself; Infinity: only when it is stopped. */
  readonly seconds: number
  readonly exitCode: number
  /** What it prints when it starts, lines ended by `\n`. */
  readonly log: string
  /** Seconds until the program answers its probes with success; Infinity: never. */
  readonly readySeconds: number
  /** Seconds from SIGTERM to its end; more than the grace period is left: it is killed. */
  readonly stopSeconds: number
  /** It is never started and shows this instead, e.g. `{reason: 'CreateContainerError', message: '…'}`. */
  readonly waiting?: { readonly reason: string; readonly message: string }
  /** Done after `seconds` (0 unless finite); what it gives counts instead of `exitCode` and is added to the log. */
  readonly act?: (signal: AbortSignal) => Promise<CourseEnd>
  /** Ended by the kernel for want of memory: exit code 137, reason OOMKilled. */
  readonly outOfMemory?: boolean
  /** What it has done to the machine when it ends with exit code 0, in this order. */
  readonly effects?: readonly MachineEffect[]
}
