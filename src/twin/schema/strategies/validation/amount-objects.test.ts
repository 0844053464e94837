import type { LimitRangeItem, ResourceQuotaSpec } from 'kubernetes-types/core/v1'
import { describe, expect, it } from 'vitest'
import type { StatusCause } from '../../../api/status-error.ts'
import { limitRangeProblems } from './limit-range-problems.ts'
import { quotaProblems } from './quota-problems.ts'

const said = (problems: readonly StatusCause[]) => problems.map(({ field, message }) => `${field}: ${message}`)

describe('a ResourceQuota', () => {
  it.each<{ spec: ResourceQuotaSpec; says: readonly string[]; minor?: number }>([
    {
      spec: {
        hard: { cpu: '1', 'requests.storage': '1Gi', 'count/jobs.batch': '2', 'hugepages-2Mi': '4Mi', 'requests.nvidia.com/gpu': '2' },
      },
      says: [],
    },
    {
      spec: { hard: { gadgets: '1' } },
      says: [
        'spec.hard[gadgets]: Invalid value: "gadgets": must be a standard resource type or fully qualified',
        'spec.hard[gadgets]: Invalid value: "gadgets": must be a standard resource for quota',
      ],
    },
    { spec: { hard: { storage: '1' } }, says: ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota'] },
    { spec: { hard: { cpu: '-1' } }, says: ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0'] },
    { spec: { hard: { pods: '500m' } }, says: ['spec.hard[pods]: Invalid value: "500m": must be an integer'] },
    { spec: { hard: { 'count/jobs.batch': '0.5' } }, says: ['spec.hard[count/jobs.batch]: Invalid value: "0.5": must be an integer'] },
    {
      spec: { hard: { pods: '1' }, scopes: ['Best'] },
      says: ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"Best"}: unsupported scope'],
    },
    {
      spec: { hard: { cpu: '1' }, scopes: ['BestEffort'] },
      says: ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort"}: unsupported scope applied to resource'],
    },
    {
      spec: { hard: { pods: '1' }, scopes: ['Terminating', 'NotTerminating'] },
      says: ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"Terminating", "NotTerminating"}: conflicting scopes'],
    },
    {
      spec: { hard: { pods: '1' }, scopes: ['CrossNamespacePodAffinity'] },
      says: ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"CrossNamespacePodAffinity"}: unsupported scope'],
    },
    { spec: { hard: { pods: '1' }, scopes: ['CrossNamespacePodAffinity'] }, says: [], minor: 21 },
    {
      spec: { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      says: [
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ],
    },
  ])('$spec: $says', ({ spec, says, minor = 20 }) => {
    expect(said(quotaProblems(spec, undefined, minor))).toEqual(says)
  })

  it('keeps its scopes, in whatever order they are written', () => {
    const spec = (...scopes: string[]): ResourceQuotaSpec => ({ hard: { pods: '1' }, scopes })
    expect(quotaProblems(spec('NotBestEffort', 'Terminating'), spec('Terminating', 'NotBestEffort'), 30)).toEqual([])
    expect(said(quotaProblems(spec('Terminating'), spec('NotBestEffort'), 30))).toEqual([
      'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Terminating"}: field is immutable',
    ])
  })
})

describe('a LimitRange', () => {
  const of = (type: string, item: Omit<LimitRangeItem, 'type'>): LimitRangeItem => ({ type, ...item })
  it.each<{ limits: LimitRangeItem[]; says: readonly string[] }>([
    {
      limits: [of('Container', { min: { cpu: '100m' }, max: { cpu: '2' }, default: { cpu: '1' }, defaultRequest: { cpu: '0.5' } })],
      says: [],
    },
    {
      limits: [of('Machine', {})],
      says: ['spec.limits[0].type: Invalid value: "Machine": must be a standard limit type or fully qualified'],
    },
    { limits: [of('Pod', {}), of('Pod', {})], says: ['spec.limits[1].type: Duplicate value: "Pod"'] },
    {
      limits: [of('Pod', { default: { cpu: '1' }, defaultRequest: { cpu: '2' } })],
      says: [
        "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
        "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
      ],
    },
    {
      limits: [of('PersistentVolumeClaim', {})],
      says: ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided'],
    },
    {
      limits: [of('Container', { max: { storage: '1' } })],
      says: ['spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers'],
    },
    {
      limits: [of('Container', { min: { cpu: '2' }, max: { cpu: '1' } })],
      says: ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
    },
    {
      limits: [of('Container', { default: { memory: '1Gi' }, defaultRequest: { memory: '2Gi' } })],
      says: [
        'spec.limits[0].defaultRequest[memory]: Invalid value: "2Gi": default request value 2Gi is greater than default limit value 1Gi',
      ],
    },
    {
      limits: [of('Container', { min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } })],
      says: ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000'],
    },
    {
      limits: [of('Container', { maxLimitRequestRatio: { cpu: '500m' } })],
      says: ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    },
  ])('$limits: $says', ({ limits, says }) => {
    expect(said(limitRangeProblems({ limits }))).toEqual(says)
  })
})
