import type { HostFacts } from '../host/host-facts.ts'
import { apiMembers, ownPlace } from './api-members.ts'
import type { ApiSurroundings } from './api-way.ts'
import { hostWays } from './way-findings.ts'

/** What is known of the way to the API by the facts of hosts, by the names of their nodes. */
export function surroundingsOf(told: ReadonlyMap<string, HostFacts>): ApiSurroundings {
  const all = [...told]
  const places = new Map(all.flatMap(([name, facts]) => [[name, ownPlace(facts) ?? ''] as const]).filter(([, place]) => place !== ''))
  const hosts = all.flatMap(([name, { api }]) => (api === undefined ? [] : [{ name, api }]))
  const nodes = all.map(([name]) => ({ name, address: '', controlPlane: places.has(name) }))
  return { members: apiMembers(nodes, places), hosts }
}

/** Hosts that have an address now by which others reach the API, as keepalived and kube-vip give it to one of them at a time. */
export function addressHolders(told: ReadonlyMap<string, HostFacts>): readonly string[] {
  const around = surroundingsOf(told)
  const ways = around.hosts.flatMap((host) => hostWays(host, around))
  return [...new Set(ways.flatMap(({ way }) => (way.kind === 'Shared' && way.heldBy !== undefined ? [way.heldBy] : [])))]
}
