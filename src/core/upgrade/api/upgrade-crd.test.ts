import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { StructuralSchema } from '../../kubernetes/structural-schema.ts'
import { upgradeCrd } from './upgrade-crd.ts'

const golden = new URL('../../../../deploy/base/crd-cluster-upgrade.yaml', import.meta.url)
const header = '# Written by `npm run golden` from the schemas in src/core/upgrade; change those.\n'

function crdText(): string {
  return header + stringify(upgradeCrd(), { lineWidth: 120 })
}

const crd = upgradeCrd() as {
  spec: {
    scope: string
    names: object
    versions: { additionalPrinterColumns: { name: string }[]; schema: { openAPIV3Schema: StructuralSchema } }[]
  }
}
const schema = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {}

/** Every object of a schema that has fields of its own, by its path. */
function* objects(of: StructuralSchema, path: string): Generator<readonly [string, StructuralSchema]> {
  if (of.properties !== undefined) yield [path, of]
  // what is below is read as in a Plan
  if (/\.node\.upgrade$/.test(path)) return
  for (const [name, property] of Object.entries(of.properties ?? {})) yield* objects(property, `${path}.${name}`)
  if (of.items) yield* objects(of.items, `${path}[]`)
}

/** Every field of a schema, by its path. */
function* fields(of: StructuralSchema, path: string): Generator<readonly [string, StructuralSchema]> {
  yield [path, of]
  for (const [name, property] of Object.entries(of.properties ?? {})) yield* fields(property, `${path}.${name}`)
  if (of.items) yield* fields(of.items, `${path}[]`)
}

describe('upgradeCrd', () => {
  it('is what deploy/base/crd-cluster-upgrade.yaml says (`npm run golden` writes it anew)', () => {
    if (process.env.FALKIRK_GOLDEN === '1') writeFileSync(golden, crdText())
    expect(readFileSync(golden, 'utf8')).toBe(crdText())
  })

  it('reads back from YAML as it was, also by the YAML 1.1 that kubectl speaks', () => {
    expect(parse(crdText(), { version: '1.1' })).toEqual(upgradeCrd())
  })

  it('is of the whole cluster, and has columns that tell where a run is', () => {
    expect(crd.spec.scope).toBe('Cluster')
    expect(crd.spec.names).toMatchObject({ kind: 'ClusterUpgrade', plural: 'clusterupgrades', shortNames: ['cup'] })
    const columns = crd.spec.versions[0]?.additionalPrinterColumns.map(({ name }) => name)
    expect(columns).toEqual(['Version', 'Phase', 'Hop', 'Control-Plane', 'Nodes', 'Age', 'Message'])
  })

  it('drops no field that is not known, at any depth of the spec: the controller refuses those', () => {
    const silent = [...objects(schema.properties?.spec ?? {}, 'spec')].filter(
      ([, of]) => of['x-kubernetes-preserve-unknown-fields'] !== true,
    )
    expect(silent.map(([path]) => path)).toEqual([])
  })

  it('describes every field that a person writes or reads', () => {
    const { spec = {}, status = {} } = schema.properties ?? {}
    const silent = [...fields(spec, 'spec'), ...fields(status, 'status')].filter(
      ([path, of]) => of.description === undefined && !/\[\]$|^status\.(hop|progress)\./.test(path),
    )
    expect(silent.map(([path]) => path)).toEqual([])
  })
})
