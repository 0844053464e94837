import { describe, expect, it } from 'vitest'
import { Readiness } from './readiness.ts'

describe('Readiness', () => {
  it('names what is missing, one after the other, until caches are filled', () => {
    const readiness = new Readiness()
    let synced = false
    expect(readiness.reason()).toBe('cannot start yet: the API server has not answered yet')
    readiness.connection('nothing listens there')
    expect(readiness.reason()).toBe('cannot start yet: nothing listens there')
    readiness.connection(undefined)
    readiness.caches(() => synced)
    expect(readiness.reason()).toBe('caches are not filled yet')
    readiness.watch('nodes', 'user "sut" may not list nodes')
    readiness.watch('jobs', 'user "sut" may not list jobs')
    expect(readiness.reason()).toBe('caches are not filled yet: user "sut" may not list nodes; user "sut" may not list jobs')
    readiness.watch('jobs', undefined)
    expect(readiness.reason()).toBe('caches are not filled yet: user "sut" may not list nodes')
    synced = true
    expect(readiness.reason()).toBeUndefined()
  })

  it('is not lost with a watch that is refused later: what is known still serves', () => {
    const readiness = new Readiness()
    readiness.connection(undefined)
    readiness.caches(() => true)
    readiness.watch('pods', 'user "sut" may not watch pods')
    expect(readiness.reason()).toBeUndefined()
  })
})
