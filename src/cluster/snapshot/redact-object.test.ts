import { describe, expect, it } from 'vitest'
import { redactObject } from './redact-object.ts'

const pod = (container: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...metadata },
  spec: { containers: [container] },
})

describe('what is shared of a cluster', () => {
  it.each([
    {
      what: 'no literal value of an environment variable, but where others come from',
      from: pod({
        env: [
          { name: 'A', value: 'hidden' },
          { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        ],
      }),
      to: pod({ env: [{ name: 'A' }, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }),
    },
    {
      what: 'no secret in an argument',
      from: pod({
        args: ['--db-password=hidden', '--token', 'hidden', '--v=2', '--secret-name', '--x'],
        command: ['sh', '-c', 'run API_KEY=hidden now'],
      }),
      to: pod({
        args: ['--db-password=***', '--token', '***', '--v=2', '--secret-name', '--x'],
        command: ['sh', '-c', 'run API_KEY=*** now'],
      }),
    },
    {
      what: 'of an applied manifest only its kind',
      from: pod(
        {},
        { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"v1","kind":"Pod","spec":"hidden"}' } },
      ),
      to: pod({}, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"v1","kind":"Pod"}' } }),
    },
    {
      what: 'no long annotation',
      from: pod({}, { annotations: { a: 'x'.repeat(2000), b: '1' } }),
      to: pod({}, { annotations: { b: '1' } }),
    },
    { what: 'no managed fields', from: pod({}, { managedFields: [{}] }), to: pod({}) },
    {
      what: 'no value of a Secret, but its keys',
      from: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: 'hidden' }, stringData: { l: 'hidden' } },
      to: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { k: '' }, stringData: { l: '' } },
    },
    {
      what: 'nothing of that in templates either',
      from: {
        kind: 'CronJob',
        metadata: { name: 'c' },
        spec: {
          jobTemplate: { spec: { template: pod({ env: [{ name: 'A', value: 'hidden' }] }, { annotations: { a: 'x'.repeat(2000) } }) } },
        },
      },
      to: {
        kind: 'CronJob',
        metadata: { name: 'c' },
        spec: { jobTemplate: { spec: { template: pod({ env: [{ name: 'A' }] }, { annotations: {} }) } } },
      },
    },
  ])('$what', ({ from, to }) => {
    const before = JSON.stringify(from)
    expect(redactObject(from)).toEqual(to)
    expect(JSON.stringify(redactObject(from))).not.toContain('hidden')
    expect(JSON.stringify(from)).toBe(before)
  })
})
