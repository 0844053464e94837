import type { KubernetesVersion } from '../../version/kubernetes-version.ts'

/** Where a run has to go next, found from what nodes report: never from what the run remembers. */
export type NextHop =
  /** Control plane and nodes are where they should be. */
  | { readonly kind: 'Arrived'; readonly path: readonly string[] }
  | { readonly kind: 'Hop'; readonly hop: Hop; readonly path: readonly string[] }
  /** One sentence with the rule and the fix. */
  | { readonly kind: 'Refused'; readonly message: string }
  /** A node that was set aside would be too old for what comes next: it has to be mended first. One sentence. */
  | { readonly kind: 'HeldUp'; readonly message: string }

export interface Hop {
  readonly version: KubernetesVersion
  /** Counted from 1. */
  readonly number: number
  readonly of: number
  /** Versions whose nodes move once the control plane is there; empty when all may stay. */
  readonly moving: ReadonlySet<string>
  /** Nodes that stay at their version and have something left to be changed on their hosts, by name; absent when there are none. */
  readonly hosts?: ReadonlySet<string>
}
