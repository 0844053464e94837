import type { Steps } from './steps.ts'

/** What one case does; each request it makes through `c` is a line of the transcript that both sides are compared by. */
export type CaseSteps = (c: Steps) => Promise<unknown>

export interface ConformanceCase {
  /** A rule, in words. */
  readonly title: string
  readonly run: CaseSteps
}

/** Cases about one thing. */
export interface Area {
  readonly title: string
  readonly cases: readonly ConformanceCase[]
}

/** Cases by title. */
export function area(title: string, cases: Readonly<Record<string, CaseSteps>>): Area {
  return { title, cases: Object.entries(cases).map(([name, run]) => ({ title: name, run })) }
}
