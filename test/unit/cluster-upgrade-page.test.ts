import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/cli/upgrade/exit-code.ts'
import type { StructuralSchema } from '../../src/core/kubernetes/structural-schema.ts'
import { upgradeCrd } from '../../src/core/upgrade/api/upgrade-crd.ts'

const file = 'docs/cluster-upgrade.md'
const [begin, end] = ['<!-- fields: written by `npm run golden` from the schema -->\n', '<!-- end of fields -->']

const schema = (upgradeCrd() as { spec: { versions: { schema: { openAPIV3Schema: StructuralSchema } }[] } }).spec.versions[0]?.schema
  .openAPIV3Schema
const spec = schema?.properties?.spec ?? {}
const status = schema?.properties?.status ?? {}

/** What stands below these is as in a Plan, and on the page of Plans. */
const asInPlans = ['nodeSelector', 'upgrade']

function* rows(of: StructuralSchema, path: string): Generator<string> {
  for (const [name, field] of Object.entries(of.properties ?? {})) {
    const here = `${path}.${name}`
    const values = field.enum as readonly string[] | undefined
    yield `| \`${here}\` | ${values === undefined ? typeText(field) : values.map((value) => `\`${value}\``).join(' ')} | ${field.description ?? ''} |`
    if (asInPlans.includes(name)) continue
    yield* field.items === undefined ? rows(field, here) : rows(field.items, `${here}[]`)
  }
}

function typeText({ type, items }: StructuralSchema): string {
  return type === 'array' ? `list of ${items?.type ?? ''}s` : (type ?? '')
}

function table(): string {
  return ['| field | value | |', '|---|---|---|', ...rows(spec, 'spec')].join('\n')
}

function page(): string {
  return readFileSync(file, 'utf8')
}

describe(file, () => {
  it('has every field of the spec with its description (`npm run golden` writes it anew)', () => {
    const text = page()
    const [head = '', rest = ''] = text.split(begin)
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(file, `${head}${begin}${table()}\n${end}${rest.split(end)[1]}`)
    expect(page().split(begin)[1]?.split(end)[0]).toBe(`${table()}\n`)
  })

  it.each((status.properties?.phase?.enum as readonly string[] | undefined) ?? [])('says what phase %s means', (phase) => {
    expect(page()).toMatch(new RegExp(`^\\| \`${phase}\` \\| \\S`, 'm'))
  })

  it.each(Object.entries(exitCodes))('says when a command ends as %s (%d)', (_, code) => {
    expect(page()).toMatch(new RegExp(`^\\| ${code} \\| \\S`, 'm'))
  })

  it.each(['Ready', 'Progressing', 'Complete'])('says what condition %s means', (condition) => {
    expect(page()).toContain(`\`${condition}\``)
  })
})
