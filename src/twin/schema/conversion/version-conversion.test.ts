import { describe, expect, it } from 'vitest'
import { ResourceCatalog } from '../../api/resource-catalog.ts'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { resourceTypes } from '../types/resource-types.ts'
import { versionConversion } from './version-conversion.ts'

function served(minor: number, apiVersion: string, kind: string) {
  const found = new ResourceCatalog(minor, resourceTypes(minor)).ofKind(apiVersion, kind)
  if (found === undefined) throw new Error(`${kind} ${apiVersion} is not served by 1.${minor}`)
  return found
}

const cases: [minor: number, apiVersion: string, kind: string, body: Record<string, unknown>, stored: Record<string, unknown>][] = [
  [
    20,
    'networking.k8s.io/v1beta1',
    'Ingress',
    {
      spec: {
        backend: { serviceName: 'fallback', servicePort: 'http' },
        rules: [{ host: 'a', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { serviceName: 'web', servicePort: 80 } }] } }],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      spec: {
        defaultBackend: { service: { name: 'fallback', port: { name: 'http' } } },
        rules: [
          { host: 'a', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } },
        ],
      },
    },
  ],
  [
    20,
    'extensions/v1beta1',
    'Ingress',
    { spec: { backend: { resource: { kind: 'Bucket', name: 'b' } } } },
    { apiVersion: 'networking.k8s.io/v1', spec: { defaultBackend: { resource: { kind: 'Bucket', name: 'b' } } } },
  ],
  [
    20,
    'events.k8s.io/v1',
    'Event',
    { note: 'n', regarding: { name: 'p' }, reportingController: 'c', deprecatedCount: 2, eventTime: null },
    { apiVersion: 'v1', message: 'n', involvedObject: { name: 'p' }, reportingComponent: 'c', count: 2, eventTime: null },
  ],
  [
    24,
    'policy/v1beta1',
    'PodDisruptionBudget',
    { spec: { minAvailable: 1, selector: {} } },
    {
      apiVersion: 'policy/v1',
      spec: {
        minAvailable: 1,
        selector: { matchExpressions: [{ key: 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match', operator: 'Exists' }] },
      },
    },
  ],
  [
    24,
    'policy/v1beta1',
    'PodDisruptionBudget',
    { spec: { selector: { matchLabels: { a: 'b' } } } },
    { apiVersion: 'policy/v1', spec: { selector: { matchLabels: { a: 'b' } } } },
  ],
  [
    22,
    'discovery.k8s.io/v1beta1',
    'EndpointSlice',
    {
      endpoints: [
        { addresses: ['10.0.0.1'], nodeName: 'n', topology: { 'kubernetes.io/hostname': 'n', 'topology.kubernetes.io/zone': 'z', x: 'y' } },
      ],
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      endpoints: [{ addresses: ['10.0.0.1'], nodeName: 'n', zone: 'z', deprecatedTopology: { x: 'y' } }],
    },
  ],
  [
    20,
    'autoscaling/v1',
    'HorizontalPodAutoscaler',
    { spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 80 }, status: { currentReplicas: 1, currentCPUUtilizationPercentage: 40 } },
    {
      apiVersion: 'autoscaling/v2',
      spec: {
        maxReplicas: 3,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
      },
      status: {
        currentReplicas: 1,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40, averageValue: '0' } } }],
      },
    },
  ],
  [
    20,
    'autoscaling/v2beta1',
    'HorizontalPodAutoscaler',
    { spec: { metrics: [{ type: 'Pods', pods: { metricName: 'qps', targetAverageValue: '10' } }] } },
    {
      apiVersion: 'autoscaling/v2',
      spec: { metrics: [{ type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '10' } } }] },
    },
  ],
  [20, 'batch/v1beta1', 'CronJob', { spec: { schedule: '* * * * *' } }, { apiVersion: 'batch/v1', spec: { schedule: '* * * * *' } }],
  [
    20,
    'flowcontrol.apiserver.k8s.io/v1beta1',
    'PriorityLevelConfiguration',
    { spec: { type: 'Limited', limited: { assuredConcurrencyShares: 5 } } },
    { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5 } } },
  ],
]

describe('versionConversion', () => {
  it.each(cases)('1.%i stores %s %s and gives it back as it came', (...[minor, apiVersion, kind, body, stored]) => {
    const as = served(minor, apiVersion, kind)
    const metadata = { name: 'x' }
    const draft: DraftObject = { apiVersion, kind, metadata, ...body }
    const kept = versionConversion.toStored(draft, as)
    expect(kept).toEqual({ kind, metadata, ...stored })
    expect(versionConversion.toServed(kept as KubeObject, as)).toEqual(draft)
  })

  it('what v1 of an autoscaler has no field for goes into annotations, and comes back', () => {
    const as = served(24, 'autoscaling/v1', 'HorizontalPodAutoscaler')
    const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } }
    const stored = {
      apiVersion: 'autoscaling/v2',
      kind: as.type.kind,
      metadata: { name: 'x' },
      spec: { maxReplicas: 2, metrics: [memory] },
    }
    const shown = versionConversion.toServed(stored as unknown as KubeObject, as)
    expect(shown.metadata.annotations).toEqual({ 'autoscaling.alpha.kubernetes.io/metrics': JSON.stringify([memory]) })
    expect(versionConversion.toStored(shown, as)).toEqual(stored)
  })

  it('a Deployment of extensions/v1beta1 has the defaults of that version', () => {
    const as = served(15, 'extensions/v1beta1', 'Deployment')
    const draft = { spec: { strategy: {}, template: { metadata: { labels: { a: 'b' } } } } }
    expect(versionConversion.toStored(draft, as)).toMatchObject({
      apiVersion: 'apps/v1',
      spec: {
        revisionHistoryLimit: 2147483647,
        selector: { matchLabels: { a: 'b' } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      },
    })
  })

  it('a webhook of v1beta1 fails open unless it says otherwise', () => {
    const as = served(20, 'admissionregistration.k8s.io/v1beta1', 'ValidatingWebhookConfiguration')
    expect(versionConversion.toStored({ webhooks: [{ name: 'a' }, { name: 'b', failurePolicy: 'Fail' }] }, as)).toMatchObject({
      webhooks: [
        { failurePolicy: 'Ignore', sideEffects: 'Unknown' },
        { failurePolicy: 'Fail', matchPolicy: 'Exact' },
      ],
    })
  })

  it('the object of a version that needs no change but its name shares its parts', () => {
    const as = served(24, 'batch/v1beta1', 'CronJob')
    const stored = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x' }, spec: {} } as unknown as KubeObject
    expect(versionConversion.toServed(stored, as).spec).toBe(stored.spec)
  })

  it('an object is converted once', () => {
    const as = served(20, 'networking.k8s.io/v1beta1', 'Ingress')
    const stored = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x' }, spec: {} } as unknown as KubeObject
    expect(versionConversion.toServed(stored, as)).toBe(versionConversion.toServed(stored, as))
  })
})
