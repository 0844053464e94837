/** What a recorder keeps of a node. */
export interface RecordedNode {
  readonly version: string
  readonly ready: boolean
  readonly unschedulable: boolean
  /** Keys of labels, annotations and taints that begin with `falkirk.dev/`. */
  readonly marks: readonly string[]
}

/** What a recorder keeps of a pod. */
export interface RecordedPod {
  readonly node: string
  readonly ready: boolean
  readonly ending: boolean
  /** Value of its label `app`; empty without one. */
  readonly app: string
  /** Kind of its controller; empty without one. */
  readonly owner: string
}

/** What a recorder keeps of a budget. */
export interface RecordedBudget {
  readonly healthy: number
  readonly desired: number
}

/** A new state of an object, by `namespace/name` or name; `facts` is null once it is gone. Times are milliseconds since 1970. */
export type RecordedChange = { readonly atMs: number; readonly key: string } & (
  | { readonly kind: 'Node'; readonly facts: RecordedNode | null }
  | { readonly kind: 'Pod'; readonly facts: RecordedPod | null }
  | { readonly kind: 'Budget'; readonly facts: RecordedBudget | null }
)

/** How one request to the service ended; the answers that came are counted, those that did not are told one by one. */
export type RecordedRequests =
  | { readonly kind: 'Answered'; readonly atMs: number; readonly count: number }
  | { readonly kind: 'Refused'; readonly atMs: number; readonly url: string; readonly why: string }

/** A watch had to begin anew with a list: states in between may have been missed. */
export interface RecordedGap {
  readonly kind: 'Gap'
  readonly atMs: number
  readonly path: string
}

export type RecordedLine = RecordedChange | RecordedRequests | RecordedGap

/** All that was recorded, oldest first. */
export function readRecording(text: string): RecordedLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedLine)
}
