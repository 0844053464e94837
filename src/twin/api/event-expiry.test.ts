import { expect, it } from 'vitest'
import { podNamed, smallServer } from './http/small-server.test-support.ts'

it('an event goes an hour after it was written last', async () => {
  const { client, clock, store } = await smallServer()
  const about = await client.create('pods', podNamed('p'))
  const event = { about, type: 'Normal', reason: 'Pulled', message: 'once', component: 'kubelet' } as const
  await client.event(event)
  await client.event({ ...event, message: 'again' })
  await clock.advance(1_800_000)
  await client.event({ ...event, message: 'again' })
  await clock.advance(1_800_000)
  expect(store.list('events').map(({ message }) => message)).toEqual(['again'])
  await clock.advance(1_800_000)
  expect(store.count('events')).toBe(0)
  expect(clock.nextAtMs()).toBeUndefined()
})
