import { describe, expect, it } from 'vitest'
import { podNamed, smallServer } from './http/small-server.test-support.ts'

const what = { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', component: 'default-scheduler' } as const

async function setUp(gitVersion = 'v1.20.2') {
  const twin = await smallServer({ gitVersion })
  const about = await twin.client.create('pods', podNamed('p'))
  const events = () => twin.store.list('events', 'default')
  return { ...twin, about, events }
}

describe('an event with an action', () => {
  it('is written as events.k8s.io has it', async () => {
    const { client, about, events, clock } = await setUp()
    const related = await client.create('pods', podNamed('q'))
    await clock.advance(1_234)
    await client.event({ ...what, about, related, message: 'no room', host: 'n1' })
    expect(events()).toMatchObject([
      {
        involvedObject: { kind: 'Pod', name: 'p', uid: about.metadata.uid },
        related: { kind: 'Pod', name: 'q', uid: related.metadata.uid },
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: '2026-11-21T10:00:01.234000Z',
        action: 'Scheduling',
        reportingComponent: 'default-scheduler',
        reportingInstance: 'default-scheduler-n1',
      },
    ])
    expect(events()[0]).not.toHaveProperty('count')
    expect(events()[0]).not.toHaveProperty('series')
  })

  it('is one of the older kind before 1.19', async () => {
    const { client, about, events } = await setUp('v1.18.9')
    await client.event({ ...what, about, message: 'no room' })
    expect(events()).toMatchObject([{ count: 1, source: { component: 'default-scheduler' }, reportingComponent: '', eventTime: null }])
    expect(events()[0]).not.toHaveProperty('action')
  })

  it.each([
    { gitVersion: 'v1.20.2', counts: [1, 2] },
    { gitVersion: 'v1.26.0', counts: [2, 3] },
  ])('that happens again makes a series, whatever its words: $gitVersion', async ({ gitVersion, counts }) => {
    const { client, about, events, clock } = await setUp(gitVersion)
    const seen: unknown[] = []
    for (const message of ['one', 'two', 'three']) {
      await clock.advance(60_000)
      await client.event({ ...what, about, message })
      seen.push(events().map(({ message: said, series }) => [said, (series as { count: number } | undefined)?.count]))
    }
    expect(seen).toEqual([undefined, ...counts].map((count) => [['one', count]]))
    expect(events()[0]?.series).toMatchObject({ lastObservedTime: '2026-11-21T10:03:00.000000Z' })
  })

  it.each([
    { how: 'after a long silence', waitMs: 361_000, other: {}, changes: false },
    { how: 'of another reason', waitMs: 0, other: { reason: 'Scheduled' }, changes: false },
    { how: 'of an object that has changed', waitMs: 0, other: {}, changes: true },
  ])('$how is another event', async ({ waitMs, other, changes }) => {
    const { client, about, events, clock } = await setUp()
    await client.event({ ...what, about, message: 'no room' })
    await clock.advance(waitMs)
    const labelled = (pod: typeof about) => ({ ...pod, metadata: { ...pod.metadata, labels: { a: 'b' } } })
    const then = changes ? await client.change('pods', { namespace: 'default', name: 'p' }, labelled) : about
    await client.event({ ...what, about: then, message: 'no room', ...other })
    expect(events()).toHaveLength(2)
  })

  it('that nobody has any more is written anew', async () => {
    const { client, about, events, store } = await setUp()
    await client.event({ ...what, about, message: 'no room' })
    store.remove('events', 'default', events()[0]?.metadata.name ?? '')
    await client.event({ ...what, about, message: 'no room' })
    expect(events()).toHaveLength(1)
  })
})
