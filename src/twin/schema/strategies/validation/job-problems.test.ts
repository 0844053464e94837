import type { Job } from 'kubernetes-types/batch/v1'
import { describe, expect, it } from 'vitest'
import { as } from '../../../kube-object.ts'
import { createdObject } from '../stored-object.test-support.ts'
import { jobChangeProblems } from './job-problems.ts'

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
