import { type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import { controlPlaneHop, minorsBetween } from '../../version/version-skew.ts'
import type { RecipeOrder } from '../recipe-order.ts'
import type { BinaryFacts } from './binary-facts.ts'

/** A host on which the recipe may run, with everything known that its steps need. */
export interface BinaryHost {
  /** The service, `k3s-agent.service`. */
  readonly unit: string
  readonly role: 'server' | 'agent'
  /** Absolute path, links followed. */
  readonly binary: string
  /** Version that the host had before the change; undefined when its binary does not tell. */
  readonly from: KubernetesVersion | undefined
}

/** `Refused`: one sentence with the fix; nothing was touched. */
export type HostVerdict = { readonly kind: 'Ready'; readonly host: BinaryHost } | { readonly kind: 'Refused'; readonly message: string }

/** Room for the new binary and for the one that is kept, KiB: those of RKE2 and k3s are below 150 MB. */
const neededKib = 300_000

type SystemdFacts = Extract<BinaryFacts, { init: 'systemd' }>

/**
 * Whether a recipe that replaces a binary fits a host. `sha256` is that of the new binary: where it is in place already, whatever is left of
 * the change may go on.
 */
export function judgeBinaryHost(order: RecipeOrder, facts: BinaryFacts, sha256: string): HostVerdict {
  const { recipe } = order
  if (facts.init === 'other') {
    return refused(`this host is not run by systemd, and recipes know nothing else (OpenRC neither): name an image in spec.node.upgrade`)
  }
  if (facts.missing !== undefined) return refused(`this host has no ${facts.missing}: install it, or name an image in spec.node.upgrade`)
  const { unit, role, binary, units } = facts
  if (units > 1) return refused(`${units} services of this host run ${recipe}: disable all but one`)
  if (unit === undefined || role === undefined || binary === undefined) {
    return refused(
      `no service of this host runs ${recipe} server or ${recipe} agent: a ${recipe} that is started otherwise needs spec.node.upgrade`,
    )
  }
  const isReplaced = facts.sha256 === sha256
  const from = parseVersion((isReplaced ? facts.previous : facts.installed) ?? '')
  const problem = isReplaced ? undefined : replacementProblem(order, facts, from)
  return problem === undefined ? { kind: 'Ready', host: { unit, role, binary, from } } : refused(problem)
}

function replacementProblem(order: RecipeOrder, facts: SystemdFacts, from: KubernetesVersion | undefined): string | undefined {
  const { binary = '', package: owner = '', free_kib: freeKib = 0, role } = facts
  if (owner !== '') {
    return `${binary} belongs to the package ${owner}, whose manager would put it back: upgrade it by packages, or name an image in spec.node.upgrade`
  }
  if (freeKib < neededKib) return `the disk of ${binary} has ${freeKib} KiB left, and ${neededKib} are needed: make room`
  const to = parseVersion(order.version)
  if (from === undefined || to === undefined) return undefined
  const hop = controlPlaneHop(from, to)
  // agents may follow over several minors: how far, the controller has judged by the API server
  return hop.verdict === 'Refused' && (role === 'server' || hop.reason === 'Downgrade') ? hop.message : undefined
}

/** Whether a server of the new version may have written what one of the old version cannot read, once it has served. */
export function goesForward({ role, from }: BinaryHost, order: RecipeOrder): boolean {
  const to = parseVersion(order.version)
  if (role === 'agent') return false
  return from === undefined || to === undefined || minorsBetween(from, to) !== 0
}

function refused(message: string): HostVerdict {
  return { kind: 'Refused', message }
}
