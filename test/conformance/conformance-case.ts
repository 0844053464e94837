import type { Steps } from './steps.ts'

/** What one case does; each request it makes through `c` is a line of the transcript that both sides are compared by. */
export type CaseSteps = (c: Steps) => Promise<unknown>

/** A place where the twin is meant to be different, and why. */
export interface Difference {
  readonly reason: string
  /** Dotted paths in the transcript, from its step: `2.body.message`; `*` is one segment, `**` any number of them. */
  readonly at: readonly string[]
}

export interface ConformanceCase {
  /** A rule, in words. */
  readonly title: string
  readonly run: CaseSteps
  readonly difference?: Difference
}

/** Cases about one thing. */
export interface Area {
  readonly title: string
  readonly cases: readonly ConformanceCase[]
}

type Entry = CaseSteps | Omit<ConformanceCase, 'title'>

/** Cases by title. */
export function area(title: string, cases: Readonly<Record<string, Entry>>): Area {
  return {
    title,
    cases: Object.entries(cases).map(([name, entry]) =>
      typeof entry === 'function' ? { title: name, run: entry } : { title: name, ...entry },
    ),
  }
}

/** A case in which the twin is deliberately not what the real server is; `docs/twin.md` lists it. */
export function differing(difference: Difference, run: CaseSteps): Omit<ConformanceCase, 'title'> {
  return { run, difference }
}
