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

it('each event has its own hour, whatever became of those before it', async () => {
  const { client, clock, store } = await smallServer()
  const about = await client.create('pods', podNamed('p'))
  const tell = (reason: string, message = 'once') => client.event({ about, type: 'Normal', reason, message, component: 'kubelet' })
  const told = () =>
    store
      .list('events')
      .map(({ reason }) => reason)
      .sort()
  for (const reason of ['Pulling', 'Pulled', 'Created', 'Started']) {
    await tell(reason)
    await clock.advance(60_000)
  }
  await tell('Pulling', 'again')
  const [created] = store.list('events').filter(({ reason }) => reason === 'Created')
  await client.delete('events', { namespace: 'default', name: created?.metadata.name ?? '' })
  await clock.advance(3_420_000)
  expect(told()).toEqual(['Pulling', 'Started'])
  await clock.advance(120_000)
  expect(told()).toEqual(['Pulling'])
  await tell('Killing')
  await clock.advance(120_000)
  expect(told()).toEqual(['Killing'])
  await clock.advance(3_600_000)
  expect(told()).toEqual([])
})
