import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import { describe, expect, it } from 'vitest'
import { as } from '../../../kube-object.ts'
import { createdObject } from '../stored-object.test-support.ts'
import { cronJobProblems, jobChangeProblems } from './job-problems.ts'

const container = { name: 'c', image: 'busybox' }
const draft = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'default' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
}

describe('a Job of a release', () => {
  it.each([
    { made: 20, served: 26 },
    { made: 26, served: 27 },
    { made: 20, served: 36 },
    { made: 27, served: 36 },
  ])('1.$made can be written as it is when 1.$served serves it', ({ made, served }) => {
    const job = as<Job>(createdObject(draft, made))
    expect(jobChangeProblems(job, job, served)).toEqual([])
  })
})

describe('completions of a Job', () => {
  const changed = (minor: number, spec: object, next: object) => {
    const made = (more: object) => createdObject({ ...draft, spec: { ...draft.spec, ...spec, ...more } }, minor)
    const [old, after] = [as<Job>(made({})), as<Job>(made(next))]
    // the labels and the selector that a Job gets are its own
    const same = { ...after, metadata: old.metadata, spec: { ...old.spec, ...next } } as Job
    return jobChangeProblems(same, old, minor).map(({ field, message }) => `${field}: ${message}`)
  }
  const indexed = { completionMode: 'Indexed', completions: 4, parallelism: 2 }

  it.each([
    {
      minor: 26,
      spec: indexed,
      next: { completions: 3, parallelism: 3 },
      says: ['spec.completions: Invalid value: 3: field is immutable'],
    },
    { minor: 27, spec: indexed, next: { completions: 3, parallelism: 3 }, says: [] },
    { minor: 31, spec: indexed, next: { completions: 6, parallelism: 6 }, says: [] },
    {
      minor: 31,
      spec: indexed,
      next: { completions: 3 },
      says: ['spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism'],
    },
    { minor: 31, spec: indexed, next: { parallelism: 3 }, says: [] },
    {
      minor: 31,
      spec: { completions: 4 },
      next: { completions: 3, parallelism: 3 },
      says: ['spec.completions: Invalid value: 3: field is immutable'],
    },
  ])('in 1.$minor $spec to $next: $says', ({ minor, spec, next, says }) => {
    expect(changed(minor, spec, next)).toEqual(says)
  })
})

/** What is said of an Indexed Job of five parts with such a spec. */
function problemsOf(spec: object, template: object = {}): readonly string[] {
  const job = as<Job>(
    createdObject(
      {
        ...draft,
        spec: {
          completionMode: 'Indexed',
          completions: 5,
          ...spec,
          template: { spec: { restartPolicy: 'Never', containers: [container], ...template } },
        },
      },
      33,
    ),
  )
  // the same is said of a CronJob; what the server adds to a Job itself is not at issue here
  return cronJobProblems(
    { metadata: { name: 'c' }, spec: { schedule: '* * * * *', concurrencyPolicy: 'Allow', jobTemplate: job } } as CronJob,
    undefined,
    33,
  )
    .map(({ field, message }) => `${(field ?? '').replace('spec.jobTemplate.spec.', '')}: ${message}`)
    .filter((text) => !/^(?:selector|template.metadata)/.test(text))
}

const exit = (onExitCodes: object, action = 'Count') => ({ podFailurePolicy: { rules: [{ action, onExitCodes }] } })
const rule = 'podFailurePolicy.rules[0]'
const success = (one: object) => ({ successPolicy: { rules: [one] } })
const enough = 'successPolicy.rules[0]'

describe('the parts of an Indexed Job', () => {
  it.each<[string, object, string[]]>([
    ['may each have a limit', { backoffLimitPerIndex: 1, maxFailedIndexes: 5 }, []],
    [
      'are needed for a limit of each',
      { completionMode: 'NonIndexed', backoffLimitPerIndex: 1 },
      ['backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    ],
    [
      'cannot fail below zero times',
      { backoffLimitPerIndex: -1 },
      ['backoffLimitPerIndex: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'are not fewer than may fail',
      { backoffLimitPerIndex: 1, maxFailedIndexes: 6 },
      ['maxFailedIndexes: Invalid value: 6: must be less than or equal to completions'],
    ],
    [
      'may fail only with a limit of each',
      { maxFailedIndexes: 1 },
      ['backoffLimitPerIndex: Required value: when maxFailedIndexes is specified'],
    ],
    [
      'of a huge Job need a limit of them all',
      { completions: 100_001, backoffLimitPerIndex: 1 },
      ['maxFailedIndexes: Required value: must be specified when completions is above 100000'],
    ],
    ['may be enough', success({ succeededIndexes: '0,2-4', succeededCount: 2 }), []],
    [
      'are enough by a rule',
      { successPolicy: { rules: [] } },
      ['successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified'],
    ],
    [
      'are enough by their number or names',
      success({}),
      [`${enough}: Required value: at least one of succeededCount or succeededIndexes must be specified`],
    ],
    [
      'are named in their order',
      success({ succeededIndexes: '3,1' }),
      [`${enough}.succeededIndexes: Invalid value: "3,1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1`],
    ],
    [
      'are named as they are',
      success({ succeededIndexes: '5' }),
      [`${enough}.succeededIndexes: Invalid value: "5": error parsing succeededIndexes: too large index: "5"`],
    ],
    [
      'are not fewer than are named',
      success({ succeededIndexes: '0-1', succeededCount: 3 }),
      [
        `${enough}.succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
      ],
    ],
    [
      'are needed for a success policy',
      { completionMode: 'NonIndexed', ...success({ succeededCount: 1 }) },
      ['successPolicy: Invalid value: batch.SuccessPolicy{}: requires indexed completion mode'],
    ],
  ])('%s', (_, spec, expected) => {
    expect(problemsOf(spec)).toEqual(expected)
  })
})

describe('a pod failure policy', () => {
  it.each<[string, object, string[]]>([
    [
      'says what is done',
      exit({ operator: 'In', values: [1] }, ''),
      [`${rule}.action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`],
    ],
    [
      'gives up an index only where each has a limit',
      exit({ operator: 'In', values: [1] }, 'FailIndex'),
      [`${rule}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`],
    ],
    [
      'does nothing else',
      exit({ operator: 'In', values: [1] }, 'Retry'),
      [`${rule}.action: Unsupported value: "Retry": supported values: "Count", "FailIndex", "FailJob", "Ignore"`],
    ],
    [
      'needs codes',
      exit({ operator: 'In', values: [] }),
      [`${rule}.onExitCodes.values: Invalid value: []int32{}: at least one value is required`],
    ],
    [
      'has codes in order, each once, none 0',
      exit({ operator: 'In', values: [2, 0, 2] }),
      [
        `${rule}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator`,
        `${rule}.onExitCodes.values[2]: Duplicate value: 2`,
        `${rule}.onExitCodes.values: Invalid value: []int32{2, 0, 2}: must be ordered`,
      ],
    ],
    [
      'speaks of containers that are there',
      exit({ operator: 'In', values: [1], containerName: 'x' }),
      [`${rule}.onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template`],
    ],
    [
      'speaks of something',
      { podFailurePolicy: { rules: [{ action: 'Ignore' }] } },
      [`${rule}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`],
    ],
    [
      'replaces failed pods',
      { ...exit({ operator: 'In', values: [1] }), podReplacementPolicy: 'TerminatingOrFailed' },
      ['podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'],
    ],
  ])('%s', (_, spec, expected) => {
    expect(problemsOf(spec)).toEqual(expected)
  })

  it('is for pods that are not started again', () => {
    expect(problemsOf(exit({ operator: 'In', values: [1] }), { restartPolicy: 'OnFailure' })).toEqual([
      'template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ])
  })
})

describe('managedBy of a Job', () => {
  it.each([
    { managedBy: 'kueue.x-k8s.io/multikueue', expected: [] },
    { managedBy: 'somebody', expected: ['managedBy: Invalid value: "somebody": must be a domain-prefixed path (such as "acme.io/foo")'] },
    { managedBy: `example.com/${'x'.repeat(60)}`, expected: ['managedBy: Too long: must have at most 63 bytes'] },
  ])('$managedBy', ({ managedBy, expected }) => {
    expect(problemsOf({ managedBy })).toEqual(expected)
  })

  it('stays what it is', () => {
    const job = as<Job>(createdObject(draft, 33))
    const other = { ...job, spec: { ...job.spec, managedBy: 'example.com/x' } } as Job
    expect(jobChangeProblems(other, job, 33)).toContainEqual(
      expect.objectContaining({ field: 'spec.managedBy', reason: 'FieldValueInvalid' }),
    )
  })
})
