import { describe, expect, it } from 'vitest'
import { fitColumns } from './align-columns.ts'

const rows = [
  ['NODE', 'STEP', 'WAITS FOR'],
  ['worker-1', 'Draining', 'the budget of web lets no pod go before another one is Ready'],
  ['w2', 'Staging', ''],
]

describe('a table on a terminal', () => {
  it('lets the last cell go on under itself', () => {
    expect(fitColumns(rows, 50).flat()).toEqual([
      'NODE       STEP       WAITS FOR',
      'worker-1   Draining   the budget of web lets no',
      '                      pod go before another one is',
      '                      Ready',
      'w2         Staging',
    ])
  })

  it('puts the last cell below its row where little room is left beside it', () => {
    expect(fitColumns(rows, 40).flat()).toEqual([
      'NODE       STEP',
      '    WAITS FOR',
      'worker-1   Draining',
      '    the budget of web lets no pod go',
      '    before another one is Ready',
      'w2         Staging',
    ])
  })

  it('cuts names in their middle where nothing else helps', () => {
    const long = [
      ['NODE', 'STEP', 'WAITS FOR'],
      ['ip-10-0-123-45.eu-central-1.compute.internal', 'Draining', ''],
    ]
    expect(fitColumns(long, 40).flat()).toEqual([
      'NODE                            STEP',
      '    WAITS FOR',
      'ip-10-0-123-45…mpute.internal   Draining',
    ])
  })
})
