import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../kube-object.ts'
import { customResourceType } from './custom-resource-type.ts'
import type { Definition, DefinitionSpec, DefinitionStatus } from './definition.ts'
import { definitionSpecToV1, definitionSpecToV1beta1 } from './definition-conversion.ts'
import { decideDefinitionStatus, takenNames } from './definition-status.ts'
import { definitionStrategy } from './definition-strategy.ts'

const nowMs = Date.UTC(2026, 0, 1)
const names = { plural: 'plans', singular: 'plan', kind: 'Plan', listKind: 'PlanList', shortNames: ['pl'] }

// biome-ignore lint/suspicious/noExplicitAny: what is wrong with a definition is written freely
type Loose = any

function definition(change: (definition: Loose) => void = () => {}): KubeObject {
  const made: Loose = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'plans.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'plans', kind: 'Plan' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } } } },
        },
      ],
    },
  }
  change(made)
  const context = { minor: 20, nowMs }
  const drafted = definitionStrategy.defaults?.(made, context) as KubeObject
  return definitionStrategy.prepare?.(drafted, undefined, context) as KubeObject
}

function problems(change: (definition: Loose) => void, old?: KubeObject) {
  const causes = definitionStrategy.validate?.(definition(change), old, { minor: 20, nowMs, version: 'v1' }) ?? []
  return causes.map(({ field, message }) => `${field}: ${message}`)
}

const specOf = (made: Loose) => made.spec.versions[0].schema.openAPIV3Schema.properties.spec
const at = 'spec.validation.openAPIV3Schema.properties[spec].properties[a]'

describe('a CustomResourceDefinition', () => {
  it('gets names, a conversion and its stored version', () => {
    const { spec, status } = definition() as unknown as Definition
    expect(spec.names).toEqual({ plural: 'plans', kind: 'Plan', singular: 'plan', listKind: 'PlanList' })
    expect(spec.conversion).toEqual({ strategy: 'None' })
    expect(status?.storedVersions).toEqual(['v1'])
    expect(problems(() => {})).toEqual([])
  })

  // every line was compared with a real API server 1.20
  it.each<[string, (made: Loose) => void, string[]]>([
    [
      'a name that is not of its plural and group',
      (made) => {
        made.metadata.name = 'x.example.com'
      },
      ['metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    [
      'a group without a dot',
      (made) => {
        made.metadata.name = 'plans.example'
        made.spec.group = 'example'
      },
      ['spec.group: Invalid value: "example": should be a domain with at least one dot'],
    ],
    [
      'another scope',
      (made) => {
        made.spec.scope = 'Both'
      },
      ['spec.scope: Unsupported value: "Both": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'no schema',
      (made) => {
        delete made.spec.versions[0].schema
      },
      ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
    ],
    [
      'a field without a type',
      (made) => {
        specOf(made).properties.a = {}
      },
      [`${at}.type: Required value: must not be empty for specified object fields`],
    ],
    [
      'an array without items',
      (made) => {
        specOf(made).properties.a = { type: 'array' }
      },
      [`${at}.items: Required value: must be specified`],
    ],
    [
      'a type inside of oneOf',
      (made) => {
        specOf(made).oneOf = [{ properties: { a: { type: 'string' } } }]
      },
      ['spec.validation.openAPIV3Schema.properties[spec].oneOf[0].properties[a].type: Forbidden: must be empty to be structural'],
    ],
    [
      'both fields and other fields',
      (made) => {
        specOf(made).additionalProperties = { type: 'string' }
      },
      [
        'spec.validation.openAPIV3Schema.properties[spec].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive',
      ],
    ],
    [
      'metadata with labels',
      (made) => {
        made.spec.versions[0].schema.openAPIV3Schema.properties.metadata = { type: 'object', properties: { labels: { type: 'object' } } }
      },
      [
        'spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
      ],
    ],
    [
      'a list of maps whose key may be missing',
      (made) => {
        const items = { type: 'object', properties: { k: { type: 'string' } } }
        specOf(made).properties.a = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'z'], items }
      },
      [
        `${at}.x-kubernetes-list-map-keys: Invalid value: []string{"k", "z"}: entries must all be names of item properties`,
        `${at}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      'an embedded object without fields',
      (made) => {
        specOf(made).properties.a = { type: 'object', 'x-kubernetes-embedded-resource': true }
      },
      [
        `${at}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
      ],
    ],
    [
      'a default of another type',
      (made) => {
        specOf(made).properties.a.default = 5
      },
      [`${at}.default: Invalid value: "integer":  in body must be of type string: "integer"`],
    ],
    [
      'paths of a scale elsewhere',
      (made) => {
        made.spec.versions[0].subresources = { scale: { specReplicasPath: '.foo', statusReplicasPath: 'status.x' } }
      },
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".foo": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Invalid value: "status.x": must be a simple json path starting with .',
      ],
    ],
    [
      'a protected group without approval',
      (made) => {
        made.metadata.name = 'plans.x.k8s.io'
        made.spec.group = 'x.k8s.io'
      },
      [
        'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ],
    ],
    [
      'unknown fields kept for all',
      (made) => {
        made.spec.preserveUnknownFields = true
      },
      [
        'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ],
    ],
  ])('%s is refused', (_, change, expected) => {
    expect(problems(change)).toEqual(expected)
  })

  it('a rule that is no expression is refused', () => {
    const refused = problems((made) => {
      specOf(made)['x-kubernetes-validations'] = [{ rule: 'self.a >' }, { rule: 'self.a == "x"' }]
    })
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatch(/properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: Invalid value: "self\.a >": compilation failed: /)
  })

  it('scope and kind cannot change once it is established, group and plural never', () => {
    const old = definition()
    const established = { ...old, status: { conditions: [{ type: 'Established', status: 'True' }] } } as unknown as KubeObject
    const change = (made: Loose) => {
      made.spec.scope = 'Cluster'
    }
    expect(problems(change, old)).toEqual([])
    expect(problems(change, established)).toEqual(['spec.scope: Invalid value: "Cluster": field is immutable'])
  })

  it('a schema that is not served everywhere is told of in its version', () => {
    const change = (made: Loose) => {
      made.spec.versions.push({
        name: 'v2',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: {} } } },
      })
    }
    expect(problems(change)).toEqual([
      'spec.versions[1].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
    ])
  })
})

describe('decideDefinitionStatus', () => {
  const wanted: Definition = { spec: { ...(definition().spec as DefinitionSpec), names } }
  const brief = ({ conditions = [] }: DefinitionStatus) => conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)

  it('names that are free are accepted, and the resource is established', () => {
    const status = decideDefinitionStatus(wanted, takenNames([]), nowMs)
    expect(status.acceptedNames).toEqual(names)
    expect(brief(status)).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted'])
    expect(decideDefinitionStatus({ ...wanted, status }, takenNames([]), nowMs + 60_000)).toEqual(status)
  })

  it.each([
    [{ plural: 'plans', kind: 'X' }, 'PluralConflict', '"plans" is already in use'],
    [{ plural: 'x', kind: 'Plan' }, 'KindConflict', '"Plan" is already in use'],
    [{ plural: 'x', shortNames: ['pl'], kind: 'X' }, 'ShortNamesConflict', '"pl" is already in use'],
  ])('another definition with %j is in the way', (acceptedNames, reason, message) => {
    const other: Definition = { spec: wanted.spec, status: { acceptedNames } }
    const { conditions } = decideDefinitionStatus(wanted, takenNames([other]), nowMs)
    expect(conditions?.[0]).toMatchObject({ type: 'NamesAccepted', status: 'False', reason, message })
    expect(conditions?.[1]).toMatchObject({ type: 'Established', status: 'False', reason: 'NotAccepted' })
  })

  it('one that is established stays so', () => {
    const status = decideDefinitionStatus(wanted, takenNames([]), nowMs)
    const renamed = { spec: { ...wanted.spec, names: { ...names, shortNames: ['other'] } }, status }
    const other: Definition = { spec: wanted.spec, status: { acceptedNames: { plural: 'x', kind: 'X', shortNames: ['other'] } } }
    const next = decideDefinitionStatus(renamed, takenNames([other]), nowMs)
    expect(brief(next)).toEqual(['NamesAccepted=False ShortNamesConflict', 'Established=True InitialNamesAccepted'])
    expect(next.acceptedNames?.shortNames).toEqual(['pl'])
  })
})

describe('customResourceType', () => {
  it('has the served versions, the preferred one first, with what each shows', () => {
    const made = definition((draft) => {
      const [v1] = draft.spec.versions
      draft.spec.versions = [
        { ...v1, name: 'v1beta1', storage: false },
        { ...v1, name: 'v1', subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } } },
        { ...v1, name: 'v2', storage: false, served: false },
      ]
    })
    expect(customResourceType(made)).toMatchObject({
      group: 'example.com',
      plural: 'plans',
      singular: 'plan',
      kind: 'Plan',
      namespaced: true,
      versions: [
        { version: 'v1', fromMinor: 0 },
        { version: 'v1beta1', fromMinor: 0 },
      ],
      subresources: ['status', 'scale'],
      custom: { v1: { scale: { specReplicasPath: '.spec.n' } }, v1beta1: { printerColumns: [] } },
    })
  })

  it('serves nothing when no version is served', () => {
    const made = definition((draft) => {
      draft.spec.versions[0].served = false
    })
    expect(customResourceType(made)).toBeUndefined()
  })
})

describe('definitions of v1beta1', () => {
  const column = { name: 'A', type: 'string', JSONPath: '.spec.a' }
  const spec = {
    group: 'example.com',
    version: 'v1',
    versions: [
      { name: 'v1', served: true, storage: true },
      { name: 'v2', served: true, storage: false },
    ],
    validation: { openAPIV3Schema: { type: 'object' } },
    subresources: { status: {} },
    additionalPrinterColumns: [column],
    conversion: { strategy: 'Webhook', webhookClientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] },
    preserveUnknownFields: false,
  }

  it('say for each version what they said for all', () => {
    const { versions, conversion } = definitionSpecToV1(spec) as Loose
    expect(versions[1]).toEqual({
      name: 'v2',
      served: true,
      storage: false,
      schema: { openAPIV3Schema: { type: 'object' } },
      subresources: { status: {} },
      additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a' }],
    })
    expect(conversion).toEqual({ strategy: 'Webhook', webhook: { clientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] } })
  })

  it('come back as they were', () => {
    expect(definitionSpecToV1beta1(definitionSpecToV1(spec))).toEqual(spec)
  })

  it('keep unknown fields unless they say otherwise, and may name one version only', () => {
    const { versions, preserveUnknownFields } = definitionSpecToV1({ group: 'example.com', version: 'v1' }) as Loose
    expect(preserveUnknownFields).toBe(true)
    expect(versions).toEqual([{ name: 'v1', served: true, storage: true }])
  })
})
