import { Command } from 'commander'
import { parseGoDuration } from '../core/plan/go-duration.ts'
import { liveAsker } from './completion/ask-live.ts'
import { wordToComplete } from './completion/complete-words.ts'
import { propose } from './completion/propose.ts'
import { type Asker, askers, brokenOff, shellAnswer } from './completion/shell-answer.ts'
import { shellWords } from './completion/shell-words.ts'

/** A person waits with a finger on the tab key. FALKIRK_COMPLETION_TIMEOUT, such as 3s, is for clusters that are far away. */
const mostWaiting = '1s'

/**
 * `falkirk __complete SHELL …`: what the shells' scripts call. bash and PowerShell hand the line over as it was typed, bash with the characters at which it
 * breaks words; the others hand over words. Prints nothing but candidates, and does not wait long for a cluster.
 */
export function completeCommand(): Command {
  return new Command('__complete')
    .argument('<shell>')
    .argument('[words...]')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(async (shell: string, words: readonly string[], _: unknown, self: Command) => {
      const asker = askers.find((one) => one === shell)
      if (asker !== undefined && self.parent !== null) await complete(self.parent, asker, words)
    })
}

/** Answers and ends the process: a request that is still under way would keep it. */
export async function complete(program: Command, asker: Asker, given: readonly string[]): Promise<void> {
  const isLine = asker === 'bash' || asker === 'powershell'
  const [line = '', wordBreaks = ''] = given
  const words = isLine ? shellWords(line).slice(1) : given
  const ask = liveAsker(process.env)
  const proposal = await propose(wordToComplete(program, words), (what, options) => Promise.race([ask(what, options), silence()]))
  const cut = asker === 'bash' ? brokenOff(words.at(-1) ?? '', wordBreaks) : 0
  process.stdout.write(shellAnswer(asker, proposal, cut), () => process.exit(0))
}

function silence(): Promise<[]> {
  const nanoseconds = parseGoDuration(process.env.FALKIRK_COMPLETION_TIMEOUT || mostWaiting) ?? 0
  return new Promise((resolve) => setTimeout(() => resolve([]), nanoseconds / 1e6))
}
