import { hostFactsScript } from '../../core/host/facts-script.ts'
import { blocks, type Finding } from '../../core/host/finding.ts'
import { type HostFacts, parseHostFacts } from '../../core/host/host-facts.ts'
import { type AnsweredHost, checkHost, type NodeMachine, oneMachineTwice } from '../../core/inventory/check-host.ts'
import type { HostEntry } from '../../core/inventory/host-entry.ts'
import type { Host } from '../../node/host.ts'
import { mapBounded } from '../../node/map-bounded.ts'
import { HostFault } from '../../node/ssh/host-fault.ts'

/** One host, and what has to be mended before anything is done to it. */
export interface CheckedHost {
  readonly entry: HostEntry
  readonly findings: readonly Finding[]
}

export interface CheckMeans {
  readonly hostOf: (entry: HostEntry) => Host & { close(): Promise<void> }
  /** Absent: the cluster was not asked, so that nobody knows which machine is the right one. */
  readonly nodes?: ReadonlyMap<string, NodeMachine>
  /** A disk that is asked about, too: one that may be reformatted. */
  readonly disk?: string
  /** How many hosts are asked at a time. */
  readonly most: number
  readonly now: () => number
  /** Hears what each host has told. */
  readonly onFacts?: (facts: HostFacts, name: string) => void
  /** After each host: so many have been asked. */
  readonly onAsked: (count: number) => void
}

type Answer = { readonly kind: 'Answered'; readonly host: AnsweredHost } | { readonly kind: 'Silent'; readonly finding: Finding }

/** Asks all hosts, and changes nothing on them. One that fails is a finding, the others are asked all the same. */
export async function checkInventory(entries: readonly HostEntry[], means: CheckMeans): Promise<readonly CheckedHost[]> {
  let asked = 0
  const answers = await mapBounded(entries, means.most, async (entry) => {
    const answer = await ask(entry, means)
    if (answer.kind === 'Answered') means.onFacts?.(answer.host.facts, entry.name)
    asked += 1
    means.onAsked(asked)
    return answer
  })
  const twice = oneMachineTwice(answers.flatMap((answer) => (answer.kind === 'Answered' ? [answer.host] : [])))
  return entries.map((entry, index) => ({ entry, findings: findingsOf(entry, answers[index], twice, means.nodes) }))
}

function findingsOf(
  { name }: HostEntry,
  answer: Answer | undefined,
  twice: ReadonlyMap<string, Finding>,
  nodes: CheckMeans['nodes'],
): readonly Finding[] {
  if (answer === undefined) return []
  if (answer.kind === 'Silent') return [answer.finding]
  const double = twice.get(name)
  return [...(double === undefined ? [] : [double]), ...checkHost(answer.host, nodes?.get(name))]
}

async function ask(entry: HostEntry, { hostOf, now, disk }: CheckMeans): Promise<Answer> {
  const host = hostOf(entry)
  try {
    const beganMs = now()
    const { stdout } = await host.run(hostFactsScript(disk === undefined ? {} : { disk }), 'facts')
    const endedMs = now()
    const read = parseHostFacts(stdout)
    if (read.kind === 'Refused') return silent('facts', read.message)
    const half = (endedMs - beganMs) / 2
    return { kind: 'Answered', host: { name: entry.name, facts: read.facts, atMs: beganMs + half, withinMs: half } }
  } catch (error) {
    if (error instanceof HostFault) return silent('reach', error.message)
    throw error
  } finally {
    await host.close()
  }
}

/** The sentence names its fix itself. */
function silent(check: string, message: string): Answer {
  return { kind: 'Silent', finding: blocks(check, message, '') }
}
