import { describe, expect, it } from 'vitest'
import type { ApiClient } from '../cluster/api-client.ts'
import type { EventInput } from '../cluster/event-record.ts'
import { nodes, plans } from '../cluster/resource.ts'
import type { ApiRequest } from '../cluster/transport.ts'
import { fencedClient, fencedEvents } from './fence.ts'

function fenced(isLeader: () => boolean): { client: ApiClient; sent: string[] } {
  const sent: string[] = []
  const json = async <T>({ method, path }: ApiRequest): Promise<T> => {
    sent.push(`${method} ${path}`)
    return {} as T
  }
  const stream = () => Promise.reject(new Error('no stream here'))
  return { sent, client: fencedClient({ transport: { json, stream } } as unknown as ApiClient, isLeader) }
}

const plan = { namespace: 'system-upgrade', name: 'server' }
const body = { type: 'merge', body: {} } as const

describe('fencedClient', () => {
  const writes: [string, (client: ApiClient) => Promise<unknown>][] = [
    ['a patch', (client) => client.patch(nodes, { name: 'a' }, body)],
    ['a patch of a status', (client) => client.patchStatus(plans, plan, body)],
    ['a creation', (client) => client.create(nodes, { metadata: { name: 'a' } })],
    ['a deletion', (client) => client.delete(nodes, { name: 'a' })],
  ]

  it.each(writes)('holds %s back while it does not lead', async (_, write) => {
    const { client, sent } = fenced(() => false)
    await expect(write(client)).rejects.toMatchObject({ code: 'FK_LEASE_LOST', retry: 'backoff' })
    expect(sent).toEqual([])
  })

  it.each(writes)('sends %s while it leads', async (_, write) => {
    const { client, sent } = fenced(() => true)
    await write(client)
    expect(sent).toHaveLength(1)
  })

  it('looks at the lease anew for each write', async () => {
    let leads = true
    const { client, sent } = fenced(() => leads)
    await client.patch(nodes, { name: 'a' }, body)
    leads = false
    await expect(client.patch(nodes, { name: 'b' }, body)).rejects.toMatchObject({ code: 'FK_LEASE_LOST' })
    expect(sent).toEqual(['PATCH /api/v1/nodes/a'])
  })

  it('reads at any time', async () => {
    const { client, sent } = fenced(() => false)
    await client.get(nodes, { name: 'a' })
    expect(sent).toEqual(['GET /api/v1/nodes/a'])
  })
})

describe('fencedEvents', () => {
  it('tells nothing while it does not lead', () => {
    const told: EventInput[] = []
    let leads = true
    const events = fencedEvents(
      { record: (input) => told.push(input), flush: async () => {}, stop: async () => {}, dropped: () => 0 },
      () => leads,
    )
    const object = { apiVersion: 'upgrade.cattle.io/v1', kind: 'Plan', name: 'server', uid: '1' }
    events.record({ object, type: 'Normal', reason: 'SyncJob', message: 'first' })
    leads = false
    events.record({ object, type: 'Normal', reason: 'SyncJob', message: 'second' })
    expect(told.map(({ message }) => message)).toEqual(['first'])
  })
})
