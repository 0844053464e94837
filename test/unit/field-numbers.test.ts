import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { messagesIn, numberTable } from '../../scripts/proto-messages.mjs'
import { fieldLines } from '../../src/twin/schema/fields/kubernetes-tables.ts'
import { rigCache } from '../rig/rig-cache.ts'

const file = new URL('../../src/twin/api/protobuf/field-numbers.json', import.meta.url)
const table = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
const entries = (line = '') => line.split(', ').filter(Boolean)

describe('the numbers of fields', () => {
  it('stand once in each type', () => {
    const twice = Object.entries(table).filter(([, line]) => {
      const numbers = entries(line).map((entry) => entry.split(' ')[0])
      return new Set(numbers).size < numbers.length
    })
    expect(twice).toEqual([])
  })

  it('cover every field that JSON has, but for kinds that nobody sends so', () => {
    const namesOf = (type: string): readonly string[] =>
      entries(table[type]).flatMap((entry) => {
        const name = entry.split(' ')[1] ?? ''
        return name.startsWith('...') ? namesOf(name.slice(3)) : [name]
      })
    const missing = Object.entries(fieldLines).flatMap(([type, lines]) => {
      const [room, names] = [type.split('/')[0] ?? '', new Set([...namesOf(type), 'kind', 'apiVersion'])]
      const fields = lines.filter((line) => !line.startsWith('- ')).map((line) => line.split(/[! ]/, 1)[0] ?? '')
      return ['apiextensions', 'metrics'].includes(room)
        ? []
        : fields.filter((field) => !names.has(field)).map((field) => `${type}.${field}`)
    })
    expect(missing).toEqual([])
  })

  const sources = [join(rigCache(), 'src/staging/src/k8s.io')].filter((folder) => existsSync(join(folder, 'api')))
  it.each(sources)('are those of %s', (folder) => {
    const read = numberTable(fieldLines, messagesIn([folder]))
    const differing = Object.entries(read).flatMap(([type, line]) => {
      const known = new Set(entries(table[type]))
      return entries(line)
        .filter((entry) => !known.has(entry))
        .map((entry) => `${type}: ${entry}`)
    })
    // embedded there under a name that was changed afterwards
    expect(differing).toEqual(['core/v1.Probe: 1 ...core/v1.Handler'])
  })
})
