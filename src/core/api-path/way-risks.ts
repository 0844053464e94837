import type { HostFacts } from '../host/host-facts.ts'
import { surroundingsOf } from './address-holders.ts'
import { wayFindings } from './way-findings.ts'

/** Names that a sentence has room for. */
const mostNames = 3

/** Where an upgrade cuts hosts off from the API, by the facts of all hosts: one sentence for each thing, with its hosts in front. */
export function wayRisks(told: ReadonlyMap<string, HostFacts>): readonly string[] {
  const names = new Map<string, readonly string[]>()
  for (const [name, findings] of wayFindings(surroundingsOf(told))) {
    for (const { severity, message, fix } of findings) {
      const text = `${message}: ${fix}`
      if (severity === 'Risk') names.set(text, [...(names.get(text) ?? []), name])
    }
  }
  return [...names].map(([text, on]) => `${namesText(on)}: ${text}`)
}

function namesText(names: readonly string[]): string {
  return names.length > mostNames
    ? `${names.slice(0, mostNames - 1).join(', ')} and ${names.length - mostNames + 1} more`
    : names.join(', ')
}
