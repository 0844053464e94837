import { describe, expect, it } from 'vitest'
import { valuesAt } from './json-path.ts'

const root = {
  spec: { a: 1, 'x.y': 'dotted', list: [{ n: 'one' }, { n: 'two' }] },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False', message: 'why it is so', count: 3 },
      { type: 'Last', status: 'False', message: '' },
    ],
  },
}

describe('valuesAt', () => {
  it.each([
    ['.spec.a', [1]],
    ['spec.a', [1]],
    ['.spec.none', []],
    ['.spec.a.b', []],
    [".spec['x.y']", ['dotted']],
    ['.spec.x\\.y', ['dotted']],
    ['.spec.list[1].n', ['two']],
    ['.spec.list[-1].n', ['two']],
    ['.spec.list[7].n', []],
    ['.spec.list[*].n', ['one', 'two']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type == 'Other')].status", ['False']],
    ['.status.conditions[?(@.type=="Gone")].status', []],
    // the first message that there is, as the columns of Plans ask for it; what has none is not compared
    [".status.conditions[?(@.message!='')].message", ['why it is so']],
    ['.status.conditions[?(@.type != "Ready")].type', ['Other', 'Last']],
    ['.status.conditions[?(@.message)].type', ['Other', 'Last']],
    ['.status.conditions[?(@.count==3)].type', ['Other']],
    ['.status.conditions[?(@.count!=3)].type', []],
    ['.spec[?(@.n=="one")].n', []],
    ['.spec..a', []],
    ['.constructor.name', []],
    ['.spec[', []],
  ])('%s is %j', (path, values) => {
    expect(valuesAt(root, path)).toEqual(values)
  })
})
