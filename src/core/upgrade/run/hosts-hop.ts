import { parseVersion, sameRelease } from '../../version/kubernetes-version.ts'
import { hasChangesLeft } from '../hosts/host-changes.ts'
import type { RunContext } from '../node/node-turn.ts'
import type { NextHop } from './next-hop.ts'
import { plannedPath } from './planned-path.ts'
import type { NodeGroups } from './pools.ts'

/** Without any version: what is left to be changed on hosts. That of the spec has to be one that runs, as nobody may take this for an upgrade to it. */
export function hostsAlone(groups: NodeGroups, context: RunContext): NextHop {
  const { target, facts } = context
  const running = [facts.apiServer, ...groups.controlPlane.map(({ kubeletVersion }) => kubeletVersion)]
  const runs = (text: string) => {
    const version = parseVersion(text)
    return version !== undefined && sameRelease(version, target)
  }
  if (!running.some(runs)) {
    const message = `spec.scope Hosts changes no version, and the control plane does not run ${target.text}: write spec.version ${facts.apiServer}`
    return { kind: 'Refused', message }
  }
  return hostsHop(groups, [target.text], context) ?? { kind: 'Arrived', path: [target.text] }
}

/** The turn of those nodes that no hop has moved, or will; undefined when nothing is left to be changed on any host. */
export function hostsHop({ controlPlane, pools }: NodeGroups, path: readonly string[], context: RunContext): NextHop | undefined {
  const { settings, target, facts } = context
  if (settings.os === undefined && settings.runtime === undefined) return undefined
  const nodes = [
    ...(settings.scope === 'Pools' ? [] : controlPlane),
    ...(settings.scope === 'ControlPlane' ? [] : pools.flatMap((pool) => pool.nodes)),
  ]
  const hosts = new Set(nodes.filter((node) => hasChangesLeft(node, context)).map(({ name }) => name))
  if (hosts.size === 0) return undefined
  const of = Math.max(plannedPath(facts.upgrade, path).length, 1)
  return { kind: 'Hop', hop: { version: target, number: of, of, moving: new Set(), hosts }, path }
}
