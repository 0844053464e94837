import { judgeChannelAnswer } from '../../core/plan/channel.ts'
import type { ChannelPoll } from '../../core/plan/plan-decision.ts'
import type { ChannelFacts } from '../../core/plan/plan-facts.ts'
import type { ChannelAnswer, Shell } from '../shell.ts'

/** A channel server that takes longer is as good as away. */
const timeoutMs = 15_000
/** Of polls that are due at the same moment, these are asked at once; each further one may wait longer by `spreadMs`. */
const atOnce = 5
const spreadMs = 100
const longestSpreadMs = 30_000

interface Channel {
  facts?: ChannelFacts
  /** The poll that is due or under way; `dueMs` is the time that was decided, or now where that has passed. */
  next?: { readonly poll: ChannelPoll; readonly dueMs: number; readonly cancel: () => void }
  /** What the next request says of the Plan as it is now, not as it was when the timer was set. */
  headers?: ChannelPoll['headers']
}

/**
 * Asks channels when a decision says so, each by a timer of its own: however often a Plan is looked at, its channel is asked no more often.
 * Where many are due at once (a controller that starts after a weekend), they are spread; a few are asked at their time.
 */
export class ChannelPoller {
  readonly #shell: Shell
  readonly #onAnswer: (plan: string) => void
  readonly #channels = new Map<string, Channel>()

  constructor(shell: Shell, onAnswer: (plan: string) => void) {
    this.#shell = shell
    this.#onAnswer = onAnswer
  }

  factsOf(plan: string): ChannelFacts | undefined {
    return this.#channels.get(plan)?.facts
  }

  /** Sets, moves or ends a Plan's timer; the poll that stands already stays as it is. */
  schedule(plan: string, poll: ChannelPoll | undefined): void {
    const channel = this.#channels.get(plan) ?? {}
    if (poll === undefined) {
      this.forget(plan)
      return
    }
    this.#channels.set(plan, channel)
    channel.headers = poll.headers
    if (channel.next?.poll.url === poll.url && channel.next.poll.atMs <= poll.atMs) return
    channel.next?.cancel()
    const abort = new AbortController()
    const { clock, random } = this.#shell
    const dueMs = Math.max(poll.atMs, clock.now())
    const waitMs = dueMs - clock.now() + random() * this.#spreadMs(channel, dueMs)
    const cancelTimer = clock.after(waitMs, () => void this.#ask(plan, channel, poll, abort))
    channel.next = {
      poll,
      dueMs,
      cancel: () => {
        cancelTimer()
        abort.abort()
      },
    }
  }

  forget(plan: string): void {
    this.#channels.get(plan)?.next?.cancel()
    this.#channels.delete(plan)
  }

  stop(): void {
    for (const plan of [...this.#channels.keys()]) this.forget(plan)
  }

  /** Grows with the polls of other Plans that are due within a second of this one. */
  #spreadMs(channel: Channel, dueMs: number): number {
    const others = [...this.#channels.values()].filter(
      (c) => c !== channel && c.next !== undefined && Math.abs(c.next.dueMs - dueMs) < 1_000,
    )
    return Math.min(Math.max(others.length + 1 - atOnce, 0) * spreadMs, longestSpreadMs)
  }

  async #ask(plan: string, channel: Channel, poll: ChannelPoll, abort: AbortController): Promise<void> {
    const { clock, channelFetch, metrics } = this.#shell
    const attemptedAtMs = clock.now()
    const cancelTimeout = clock.after(timeoutMs, () => abort.abort(new Error(`no answer within ${timeoutMs / 1000} s`)))
    const answer = await channelFetch(poll.url, channel.headers ?? poll.headers, abort.signal).catch(
      (error: unknown): ChannelAnswer => failed(error),
    )
    cancelTimeout()
    if (this.#channels.get(plan) !== channel || channel.next?.poll !== poll) return
    const outcome = judgeChannelAnswer(poll.url, answer)
    metrics.channelPolls.inc({ outcome: outcome.kind })
    const failures = outcome.kind === 'Version' ? 0 : (channel.facts?.failures ?? 0) + 1
    channel.facts = { url: poll.url, attemptedAtMs, outcome, failures }
    delete channel.next
    this.#onAnswer(plan)
  }
}

function failed(error: unknown): ChannelAnswer {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return { kind: 'Failed', message: cause instanceof Error ? cause.message : String(cause) }
}
