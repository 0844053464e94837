import type { Reflector } from '../../cluster/reflector.ts'
import type { Shell } from '../shell.ts'

/** Collections that are worth something together, and only while the server lets all of them be watched. */
export interface KeptCollections {
  /** Resolves when all have been filled and are watched; rejects when `stop` came before. */
  readonly synced: Promise<void>
  /** All have been filled, and none is refused now. */
  isKept(): boolean
  /** Why one of them may not be watched; one sentence with the fix. */
  problem(): string | undefined
  /** Epoch milliseconds of the oldest proof that one of them is fresh; 0 while one is refused. */
  freshSinceMs(): number
  stop(): Promise<void>
}

/** Starts reflectors with a shell that notes what is refused. What may only be listed is not kept: it would soon be what was. */
export function keepCollections(shell: Shell, start: (noting: Shell) => readonly Reflector[]): KeptCollections {
  const refused = new Map<string, string>()
  const onReflectorProblem: Shell['onReflectorProblem'] = (plural, problem) => {
    if (problem === undefined) refused.delete(plural)
    else refused.set(plural, problem.message)
    shell.onReflectorProblem(plural, problem)
  }
  const reflectors = start({ ...shell, onReflectorProblem })
  let isSynced = false
  const synced = Promise.all(reflectors.flatMap((r) => [r.synced, r.watching])).then(() => {
    isSynced = true
  })
  // nobody has to wait for it
  synced.catch(() => {})
  return {
    synced,
    isKept: () => isSynced && refused.size === 0,
    problem: () => [...refused.values()][0],
    freshSinceMs: () => (refused.size > 0 ? 0 : Math.min(...reflectors.map((r) => r.lastContactMs()))),
    stop: async () => {
      await Promise.all(reflectors.map((r) => r.stop()))
    },
  }
}
