import { parseVersion } from '../../core/version/kubernetes-version.ts'
import { type ApiAvailability, apiAvailability, type ControlPlaneMember } from './etcd-quorum.ts'

/** Told what has become of the control plane after each change of a member. */
export interface ControlPlaneListener {
  availabilityChanged?(availability: ApiAvailability): void
  /** A server runs another version; `lowest` is what the whole control plane can be taken to be. */
  upgraded?(change: { readonly node: string; readonly version: string; readonly lowest: string }): void
}

/** The control plane of a cluster: its members, and whether they are still enough. */
export class ControlPlane {
  readonly #members = new Map<string, ControlPlaneMember>()
  readonly #listeners = new Set<ControlPlaneListener>()
  #told: ApiAvailability['kind'] = 'Available'

  get members(): readonly ControlPlaneMember[] {
    return [...this.#members.values()]
  }

  availability(): ApiAvailability {
    return apiAvailability(this.members)
  }

  /** The oldest version among the API servers; undefined without members. */
  lowestVersion(): string | undefined {
    return this.members.map(({ version }) => version).reduce<string | undefined>((low, one) => (isOlder(one, low) ? one : low), undefined)
  }

  subscribe(listener: ControlPlaneListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(member: ControlPlaneMember): void {
    this.#members.set(member.node, member)
    this.#tellAvailability()
  }

  remove(node: string): void {
    this.#members.delete(node)
    this.#tellAvailability()
  }

  /** Changes one member; a node that is none is left alone. */
  change(node: string, change: Partial<Omit<ControlPlaneMember, 'node'>>): void {
    const member = this.#members.get(node)
    if (member === undefined) return
    const next = { ...member, ...change }
    this.#members.set(node, next)
    this.#tellAvailability()
    if (next.version === member.version) return
    const lowest = this.lowestVersion() ?? next.version
    for (const listener of this.#listeners) listener.upgraded?.({ node, version: next.version, lowest })
  }

  /** The machine, or the service on it, is down or back. */
  setUp(node: string, up: boolean): void {
    const member = this.#members.get(node)
    if (member === undefined) return
    const etcd = up ? 'Up' : 'Down'
    this.change(node, { serving: up, etcd: member.etcd === 'None' ? 'None' : etcd })
  }

  #tellAvailability(): void {
    const availability = this.availability()
    if (availability.kind === this.#told) return
    this.#told = availability.kind
    for (const listener of this.#listeners) listener.availabilityChanged?.(availability)
  }
}

function isOlder(version: string, than: string | undefined): boolean {
  if (than === undefined) return true
  const [a, b] = [parseVersion(version), parseVersion(than)]
  if (a === undefined || b === undefined) return false
  return a.major - b.major < 0 || (a.major === b.major && (a.minor < b.minor || (a.minor === b.minor && a.patch < b.patch)))
}
