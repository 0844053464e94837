import { describe, expect, it } from 'vitest'
import { resourceTypes } from '../../schema/types/resource-types.ts'
import type { ResourceType } from '../resource-type.ts'
import { referencesOf } from './built-in-schema.ts'
import { OpenApiDocuments } from './open-api-documents.ts'
import { openApi2, openApi3 } from './open-api-schema.ts'

const plans: ResourceType = {
  group: 'upgrade.cattle.io',
  plural: 'plans',
  singular: 'plan',
  kind: 'Plan',
  namespaced: true,
  shortNames: [],
  categories: [],
  versions: [{ version: 'v1', fromMinor: 0 }],
  subresources: ['status'],
  custom: {
    v1: {
      schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            required: ['version'],
            properties: {
              version: { type: 'string' },
              concurrency: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
              window: { type: 'object', nullable: true, properties: { days: { type: 'array', items: { type: 'string' } } } },
              free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'string' } } },
            },
          },
        },
      },
      printerColumns: [],
      selectableFields: [],
    },
  },
}

// biome-ignore lint/suspicious/noExplicitAny: a document is looked at freely
function documents(minor: number): { v2: any; v3: (key: string) => any; root: any } {
  const made = new OpenApiDocuments({ types: [...resourceTypes(minor), plans], minor, gitVersion: `v1.${minor}.0` })
  return { v2: made.version2(), v3: (key) => made.version3(key), root: made.version3Root() }
}

describe('OpenAPI 2', () => {
  it.each([14, 20, 29, 37])('in 1.%i every reference has a definition', (minor) => {
    const { definitions, paths } = documents(minor).v2
    const missing = referencesOf([definitions, paths], openApi2).filter((name) => definitions[name] === undefined)
    expect([...new Set(missing)]).toEqual([])
    expect(Object.keys(definitions).length).toBeGreaterThan(300)
  })

  const { definitions, paths } = documents(20).v2

  it('kinds name group and version, lists how they merge', () => {
    expect(definitions['io.k8s.api.apps.v1.Deployment']['x-kubernetes-group-version-kind']).toEqual([
      { group: 'apps', kind: 'Deployment', version: 'v1' },
    ])
    expect(definitions['io.k8s.api.core.v1.PodSpec'].properties.volumes).toMatchObject({
      type: 'array',
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Volume' },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge,retainKeys',
    })
    expect(definitions['io.k8s.api.core.v1.Container'].required).toEqual(['name'])
  })

  it('numbers that may be texts, quantities and times are texts of a format', () => {
    expect(definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toEqual({ type: 'string', format: 'int-or-string' })
    expect(definitions['io.k8s.apimachinery.pkg.api.resource.Quantity']).toEqual({ type: 'string' })
    expect(definitions['io.k8s.apimachinery.pkg.apis.meta.v1.Time']).toEqual({ type: 'string', format: 'date-time' })
  })

  it.each([
    ['/apis/apps/v1/namespaces/{namespace}/deployments/{name}', { group: 'apps', kind: 'Deployment', version: 'v1' }],
    ['/api/v1/nodes/{name}', { group: '', kind: 'Node', version: 'v1' }],
    ['/apis/upgrade.cattle.io/v1/namespaces/{namespace}/plans/{name}', { group: 'upgrade.cattle.io', kind: 'Plan', version: 'v1' }],
  ])('PATCH %s can be a dry run', (path, kind) => {
    const { patch } = paths[path]
    expect(patch['x-kubernetes-group-version-kind']).toEqual(kind)
    expect(patch.parameters.map(({ name }: { name: string }) => name)).toEqual(['body', 'dryRun', 'fieldManager', 'force'])
  })

  it('what can only be created has no path of its own object', () => {
    expect(Object.keys(paths['/apis/authentication.k8s.io/v1/tokenreviews'])).toEqual(['post'])
    expect(paths['/apis/authentication.k8s.io/v1/tokenreviews/{name}']).toBeUndefined()
  })

  it('a custom kind says only what clients may hold against an object', () => {
    const { properties } = definitions['io.cattle.upgrade.v1.Plan']
    expect(properties.metadata).toEqual({ $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' })
    expect(properties.spec.properties).toEqual({
      version: { type: 'string' },
      concurrency: { 'x-kubernetes-int-or-string': true },
      window: {},
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    })
  })
})

describe('OpenAPI 3', () => {
  const { root, v3 } = documents(30)

  it('the root has the address of every group and version', () => {
    expect(root.paths['api/v1'].serverRelativeURL).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{64}$/)
    expect(Object.keys(root.paths)).toContain('apis/upgrade.cattle.io/v1')
    expect(Object.keys(root.paths).filter((key) => v3(key) === undefined)).toEqual([])
  })

  it('each document holds what it refers to', () => {
    for (const key of Object.keys(root.paths)) {
      const { components, paths } = v3(key)
      expect(referencesOf([components, paths], openApi3).filter((name) => components.schemas[name] === undefined)).toEqual([])
    }
  })

  it('writes can say how fields are validated, from 1.25', () => {
    const names = (minor: number) =>
      documents(minor)
        .v3('apis/apps/v1')
        .paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch.parameters.map(({ name }: { name: string }) => name)
    expect(names(24)).not.toContain('fieldValidation')
    expect(names(25)).toContain('fieldValidation')
  })

  it.each([
    { key: 'apis/apps/v1', path: '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', strategic: true },
    { key: 'apis/upgrade.cattle.io/v1', path: '/apis/upgrade.cattle.io/v1/namespaces/{namespace}/plans/{name}', strategic: false },
  ])('a strategic merge patch is offered where it is taken: $path $strategic', ({ key, path, strategic }) => {
    const type = 'application/strategic-merge-patch+json'
    expect(Object.keys(v3(key).paths[path].patch.requestBody.content).includes(type)).toBe(strategic)
    expect(documents(30).v2.paths[path].patch.consumes.includes(type)).toBe(strategic)
  })

  it('a reference with something beside it stands in allOf', () => {
    const { schemas } = v3('apis/policy/v1').components
    expect(schemas['io.k8s.api.policy.v1.PodDisruptionBudgetSpec'].properties.selector).toEqual({
      'x-kubernetes-patch-strategy': 'replace',
      allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector' }],
    })
  })

  it('a changed schema has another address', () => {
    const at = (schema: object) => {
      const custom = { v1: { schema: { ...schema }, printerColumns: [], selectableFields: [] } }
      const made = new OpenApiDocuments({ types: [{ ...plans, custom }], minor: 30, gitVersion: 'v1.30.0' })
      return (made.version3Root().paths as Record<string, unknown>)['apis/upgrade.cattle.io/v1']
    }
    expect(at({ type: 'object' })).not.toEqual(at({ type: 'object', properties: {} }))
  })

  it('a version that is not served has no document', () => {
    expect(v3('apis/apps/v7')).toBeUndefined()
    expect(v3('')).toBeUndefined()
  })
})
