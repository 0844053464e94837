import { describe, expect, it } from 'vitest'
import { resourceTypes } from '../../schema/types/resource-types.ts'
import type { ResourceType } from '../resource-type.ts'
import { discoveryAnswer } from './discovery-answer.ts'

const plans: ResourceType = {
  group: 'upgrade.cattle.io',
  plural: 'plans',
  singular: 'plan',
  kind: 'Plan',
  namespaced: true,
  shortNames: [],
  categories: ['upgrade'],
  versions: [{ version: 'v1', fromMinor: 0 }],
  subresources: ['status'],
  custom: { v1: { schema: undefined, printerColumns: [], selectableFields: [] } },
}

function documentOf(minor: number, path: string, accept?: string) {
  const source = { types: [...resourceTypes(minor), plans], minor, serverAddress: '192.0.2.1:6443' }
  // biome-ignore lint/suspicious/noExplicitAny: a document is looked at freely
  return discoveryAnswer(source, path, accept)?.document as any
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
const aggregatedBeta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'
const kubectl = `${aggregated},${aggregatedBeta},application/json`

describe('discoveryAnswer', () => {
  it('/api names v1 and where the server is', () => {
    expect(documentOf(20, '/api')).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '192.0.2.1:6443' }],
    })
  })

  it('/apis has the groups in the order of 1.20, custom ones before metrics', () => {
    expect(documentOf(20, '/apis').groups.map(({ name }: { name: string }) => name)).toEqual([
      'apiregistration.k8s.io',
      'apps',
      'events.k8s.io',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'autoscaling',
      'batch',
      'certificates.k8s.io',
      'networking.k8s.io',
      'extensions',
      'policy',
      'rbac.authorization.k8s.io',
      'storage.k8s.io',
      'admissionregistration.k8s.io',
      'apiextensions.k8s.io',
      'scheduling.k8s.io',
      'coordination.k8s.io',
      'node.k8s.io',
      'discovery.k8s.io',
      'flowcontrol.apiserver.k8s.io',
      'upgrade.cattle.io',
      'metrics.k8s.io',
    ])
  })

  it.each([
    [20, 'autoscaling', ['v1', 'v2beta1', 'v2beta2']],
    [24, 'autoscaling', ['v2', 'v1', 'v2beta1', 'v2beta2']],
    [20, 'policy', ['v1beta1']],
    [22, 'policy', ['v1', 'v1beta1']],
    [18, 'networking.k8s.io', ['v1', 'v1beta1']],
    [20, 'upgrade.cattle.io', ['v1']],
  ])('in 1.%i %s has %j, the first is preferred', (minor, group, versions) => {
    const document = documentOf(minor, `/apis/${group}`)
    expect(document.versions.map(({ version }: { version: string }) => version)).toEqual(versions)
    expect(document.preferredVersion).toEqual({ groupVersion: `${group}/${versions[0]}`, version: versions[0] })
  })

  it('a resource list has resources and subresources, as 1.20 sends them', () => {
    const document = documentOf(20, '/apis/apps/v1')
    expect({ ...document, resources: document.resources.slice(3, 6) }).toEqual({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: 'apps/v1',
      resources: [
        {
          name: 'deployments',
          singularName: '',
          namespaced: true,
          kind: 'Deployment',
          verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
          shortNames: ['deploy'],
          categories: ['all'],
        },
        {
          name: 'deployments/scale',
          singularName: '',
          namespaced: true,
          group: 'autoscaling',
          version: 'v1',
          kind: 'Scale',
          verbs: ['get', 'patch', 'update'],
        },
        { name: 'deployments/status', singularName: '', namespaced: true, kind: 'Deployment', verbs: ['get', 'patch', 'update'] },
      ],
    })
  })

  it('core/v1 and extensions/v1beta1 keep the answer of old clients, without apiVersion', () => {
    expect(documentOf(20, '/api/v1').apiVersion).toBeUndefined()
    expect(documentOf(20, '/apis/extensions/v1beta1').apiVersion).toBeUndefined()
    expect(documentOf(20, '/apis/policy/v1beta1').apiVersion).toBe('v1')
  })

  it.each([
    [21, 'v1beta1'],
    [22, 'v1'],
  ])('in 1.%i pods are evicted with policy/%s', (minor, version) => {
    const { resources } = documentOf(minor, '/api/v1')
    expect(resources.find(({ name }: { name: string }) => name === 'pods/eviction')).toEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version,
      kind: 'Eviction',
      verbs: ['create'],
    })
  })

  it.each([
    [26, ''],
    [27, 'pod'],
  ])('in 1.%i the singular of pods is %j', (minor, singularName) => {
    const { resources } = documentOf(minor, '/api/v1')
    expect(resources.find(({ name }: { name: string }) => name === 'pods').singularName).toBe(singularName)
  })

  it.each(['/apis/nope.example.com', '/apis/apps/v7', '/api/v2', '/apis/apps/v1/deployments', '/api/v1/pods', '/version', '/'])(
    '%s is no document',
    (path) => {
      expect(documentOf(20, path)).toBeUndefined()
    },
  )

  it.each([
    [26, kubectl, 'application/json'],
    [27, kubectl, aggregatedBeta],
    [30, kubectl, aggregated],
    [30, `${aggregatedBeta},application/json`, aggregatedBeta],
    [30, 'application/json', 'application/json'],
    [30, 'application/vnd.kubernetes.protobuf', 'application/json'],
  ])('1.%i answers Accept %s with %s', (minor, accept, contentType) => {
    expect(discoveryAnswer({ types: resourceTypes(minor), minor, serverAddress: 'a:1' }, '/apis', accept)?.contentType).toBe(contentType)
  })

  it('aggregated discovery tells the same resources and verbs as the lists do', () => {
    const groups: AggregatedGroup[] = ['/api', '/apis'].flatMap((root) => documentOf(36, root, aggregated).items)
    for (const { metadata, versions } of groups) {
      for (const { version, resources } of versions) {
        const path = metadata.name === undefined ? `/api/${version}` : `/apis/${metadata.name}/${version}`
        const names = resources.flatMap(({ resource, subresources = [] }) => [
          resource,
          ...subresources.map(({ subresource }) => `${resource}/${subresource}`),
        ])
        expect(names).toEqual(documentOf(36, path).resources.map(({ name }: { name: string }) => name))
      }
    }
    const apps = groups.find(({ metadata }) => metadata.name === 'apps')?.versions[0]?.resources
    expect(apps?.find(({ resource }) => resource === 'deployments')).toMatchObject({
      responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      scope: 'Namespaced',
      singularResource: 'deployment',
      subresources: [
        { subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
        { subresource: 'status' },
      ],
    })
  })
})

interface AggregatedGroup {
  metadata: { name?: string }
  versions: { version: string; resources: { resource: string; subresources?: { subresource: string }[] }[] }[]
}
