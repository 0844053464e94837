import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pathCommand } from '../../src/cli/path-command.ts'
import { knownWayPoints } from '../../src/core/upgrade/path/way-point-data.ts'

const page = readFileSync('docs/path.md', 'utf8')
const section = (title: string) => page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''

describe('docs/path.md', () => {
  it('lists every way-point with the minor before which it has to be met, and no other', () => {
    const rows = [...section('Way-points').matchAll(/^\| (`.*?`(?:, `.*?`)*) \| (.*?) \|/gm)]
    const named = rows.flatMap(([, ids = '', before = '']) => {
      const [first = '', ...rest] = [...ids.matchAll(/`(.*?)`/g)].map((match) => match[1] ?? '')
      // `kubeadm-config-v1beta2`, `-v1beta3`
      const all = [first, ...rest.map((id) => (id.startsWith('-') ? first.replace(/-[^-]*$/, id) : id))]
      const minors = [...before.matchAll(/v1\.(\d+)/g)].map((match) => Number(match[1]))
      return all.map((id, index) => `${id} ${minors[index]}`)
    })
    const known = knownWayPoints.map(({ id, minor }) => `${id} ${minor}`)
    expect(named.toSorted()).toEqual([...known, 'etcd-3.5.26 34', 'etcd-3.6.11 37', 'k3s-build-month undefined'].toSorted())
  })

  it('names every flag of the command', () => {
    const flags = pathCommand().options.map(({ long, short }) => (short === undefined ? long : short))
    const named = [...section('Flags').matchAll(/^\| `(-[\w-]+)/gm)].map((match) => match[1])
    expect(named.toSorted()).toEqual(flags.toSorted())
  })
})
