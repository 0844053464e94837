import { describe, expect, it } from 'vitest'
import { ApiFaultRules, type RequestFilter } from './api-faults.ts'

const user = { username: 'ops', groups: [] }
const eviction = { verb: 'create', path: '/x', resource: { group: '', version: 'v1', plural: 'pods', subresource: 'eviction' } }
const listing = { verb: 'list', path: '/x', resource: { group: 'apps', version: 'v1', plural: 'deployments' } }
const health = { verb: 'get', path: '/healthz' }

describe('a fault meets', () => {
  it.each<{ what: string; filter: RequestFilter; meets: boolean[] }>([
    { what: 'every request', filter: {}, meets: [true, true, true] },
    { what: 'verbs', filter: { verbs: ['list'] }, meets: [false, true, false] },
    { what: 'resources with their group', filter: { resources: ['deployments.apps'] }, meets: [false, true, false] },
    { what: 'subresources and not what they are of', filter: { resources: ['pods/eviction', 'deployments'] }, meets: [true, false, false] },
    { what: 'users', filter: { users: ['somebody'] }, meets: [false, false, false] },
    { what: 'a share by the numbers that it is given', filter: { share: 0.5 }, meets: [true, false, true] },
  ])('$what', ({ filter, meets }) => {
    const chances = [0.4, 0.6, 0.1]
    const rules = new ApiFaultRules(() => chances.shift() ?? 1)
    rules.add({ kind: 'Break' }, filter)
    expect([eviction, listing, health].map((request) => rules.judge(request, user)?.kind === 'Break')).toEqual(meets)
  })

  it('nothing any more when it has been taken away; the first of several decides', () => {
    const rules = new ApiFaultRules(() => 0)
    const remove = rules.add({ kind: 'Delay', ms: 1 })
    rules.add({ kind: 'Break' })
    expect(rules.judge(health, user)?.kind).toBe('Delay')
    remove()
    expect(rules.judge(health, user)?.kind).toBe('Break')
  })
})
