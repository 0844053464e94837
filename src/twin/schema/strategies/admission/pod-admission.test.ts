import { describe, expect, it } from 'vitest'
import { admitLimits } from './admit-limits.ts'
import { admitPriority } from './admit-priority.ts'
import { admitRuntimeClass } from './admit-runtime-class.ts'
import { admitTolerations } from './admit-tolerations.ts'
import { checkClaimLimits, checkLimits } from './check-limits.ts'
import { podOf, readerOf, stored } from './objects.test-support.ts'

describe('admitPriority', () => {
  const high = stored('PriorityClass', 'high', { value: 1000, preemptionPolicy: 'Never' })
  const reader = readerOf({ 'priorityclasses.scheduling.k8s.io': [high] })
  const withDefault = readerOf({
    'priorityclasses.scheduling.k8s.io': [high, stored('PriorityClass', 'usual', { value: 5, globalDefault: true })],
  })

  it.each([
    ['nothing is said', {}, reader, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
    ['a class is named', { priorityClassName: 'high' }, reader, { priorityClassName: 'high', priority: 1000, preemptionPolicy: 'Never' }],
    ['one class is the default', {}, withDefault, { priorityClassName: 'usual', priority: 5, preemptionPolicy: 'PreemptLowerPriority' }],
    ['the priority is said rightly', { priorityClassName: 'high', priority: 1000 }, reader, { priority: 1000 }],
  ])('is right when %s', (_title, spec, from, expected) => {
    expect(admitPriority(podOf(spec), from, 20)).toMatchObject({ kind: 'Admitted', object: { spec: expected } })
  })

  it.each([
    [{ priorityClassName: 'gone' }, 'no PriorityClass with name gone was found'],
    [
      { priority: 7 },
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    ],
    [
      { preemptionPolicy: 'Never' },
      'the string value of PreemptionPolicy (Never) must not be provided in pod spec; ' +
        'priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ])('refuses %j', (spec, why) => {
    expect(admitPriority(podOf(spec), reader, 20)).toEqual({ kind: 'Refused', why })
  })

  it('says nothing of preemption before 1.19', () => {
    expect(admitPriority(podOf({}), reader, 18)).not.toHaveProperty('object.spec.preemptionPolicy')
  })
})

describe('admitTolerations', () => {
  const added = (key: string) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })

  it.each([
    ['nothing is tolerated', [], ['not-ready', 'unreachable']],
    ['everything is tolerated', [{ operator: 'Exists' }], []],
    ['one is tolerated for a minute', [{ ...added('not-ready'), tolerationSeconds: 60 }], ['unreachable']],
    [
      'another effect is tolerated',
      [{ ...added('not-ready'), effect: 'NoSchedule', tolerationSeconds: undefined }],
      ['not-ready', 'unreachable'],
    ],
  ])('adds what is missing when %s', (_title, tolerations, keys) => {
    expect(admitTolerations(podOf({ tolerations })).spec).toHaveProperty('tolerations', [...tolerations, ...keys.map(added)])
  })
})

describe('LimitRanger', () => {
  const limits = [
    {
      type: 'Container',
      default: { cpu: '1' },
      defaultRequest: { cpu: '500m', memory: '64Mi' },
      max: { cpu: '2' },
      maxLimitRequestRatio: { cpu: '4' },
    },
    { type: 'Pod', max: { cpu: '2' } },
  ]
  const reader = readerOf({ limitranges: [stored('LimitRange', 'lr', { spec: { limits } })] })
  const asked = { namespace: 'ns', reader, minor: 28 }
  const container = (name: string, resources: object) => ({ name, image: 'x', resources })

  it('counts sidecars with the containers of a pod', () => {
    const sidecar = { ...container('s', { requests: { cpu: '500m' }, limits: { cpu: '1500m' } }), restartPolicy: 'Always' }
    const one = container('a', { requests: { cpu: '500m' }, limits: { cpu: '1' } })
    expect(checkLimits(podOf({ containers: [one], initContainers: [sidecar] }), asked)).toEqual({
      kind: 'Refused',
      why: 'maximum cpu usage per Pod is 2, but limit is 2500m',
    })
    const { restartPolicy: _always, ...init } = sidecar
    expect(checkLimits(podOf({ containers: [one], initContainers: [init] }), asked)).toMatchObject({
      kind: 'Admitted',
    })
  })

  it('gives containers what they have not asked for, and says so', () => {
    const { metadata, spec } = admitLimits(podOf({ containers: [container('a', { limits: { cpu: '2' } })] }), 'ns', reader)
    expect(spec).toMatchObject({ containers: [{ resources: { limits: { cpu: '2' }, requests: { cpu: '500m', memory: '64Mi' } } }] })
    expect(metadata?.annotations).toEqual({ 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu, memory request for container a' })
  })

  it.each([
    ['within the limits', { limits: { cpu: '1' }, requests: { cpu: '500m' } }, undefined],
    ['without a limit', {}, /maximum cpu usage per Container is 2\. {2}No limit is specified/],
    ['over the maximum', { limits: { cpu: '3' }, requests: { cpu: '1' } }, /maximum cpu usage per Container is 2, but limit is 3/],
    [
      'too far apart',
      { limits: { cpu: '2' }, requests: { cpu: '100m' } },
      /cpu max limit to request ratio per Container is 4, but provided ratio is 20\.000000/,
    ],
  ])('judges a pod %s', (_title, resources, why) => {
    const verdict = checkLimits(podOf({ containers: [container('a', resources)] }), asked)
    if (why === undefined) expect(verdict.kind).toBe('Admitted')
    else expect(verdict).toMatchObject({ kind: 'Refused', why: expect.stringMatching(why) })
  })

  it('adds the containers of a pod up', () => {
    const two = [
      container('a', { limits: { cpu: '1500m' }, requests: { cpu: '1' } }),
      container('b', { limits: { cpu: '1' }, requests: { cpu: '1' } }),
    ]
    expect(checkLimits(podOf({ containers: two }), asked)).toEqual({
      kind: 'Refused',
      why: 'maximum cpu usage per Pod is 2, but limit is 2500m',
    })
  })
})

describe('LimitRanger, of several ranges', () => {
  const range = (name: string, ...limits: readonly object[]) => stored('LimitRange', name, { spec: { limits } })
  const least = { type: 'Pod', min: { memory: '2Gi' } }
  const claims = { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } }
  const reader = readerOf({ limitranges: [range('a', least), range('b', { type: 'Container', max: { cpu: '1' } }), range('c', claims)] })
  const container = (name: string, amounts: object) => ({ name, image: 'x', resources: { limits: amounts, requests: amounts } })
  const claimOf = (storage: string) => ({ spec: { resources: { requests: { storage } } } })

  it.each([
    { minor: 27, second: { memory: '512Mi' }, why: 'minimum memory usage per Pod is 2Gi, but request is 1610612736' },
    { minor: 28, second: { memory: '512Mi' }, why: 'minimum memory usage per Pod is 2Gi, but request is 1536Mi' },
    { minor: 27, second: {}, why: 'minimum memory usage per Pod is 2Gi.  No request is specified' },
    { minor: 28, second: {}, why: 'minimum memory usage per Pod is 2Gi, but request is 1Gi' },
    { minor: 28, second: { memory: '1Gi', cpu: '2' }, why: 'maximum cpu usage per Container is 1, but limit is 2' },
  ])('v1.$minor refuses a second container of $second by the first of them alone', ({ minor, second, why }) => {
    const first = container('a', { memory: '1Gi', cpu: '1' })
    expect(checkLimits(podOf({ containers: [first, container('b', second)] }), { namespace: 'ns', reader, minor })).toEqual({
      kind: 'Refused',
      why,
    })
  })

  it.each([
    ['500Mi', 'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi'],
    ['11Gi', 'maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 11Gi'],
  ])('refuses a claim of %s', (storage, why) => {
    expect(checkClaimLimits(claimOf(storage), { namespace: 'ns', reader, minor: 20 })).toEqual({ kind: 'Refused', why })
  })

  it('lets a claim pass that is between both', () => {
    expect(checkClaimLimits(claimOf('10Gi'), { namespace: 'ns', reader, minor: 20 })).toMatchObject({ kind: 'Admitted' })
  })
})

describe('admitRuntimeClass', () => {
  const overhead = { podFixed: { cpu: '100m' } }
  const scheduling = { nodeSelector: { kata: 'yes' }, tolerations: [{ key: 'kata' }] }
  const reader = readerOf({ 'runtimeclasses.node.k8s.io': [stored('RuntimeClass', 'kata', { handler: 'k', overhead, scheduling })] })

  it('adds what the class costs and where it runs', () => {
    expect(admitRuntimeClass(podOf({ runtimeClassName: 'kata', nodeSelector: { a: 'b' } }), reader)).toMatchObject({
      object: { spec: { overhead: { cpu: '100m' }, nodeSelector: { a: 'b', kata: 'yes' }, tolerations: [{ key: 'kata' }] } },
    })
  })

  it.each([
    [{ runtimeClassName: 'gone' }, 'pod rejected: RuntimeClass "gone" not found'],
    [{ overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
    [{ runtimeClassName: 'kata', overhead: { cpu: '1' } }, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"],
    [
      { runtimeClassName: 'kata', nodeSelector: { kata: 'no' } },
      'conflict: runtimeClass.scheduling.nodeSelector[kata] = yes; pod.spec.nodeSelector[kata] = no',
    ],
  ])('refuses %j', (spec, why) => {
    expect(admitRuntimeClass(podOf(spec), reader)).toEqual({ kind: 'Refused', why })
  })
})
