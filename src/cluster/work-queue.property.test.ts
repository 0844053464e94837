import fc from 'fast-check'
import { expect, it } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'
import { createWorkQueue } from './work-queue.ts'

/** What a run does from outside: wishes for keys and time that passes. */
type Step =
  | { readonly kind: 'Add'; readonly key: string }
  | { readonly kind: 'AddAfter'; readonly key: string; readonly ms: number }
  | { readonly kind: 'Wait'; readonly ms: number }

/** How one handling of a key goes. */
interface Handling {
  readonly ms: number
  readonly outcome: 'Done' | 'Failed' | 'Busy'
}

const key = fc.constantFrom('a', 'b', 'c', 'd')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('Add' as const), key }),
  fc.record({ kind: fc.constant('AddAfter' as const), key, ms: fc.nat(400) }),
  fc.record({ kind: fc.constant('Wait' as const), ms: fc.nat(300) }),
)
const handling: fc.Arbitrary<Handling> = fc.record({ ms: fc.nat(120), outcome: fc.constantFrom('Done', 'Done', 'Failed', 'Busy') })

const busyMs = 700

/** Watches over what a queue does: a worker that lives in virtual time, and a list of what is still owed. */
class Witness {
  readonly clock = new VirtualClock()
  /** Keys that somebody wants handled, from this time on; a failed handling is owed again at once. */
  readonly wanted = new Map<string, number>()
  readonly running = new Set<string>()
  readonly #limits: { readonly workers: number; readonly minimumIntervalMs: number }
  readonly #handlings: Handling[]
  readonly #notBefore = new Map<string, number>()

  constructor(limits: { workers: number; minimumIntervalMs: number }, handlings: readonly Handling[]) {
    this.#limits = limits
    this.#handlings = [...handlings]
  }

  want(name: string, atMs: number): void {
    this.wanted.set(name, Math.min(atMs, this.wanted.get(name) ?? Number.POSITIVE_INFINITY))
  }

  async handle(name: string): Promise<void> {
    this.#checkStart(name)
    this.running.add(name)
    const { ms, outcome } = this.#handlings.shift() ?? { ms: 1, outcome: 'Done' }
    await this.clock.sleep(ms)
    this.running.delete(name)
    if (outcome === 'Done') return
    this.want(name, this.clock.now())
    if (outcome === 'Failed') throw new Error('failed')
    this.#notBefore.set(name, this.clock.now() + busyMs)
    throw Object.assign(new Error('busy'), { retryAfterMs: busyMs })
  }

  #checkStart(name: string): void {
    const nowMs = this.clock.now()
    expect(this.running.has(name)).toBe(false)
    expect(this.running.size).toBeLessThan(this.#limits.workers)
    expect(nowMs).toBeGreaterThanOrEqual(this.#notBefore.get(name) ?? 0)
    this.#notBefore.set(name, nowMs + this.#limits.minimumIntervalMs)
    if ((this.wanted.get(name) ?? Number.POSITIVE_INFINITY) <= nowMs) this.wanted.delete(name)
  }
}

it('loses no key, handles none twice at a time, keeps to its workers, its minimum interval and Retry-After, whatever happens', async () => {
  const limits = fc.record({ workers: fc.integer({ min: 1, max: 3 }), minimumIntervalMs: fc.constantFrom(0, 50, 250) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.array(handling, { maxLength: 40 }), limits, async (steps, handlings, limit) => {
      const witness = new Witness(limit, handlings)
      const { clock } = witness
      const broken: unknown[] = []
      const onError = (_key: string, error: unknown) => {
        if (error instanceof Error && error.name === 'AssertionError') broken.push(error)
      }
      const queue = createWorkQueue({ ...limit, clock, onError, handle: (name) => witness.handle(name) })
      for (const each of steps) {
        if (each.kind === 'Wait') await clock.advance(each.ms)
        else witness.want(each.key, clock.now() + (each.kind === 'AddAfter' ? each.ms : 0))
        if (each.kind === 'Add') queue.add(each.key)
        if (each.kind === 'AddAfter') queue.addAfter(each.key, each.ms)
      }
      // Longer than all pauses that 40 failures of 4 keys can make.
      await clock.advance(40 * 31_000)
      expect(broken).toEqual([])
      expect([...witness.wanted.keys()]).toEqual([])
      expect([queue.depth(), queue.running(), clock.nextAtMs()]).toEqual([0, 0, undefined])
    }),
    { numRuns: 200 },
  )
})
