import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

describe('virtual time', () => {
  it('stands still until it is moved', async () => {
    const clock = new VirtualClock({ startMs: 1_000 })
    const fired: number[] = []
    clock.after(0, () => fired.push(clock.now()))
    expect(fired).toEqual([])
    await clock.advance(0)
    expect(fired).toEqual([1_000])
  })

  it('fires timers in the order of their times, those of one time in the order in which they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 40 }), async (delays) => {
        const clock = new VirtualClock()
        const fired: [number, number][] = []
        delays.forEach((ms, i) => {
          clock.after(ms, () => fired.push([clock.now(), i]))
        })
        await clock.advance(20)
        expect(fired).toEqual(delays.map((ms, i): [number, number] => [ms, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]))
      }),
      { numRuns: 30 },
    )
  })

  it('lets come to rest what one timer sets off before the next one fires', async () => {
    const clock = new VirtualClock()
    const log: string[] = []
    const twoSteps = async (name: string) => {
      for (let i = 0; i < 20; i++) await Promise.resolve()
      log.push(`${name} at ${clock.now()}`)
      await clock.sleep(5)
      log.push(`${name} again at ${clock.now()}`)
    }
    clock.after(10, () => void twoSteps('a'))
    clock.after(12, () => void twoSteps('b'))
    await clock.advance(100)
    expect(log).toEqual(['a at 10', 'b at 12', 'a again at 15', 'b again at 17'])
    expect(clock.now()).toBe(100)
  })

  it.each([1, 2, 3, 63, 64, 65, 1_000])('lets %i timers in a row each find at rest what the one before it has set off', async (count) => {
    const clock = new VirtualClock()
    let begun = 0
    let rested = 0
    const tooEarly: number[] = []
    const step = async (i: number) => {
      if (rested !== begun) tooEarly.push(i)
      begun += 1
      for (let hops = 0; hops < 10; hops++) await undefined
      if (i < count) clock.after(i % 2, () => void step(i + 1))
      rested += 1
    }
    clock.after(1, () => void step(1))
    await clock.advance(2_000)
    expect({ begun, rested, tooEarly }).toEqual({ begun: count, rested: count, tooEarly: [] })
  })

  it('tells whoever moves it of a timer that throws, and goes on from there', async () => {
    const clock = new VirtualClock()
    const fired: number[] = []
    for (const ms of [1, 2, 4, 5]) clock.after(ms, () => fired.push(ms))
    clock.after(3, () => {
      throw new Error('broken')
    })
    await expect(clock.advance(10)).rejects.toThrow('broken')
    expect(fired).toEqual([1, 2])
    await clock.advance(10)
    expect(fired).toEqual([1, 2, 4, 5])
  })

  it('never goes back', async () => {
    await expect(new VirtualClock({ startMs: 5 }).advanceTo(4)).rejects.toThrow(RangeError)
  })
})

describe('a timer', () => {
  it('fires at a whole millisecond, and never too early', async () => {
    const clock = new VirtualClock()
    const times: number[] = []
    clock.after(0.2, () => times.push(clock.now()))
    clock.after(7.5, () => times.push(clock.now()))
    await clock.advance(10)
    expect(times).toEqual([1, 8])
  })

  it('that is taken back does not fire, and is not what comes next', async () => {
    const clock = new VirtualClock()
    const fired: string[] = []
    const takeBack = clock.after(5, () => fired.push('first'))
    clock.after(7, () => fired.push('second'))
    takeBack()
    takeBack()
    expect(clock.nextAtMs()).toBe(7)
    await clock.advance(10)
    expect(fired).toEqual(['second'])
    expect(clock.nextAtMs()).toBeUndefined()
  })

  it('that is set and taken back ten thousand times disturbs nothing', async () => {
    const clock = new VirtualClock()
    const fired: number[] = []
    for (let i = 0; i < 10_000; i++) {
      if (i % 100 === 0) clock.after(i, () => fired.push(i))
      clock.after(90_000, () => fired.push(-1))()
    }
    await clock.advance(100_000)
    expect(fired).toEqual(Array.from({ length: 100 }, (_, i) => i * 100))
  })
})

describe('sleep', () => {
  it('ends at once when its signal aborts, or has aborted before', async () => {
    const clock = new VirtualClock()
    const abort = new AbortController()
    const sleeping = clock.sleep(1_000, abort.signal)
    abort.abort()
    await sleeping
    await clock.sleep(1_000, abort.signal)
    expect(clock.nextAtMs()).toBeUndefined()
  })
})
