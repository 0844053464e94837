import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../cluster/api-error.ts'
import { ToldRefusals } from './told-refusals.ts'

const changed = new ApiError({ status: 409, reason: 'Conflict', message: 'the object has been modified' })
const forbidden = new ApiError({ status: 403, reason: 'Forbidden', message: 'may not patch nodes' })

describe('what is told of refusals', () => {
  let refusals: ToldRefusals
  beforeEach(() => {
    refusals = new ToldRefusals()
  })

  it('is each but the first of an object that changed meanwhile', () => {
    refusals.refused('a', changed)
    expect([...refusals.told]).toEqual([])
    refusals.refused('a', changed)
    refusals.refused('b', changed)
    expect([...refusals.told.keys()]).toEqual(['a'])
    refusals.refused('b', forbidden)
    expect(refusals.told.get('b')).toContain('may not patch nodes')
  })

  it('goes with the next action that is carried out, and then a change is the first again', () => {
    refusals.refused('a', changed)
    refusals.carriedOut('a')
    refusals.refused('a', changed)
    expect([...refusals.told]).toEqual([])
    refusals.refused('a', forbidden)
    refusals.carriedOut('a')
    expect([...refusals.told]).toEqual([])
  })
})
