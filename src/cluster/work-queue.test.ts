import { describe, expect, it } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'
import { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './work-queue.ts'

interface Bench {
  readonly clock: VirtualClock
  readonly queue: WorkQueue
  /** `key@ms` for each start, in order. */
  readonly started: string[]
  readonly errors: { key: string; retryInMs: number }[]
  /** What handling a key does; at once and fine unless told. */
  work: (key: string) => Promise<void>
}

function bench(options: Partial<WorkQueueOptions> = {}): Bench {
  const clock = new VirtualClock()
  const errors: Bench['errors'] = []
  const started: string[] = []
  const queue = createWorkQueue({
    clock,
    workers: 2,
    handle: (key) => {
      started.push(`${key}@${clock.now()}`)
      return made.work(key)
    },
    onError: (key, _error, retryInMs) => errors.push({ key, retryInMs }),
    ...options,
  })
  const made: Bench = { clock, queue, started, errors, work: async () => {} }
  return made
}

/** Work that ends when `finish` is called. */
function heldWork() {
  const ends: (() => void)[] = []
  return { work: () => new Promise<void>((resolve) => ends.push(resolve)), finish: () => ends.shift()?.(), held: () => ends.length }
}

describe('a key', () => {
  it('defect 44: that is added many times before it is handled is handled once, at once', async () => {
    const { clock, queue, started } = bench()
    for (let i = 0; i < 10; i++) queue.add('a')
    expect(started).toEqual([])
    await clock.advance(1_000)
    expect(started).toEqual(['a@0'])
  })

  it('that is added while it is handled is handled again, once, afterwards', async () => {
    const made = bench()
    const { work, finish, held } = heldWork()
    made.work = work
    made.queue.add('a')
    await made.clock.advance(1)
    for (let i = 0; i < 3; i++) made.queue.add('a')
    await made.clock.advance(1)
    expect(made.started).toEqual(['a@0'])
    finish()
    await made.clock.advance(1)
    finish()
    await made.clock.advance(1_000)
    expect([made.started.length, held()]).toEqual([2, 0])
  })

  it('is handled at the earliest of the times that were wished', async () => {
    const { clock, queue, started } = bench()
    queue.addAfter('a', 500)
    queue.addAfter('a', 100)
    queue.addAfter('a', 300)
    await clock.advance(1_000)
    expect(started).toEqual(['a@100'])
  })

  it('that was wished for later is handled now when it is added now', async () => {
    const { clock, queue, started } = bench()
    queue.addAfter('a', 500)
    await clock.advance(10)
    queue.add('a')
    await clock.advance(1_000)
    expect(started).toEqual(['a@10'])
  })

  it('asks for a later turn from within its own', async () => {
    const made = bench()
    made.work = async (key) => {
      if (made.started.length < 3) made.queue.addAfter(key, 60_000)
    }
    made.queue.add('a')
    await made.clock.advance(300_000)
    expect(made.started).toEqual(['a@0', 'a@60000', 'a@120000'])
  })

  it('is not started twice within the minimum interval', async () => {
    const { clock, queue, started } = bench({ minimumIntervalMs: 1_000 })
    for (let i = 0; i < 300; i++) {
      queue.add('a')
      await clock.advance(10)
    }
    await clock.advance(10_000)
    expect(started).toEqual(['a@0', 'a@1000', 'a@2000', 'a@3000'])
  })
})

describe('a failure', () => {
  it('is tried again after 5 ms, then twice as long each time, at most 30 s', async () => {
    const made = bench()
    made.work = async () => {
      throw new Error('no')
    }
    made.queue.add('a')
    await made.clock.advance(120_000)
    const pauses = made.errors.map(({ retryInMs }) => retryInMs)
    expect(pauses.slice(0, 5)).toEqual([5, 10, 20, 40, 80])
    expect(pauses.slice(12, 16)).toEqual([20_480, 30_000, 30_000, 30_000])
  })

  it('that has passed is forgotten', async () => {
    const made = bench()
    let failures = 3
    made.work = async () => {
      if (failures-- > 0) throw new Error('no')
    }
    made.queue.add('a')
    await made.clock.advance(1_000)
    failures = 1
    made.queue.add('a')
    await made.clock.advance(1_000)
    expect(made.errors.map(({ retryInMs }) => retryInMs)).toEqual([5, 10, 20, 5])
  })

  it('that has passed is forgotten also by a key that is wanted again at once', async () => {
    const made = bench()
    made.work = async (key) => {
      if (made.started.length === 4) made.queue.add(key)
      else throw new Error('no')
    }
    made.queue.add('a')
    await made.clock.advance(39)
    expect(made.errors.map(({ retryInMs }) => retryInMs)).toEqual([5, 10, 20, 5])
  })

  it.each([
    { retryAfterMs: 4_000, adds: 0, starts: ['a@0', 'a@4000'] },
    { retryAfterMs: 4_000, adds: 50, starts: ['a@0', 'a@4000'] },
    { retryAfterMs: 1, adds: 0, starts: ['a@0', 'a@5'] },
  ])(
    'with retryAfterMs $retryAfterMs is not tried before, also not when the key is added $adds times',
    async ({ retryAfterMs, adds, starts }) => {
      const made = bench()
      made.work = async () => {
        if (made.started.length === 1) throw Object.assign(new Error('busy'), { retryAfterMs })
      }
      made.queue.add('a')
      for (let i = 0; i < adds; i++) {
        await made.clock.advance(10)
        made.queue.add('a')
      }
      await made.clock.advance(10_000)
      expect(made.started).toEqual(starts)
    },
  )

  it('does not become a hot loop when events keep coming: once a second at most', async () => {
    const made = bench({ baseDelayMs: 30_000 })
    made.work = async () => {
      throw new Error('no')
    }
    for (let i = 0; i < 995; i++) {
      made.queue.add('a')
      await made.clock.advance(10)
    }
    expect(made.started).toEqual(Array.from({ length: 10 }, (_, i) => `a@${i * 1_000}`))
  })

  it('of one key does not hold up another', async () => {
    const made = bench({ workers: 1 })
    made.work = async (key) => {
      if (key === 'bad') throw new Error('no')
    }
    made.queue.add('bad')
    made.queue.add('good')
    await made.clock.advance(0)
    expect(made.started).toEqual(['bad@0', 'good@0'])
  })

  it('is survived when it is thrown at once, and when its report throws', async () => {
    const started: string[] = []
    const clock = new VirtualClock()
    const queue = createWorkQueue({
      clock,
      workers: 1,
      handle: (key) => {
        started.push(key)
        throw new Error('at once')
      },
      onError: () => {
        throw new Error('report')
      },
    })
    queue.add('a')
    await clock.advance(15)
    expect(started).toEqual(['a', 'a', 'a'])
  })
})

describe('the queue', () => {
  it('handles as many keys at a time as it has workers, in the order in which they came', async () => {
    const made = bench({ workers: 2 })
    const { work, finish } = heldWork()
    made.work = work
    for (const key of ['a', 'b', 'c', 'd']) made.queue.add(key)
    await made.clock.advance(0)
    expect(made.started).toEqual(['a@0', 'b@0'])
    expect([made.queue.running(), made.queue.depth()]).toEqual([2, 2])
    await made.clock.advance(70)
    expect(made.queue.oldestMs()).toBe(70)
    finish()
    await made.clock.advance(0)
    expect(made.started).toEqual(['a@0', 'b@0', 'c@70'])
  })

  it('is empty when all is done', async () => {
    const { clock, queue } = bench()
    queue.add('a')
    await clock.advance(0)
    expect([queue.running(), queue.depth(), queue.oldestMs()]).toEqual([0, 0, 0])
    expect(clock.nextAtMs()).toBeUndefined()
  })

  it('that is stopped waits for what is being handled and starts nothing more', async () => {
    const made = bench({ workers: 1 })
    const { work, finish } = heldWork()
    made.work = work
    for (const key of ['a', 'b']) made.queue.add(key)
    made.queue.addAfter('c', 10)
    await made.clock.advance(1)
    let stopped = false
    const stopping = made.queue.stop().then(() => {
      stopped = true
    })
    made.queue.add('d')
    made.queue.add('a')
    await made.clock.advance(1_000)
    expect(stopped).toBe(false)
    finish()
    await stopping
    await made.clock.advance(1_000)
    made.queue.addAfter('e', 10)
    expect(made.clock.nextAtMs()).toBeUndefined()
    expect(made.started).toEqual(['a@0'])
  })
})
