import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kindType, kindTypes } from './kind-types.ts'
import { fieldLines } from './kubernetes-tables.ts'
import { StructTypes } from './struct-type.ts'

/** The published types of 1.30, read apart from what the tables were made of. */
function declaredFields(): Map<string, string[]> {
  const folder = dirname(createRequire(import.meta.url).resolve('kubernetes-types/package.json'))
  const declared = new Map<string, string[]>()
  for (const group of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(folder, group.name)).filter((name) => /^v\w+\.d\.ts$/.test(name))) {
      const text = readFileSync(join(folder, group.name, file), 'utf8')
      for (const [, name, body = ''] of text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
        const fields = [...body.matchAll(/^ {4}(?:readonly )?"?([\w$-]+)"?\??: /gm)]
        declared.set(
          `${group.name}/${file.replace('.d.ts', '')}.${name}`,
          fields.map(([, field = '']) => (field.startsWith('x_kubernetes') ? field.replaceAll('_', '-') : field)),
        )
      }
    }
  }
  return declared
}

describe('the tables of fields', () => {
  const declared = declaredFields()
  const structs = new StructTypes(30)
  const shared = Object.keys(fieldLines).filter((name) => declared.has(name))

  it('name for 1.30 the fields that its published types have', () => {
    expect(shared.length).toBeGreaterThan(450)
    const differing = shared.flatMap((name) => {
      const published = new Set(declared.get(name))
      const own = new Set(structs.get(name)?.fields.keys())
      const missing = [...published].filter((field) => !own.has(field)).map((field) => `${name}.${field} is missing`)
      return [...missing, ...[...own].filter((field) => !published.has(field)).map((field) => `${name}.${field} is too much`)]
    })
    // left out there: fields whose description would end the comment, or whose name is no identifier
    const leftOut = /RuleWithOperations\.(resources|scope)|ResourceRule\.(verbs|resources)|\.x-kubernetes-/
    expect(differing.filter((line) => !leftOut.test(line))).toEqual([
      // alpha then, in another form today
      'core/v1.PodResourceClaim.source is missing',
    ])
  })

  it('have every kind that is served, and every struct that a field names', () => {
    const named = Object.values(fieldLines).flatMap((lines) => lines.flatMap((line) => line.match(/\w+\/\w+\.\w+/g) ?? []))
    const missing = [...kindTypes(), ...named].filter((name) => fieldLines[name] === undefined)
    expect([...new Set(missing)]).toEqual([])
  })

  it.each([
    ['core/v1.PodSpec', 'containers', { type: { kind: 'List', of: { kind: 'Struct', name: 'core/v1.Container' } }, required: true }],
    ['core/v1.PodSpec', 'containers', { patch: { strategy: 'merge', mergeKey: 'name' }, list: { type: 'map', keys: ['name'] } }],
    ['core/v1.PodSpec', 'volumes', { patch: { strategy: 'merge,retainKeys', mergeKey: 'name' } }],
    ['core/v1.PodSpec', 'nodeSelector', { type: { kind: 'Map', of: { kind: 'String' } }, map: 'atomic' }],
    ['core/v1.Container', 'ports', { list: { type: 'map', keys: ['containerPort', 'protocol'] } }],
    ['core/v1.ContainerPort', 'protocol', { default: 'TCP', type: { kind: 'String' } }],
    ['core/v1.ResourceRequirements', 'limits', { type: { kind: 'Map', of: { kind: 'Quantity' } } }],
    ['core/v1.Secret', 'data', { type: { kind: 'Map', of: { kind: 'Bytes' } } }],
    ['core/v1.ServicePort', 'targetPort', { type: { kind: 'IntOrString' } }],
    ['meta/v1.ObjectMeta', 'finalizers', { patch: { strategy: 'merge' }, list: { type: 'set', keys: [] } }],
    ['meta/v1.ObjectMeta', 'creationTimestamp', { type: { kind: 'Time' }, encoded: 'NonZero' }],
    ['apps/v1.DeploymentSpec', 'replicas', { type: { kind: 'Int32' }, pointer: true }],
    ['coordination/v1.LeaseSpec', 'renewTime', { type: { kind: 'MicroTime' } }],
    ['apps/v1.DeploymentSpec', 'template', { required: true, encoded: 'Always' }],
  ])('%s.%s: %j', (struct, field, facts) => {
    expect(structs.get(struct)?.fields.get(field)).toMatchObject(facts)
  })

  it.each([
    ['policy/v1.PodDisruptionBudgetSpec', 'unhealthyPodEvictionPolicy', 25, 26],
    ['core/v1.PodSpec', 'schedulingGates', 25, 26],
    ['batch/v1.JobSpec', 'podReplacementPolicy', 26, 28],
  ])('%s.%s is not known in 1.%i, and known in 1.%i', (struct, field, before, after) => {
    expect(new StructTypes(before).get(struct)?.fields.has(field)).toBe(false)
    expect(new StructTypes(after).get(struct)?.fields.has(field)).toBe(true)
  })

  it('a selector is one value for server-side apply', () => {
    expect(structs.get('meta/v1.LabelSelector')?.atomic).toBe(true)
    expect(structs.get('core/v1.PodSpec')?.atomic).toBe(false)
  })

  it('kinds are found by group and version', () => {
    expect(kindType('', 'v1', 'Pod')).toBe('core/v1.Pod')
    expect(kindType('rbac.authorization.k8s.io', 'v1', 'Role')).toBe('rbac/v1.Role')
    expect(kindType('apps', 'v1', 'Deployment')).toBe('apps/v1.Deployment')
    expect(kindType('upgrade.cattle.io', 'v1', 'Plan')).toBeUndefined()
  })
})
