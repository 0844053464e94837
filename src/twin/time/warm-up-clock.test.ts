import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../cluster/virtual-clock.ts'
import { WarmUpClock } from './warm-up-clock.ts'

function clocks() {
  const below = new VirtualClock({ startMs: 1_000_000 })
  return { below, clock: new WarmUpClock(below, 60_000) }
}

describe('a clock that catches up', () => {
  it('begins in the past and fires what is due there without anybody waiting', async () => {
    const { below, clock } = clocks()
    const fired: number[] = []
    expect(clock.now()).toBe(940_000)
    clock.after(10_000, () => fired.push(clock.now()))
    await clock.advance(20_000)
    expect(fired).toEqual([950_000])
    expect(below.now()).toBe(1_000_000)
  })

  it('takes timers that are not due yet along into the present, in their order', async () => {
    const { below, clock } = clocks()
    const fired: string[] = []
    clock.after(70_000, () => fired.push(`late ${clock.now()}`))
    clock.after(65_000, () => fired.push(`early ${clock.now()}`))
    const cancel = clock.after(66_000, () => fired.push('never'))
    await clock.catchUp()
    cancel()
    expect([clock.now(), ...fired]).toEqual([1_000_000])
    await below.advance(20_000)
    expect(fired).toEqual(['early 1005000', 'late 1010000'])
  })

  it('wakes sleepers of the past and of the present, and at once when they are called off', async () => {
    const { below, clock } = clocks()
    const woken: string[] = []
    const stop = new AbortController()
    void clock.sleep(5_000).then(() => woken.push('past'))
    void clock.sleep(61_000).then(() => woken.push('present'))
    void clock.sleep(999_000, stop.signal).then(() => woken.push('called off'))
    await clock.catchUp()
    expect(woken).toEqual(['past'])
    stop.abort()
    await below.advance(1_000)
    expect(woken).toEqual(['past', 'called off', 'present'])
  })

  it('fires nothing after its end', async () => {
    const { below, clock } = clocks()
    const fired: string[] = []
    clock.after(61_000, () => fired.push('before'))
    await clock.catchUp()
    clock.stop()
    clock.after(1_000, () => fired.push('after'))
    expect(below.nextAtMs()).toBeUndefined()
    await below.advance(5_000)
    expect(fired).toEqual([])
  })

  it('does not run ahead of the present', async () => {
    const { clock } = clocks()
    await clock.advance(500_000)
    expect(clock.now()).toBe(1_000_000)
  })
})
