import { describe, expect, it } from 'vitest'
import { createInstantClock } from '../../test/loopback/instant-clock.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { cacheCredentials, type LoadedCredentials } from './credential-cache.ts'

const token = (text: string) => ({ headers: { Authorization: text } })

function cached(give: (call: number, how: string) => string | Error) {
  const clock = createInstantClock()
  const calls: string[] = []
  const cache = cacheCredentials(clock, async (how): Promise<LoadedCredentials> => {
    calls.push(how)
    const given = give(calls.length, how)
    await new Promise((resolve) => setImmediate(resolve))
    if (given instanceof Error) throw given
    return { credentials: token(given), validUntilMs: clock.now() + 30_000 }
  })
  return { clock, cache, calls }
}

it('loads once for all who ask at the same time', async () => {
  const { cache, calls } = cached(() => 'a')
  expect(await Promise.all([cache.credentials(), cache.credentials(), cache.credentials()])).toEqual([token('a'), token('a'), token('a')])
  expect(calls).toEqual(['Cached'])
})

it('looks again when they are due, not before', async () => {
  const { cache, calls, clock } = cached((call) => `t${call}`)
  await cache.credentials()
  clock.fire(29_999)
  expect(await cache.credentials()).toEqual(token('t1'))
  clock.fire(1)
  expect(await cache.credentials()).toEqual(token('t2'))
  expect(calls).toHaveLength(2)
})

it('values that are the same stay the same object', async () => {
  const { cache, clock } = cached(() => 'a')
  const first = await cache.credentials()
  clock.fire(30_000)
  expect(await cache.credentials()).toBe(first)
})

describe('after a 401', () => {
  it('loads afresh, once for all whom the server has refused', async () => {
    const { cache, calls } = cached((_, how) => how)
    const rejected = await cache.credentials()
    expect(await Promise.all([cache.renew(rejected), cache.renew(rejected)])).toEqual([token('Fresh'), token('Fresh')])
    expect(calls).toEqual(['Cached', 'Fresh'])
  })

  it('does not load again when somebody has done so since', async () => {
    const { cache, calls } = cached((call) => `t${call}`)
    const rejected = await cache.credentials()
    await cache.renew(rejected)
    expect(await cache.renew(rejected)).toEqual(token('t2'))
    expect(calls).toHaveLength(2)
  })

  it('is not content with a look at the cache that is under way', async () => {
    const { cache, calls, clock } = cached((_, how) => how)
    const rejected = await cache.credentials()
    clock.fire(30_000)
    const [looked, renewed] = await Promise.all([cache.credentials(), cache.renew(rejected)])
    expect([looked, renewed]).toEqual([token('Cached'), token('Fresh')])
    expect(calls).toEqual(['Cached', 'Cached', 'Fresh'])
  })
})

describe('when a look fails', () => {
  const missing = new FalkirkError('FK_KUBECONFIG', 'gone')

  it('files that are away for a moment do not take the credentials away', async () => {
    const { cache, clock, calls } = cached((call) => (call === 2 ? missing : `t${call}`))
    await cache.credentials()
    clock.fire(30_000)
    expect(await cache.credentials()).toEqual(token('t1'))
    clock.fire(60_000)
    expect(await cache.credentials()).toEqual(token('t3'))
    expect(calls).toHaveLength(3)
  })

  it.each([
    ['the first look', 1, missing],
    ['an exec plugin', 2, new FalkirkError('FK_EXEC_PLUGIN', 'failed')],
  ])('%s is thrown, and tried anew by the next call', async (_, failing, error) => {
    const { cache, clock } = cached((call) => (call === failing ? error : `t${call}`))
    if (failing === 2) await cache.credentials()
    clock.fire(30_000)
    await expect(cache.credentials()).rejects.toBe(error)
    expect(await cache.credentials()).toEqual(token(`t${failing + 1}`))
  })

  it('a renewal that fails is thrown: the old ones are known to be bad', async () => {
    const { cache } = cached((call) => (call === 2 ? missing : 'a'))
    await expect(cache.renew(await cache.credentials())).rejects.toBe(missing)
  })
})
