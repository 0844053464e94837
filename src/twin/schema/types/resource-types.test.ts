import { describe, expect, it } from 'vitest'
import { storedAs } from '../../api/resource-type.ts'
import { resourceTypes, versionsServed } from './resource-types.ts'

function typeOf(minor: number, group: string, plural: string) {
  return resourceTypes(minor).find((type) => type.group === group && type.plural === plural)
}

function versionsOf(minor: number, group: string, plural: string) {
  const type = typeOf(minor, group, plural)
  return type === undefined ? [] : versionsServed(type, minor)
}

describe('resourceTypes', () => {
  it.each([
    ['apps', 'deployments', 14, ['v1', 'v1beta2', 'v1beta1']],
    ['apps', 'deployments', 15, ['v1', 'v1beta2', 'v1beta1']],
    ['apps', 'deployments', 16, ['v1']],
    ['extensions', 'deployments', 15, ['v1beta1']],
    ['extensions', 'deployments', 16, []],
    ['extensions', 'ingresses', 21, ['v1beta1']],
    ['extensions', 'ingresses', 22, []],
    ['networking.k8s.io', 'ingresses', 18, ['v1beta1']],
    ['networking.k8s.io', 'ingresses', 19, ['v1', 'v1beta1']],
    ['networking.k8s.io', 'ingresses', 22, ['v1']],
    ['policy', 'poddisruptionbudgets', 20, ['v1beta1']],
    ['policy', 'poddisruptionbudgets', 21, ['v1', 'v1beta1']],
    ['policy', 'poddisruptionbudgets', 24, ['v1', 'v1beta1']],
    ['policy', 'poddisruptionbudgets', 25, ['v1']],
    ['policy', 'podsecuritypolicies', 24, ['v1beta1']],
    ['policy', 'podsecuritypolicies', 25, []],
    ['batch', 'cronjobs', 20, ['v1beta1']],
    ['batch', 'cronjobs', 25, ['v1']],
    ['discovery.k8s.io', 'endpointslices', 16, []],
    ['discovery.k8s.io', 'endpointslices', 20, ['v1beta1']],
    ['discovery.k8s.io', 'endpointslices', 25, ['v1']],
    ['apiextensions.k8s.io', 'customresourcedefinitions', 15, ['v1beta1']],
    ['apiextensions.k8s.io', 'customresourcedefinitions', 16, ['v1', 'v1beta1']],
    ['apiextensions.k8s.io', 'customresourcedefinitions', 22, ['v1']],
    ['autoscaling', 'horizontalpodautoscalers', 20, ['v1', 'v2beta1', 'v2beta2']],
    ['autoscaling', 'horizontalpodautoscalers', 26, ['v2', 'v1']],
    ['storage.k8s.io', 'csinodes', 16, ['v1beta1']],
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 22, ['v1']],
    ['flowcontrol.apiserver.k8s.io', 'flowschemas', 19, []],
    ['flowcontrol.apiserver.k8s.io', 'flowschemas', 29, ['v1', 'v1beta3']],
    ['', 'pods', 37, ['v1']],
  ])('%s/%s in 1.%i: %j', (group, plural, minor, versions) => {
    expect(versionsOf(minor, group, plural)).toEqual(versions)
  })

  it.each(Array.from({ length: 24 }, (_, index) => 14 + index))(
    '1.%i names each resource, kind and short name once in its group',
    (minor) => {
      const types = resourceTypes(minor)
      const names = types.map(({ group, plural }) => `${plural}.${group}`)
      const kinds = types.map(({ group, kind }) => `${kind}.${group}`)
      const shortNames = types.flatMap(({ group, plural, shortNames }) => shortNames.map((name) => `${name} ${plural}.${group}`))
      expect(new Set(kinds).size).toBe(kinds.length)
      expect(new Set(shortNames).size).toBe(shortNames.length)
      expect(new Set(names).size).toBe(names.length)
      expect(types.length).toBeGreaterThan(45)
    },
  )

  it('what a second group shows is kept by the first, wherever both are served', () => {
    expect(storedAs({ group: 'extensions', plural: 'ingresses', keptBy: { group: 'networking.k8s.io', version: 'v1' } })).toBe(
      'ingresses.networking.k8s.io',
    )
    for (const minor of [14, 18, 21, 30]) {
      const types = resourceTypes(minor)
      const firsts = new Set(types.filter(({ keptBy }) => keptBy === undefined).map(storedAs))
      expect(types.filter(({ keptBy }) => keptBy !== undefined).filter((type) => !firsts.has(storedAs(type)))).toEqual([])
    }
  })

  it('ephemeral containers have a subresource of pods from 1.23, resize from 1.33', () => {
    expect(typeOf(22, '', 'pods')?.subresources).not.toContain('ephemeralcontainers')
    expect(typeOf(23, '', 'pods')?.subresources).toContain('ephemeralcontainers')
    expect(typeOf(32, '', 'pods')?.subresources).not.toContain('resize')
    expect(typeOf(33, '', 'pods')?.subresources).toContain('resize')
  })

  it('reviews can only be created, namespaces not deleted as a collection', () => {
    expect(typeOf(20, 'authorization.k8s.io', 'subjectaccessreviews')?.verbs).toEqual(['create'])
    expect(typeOf(30, '', 'namespaces')?.verbs).not.toContain('deletecollection')
    expect(typeOf(22, '', 'services')?.verbs).not.toContain('deletecollection')
    expect(typeOf(23, '', 'services')?.verbs).toBeUndefined()
    expect(typeOf(20, '', 'pods')?.verbs).toBeUndefined()
  })
})
