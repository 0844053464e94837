import { compareText } from '../compare-text.ts'
import { parseVersion } from '../version/kubernetes-version.ts'
import type { HostFacts } from './host-facts.ts'
import { judgeHost } from './judge-host.ts'
import { layoutOf } from './layout.ts'

/** What nobody looks at again once a run has begun, and what may end, or keep a step from its end, while it goes on. */
const told: ReadonlySet<string> = new Set(['certificate', 'package-hold', 'two-kubelets', 'swap'])
/** Names that a sentence has room for. */
const mostNames = 3

/**
 * Risks of hosts that people hear of before a run begins, one sentence each with its hosts in front.
 *
 * @param versions what each host is brought to first; one that is not named stays at its version
 */
export function hostRisks(hosts: ReadonlyMap<string, HostFacts>, versions: ReadonlyMap<string, string>): readonly string[] {
  const names = new Map<string, string[]>()
  for (const [name, facts] of [...hosts].toSorted(([a], [b]) => compareText(a, b))) {
    const target = parseVersion(versions.get(name) ?? '')
    const view = { facts, layout: layoutOf(facts), nowMs: facts.epochSeconds * 1_000, ...(target === undefined ? {} : { target }) }
    for (const { check, severity, message, fix } of judgeHost(view)) {
      if (severity !== 'Risk' || !told.has(check)) continue
      const text = `${message}: ${fix}`
      names.set(text, [...(names.get(text) ?? []), name])
    }
  }
  return [...names].map(([text, on]) => `${listed(on)}: ${text}`)
}

function listed(names: readonly string[]): string {
  return names.length > mostNames
    ? `${names.slice(0, mostNames - 1).join(', ')} and ${names.length - mostNames + 1} more`
    : names.join(', ')
}
