import type { Job } from 'kubernetes-types/batch/v1.js'
import { describe, expect, it } from 'vitest'
import { jobFacts } from '../kubernetes/job-facts.ts'
import { appliedObject } from './applied-object.ts'
import { sameTemplate, templateDigest } from './template-digest.ts'

const long = 'x'.repeat(64)

function jobOf(container: object, template: object = {}): Job {
  return {
    metadata: { name: 'j' },
    spec: {
      parallelism: 0,
      template: {
        metadata: { labels: { a: '1' } },
        spec: {
          containers: [{ name: 'c', image: 'i', ...container }],
          volumes: [{ name: 'v', secret: { secretName: 's', optional: false } }],
          ...template,
        },
      },
    },
  }
}

/** A Job of Falkirk's, as its facts tell it. */
function ownFacts(job: Job) {
  return jobFacts({ metadata: { annotations: { 'falkirk.dev/template': templateDigest(job) } } })
}

/** A Job that a system-upgrade-controller has left: Go writes some empty things out. */
function foreignFacts(job: Job) {
  const { spec } = appliedObject(job) as { spec: { template: { metadata: object; spec: { containers: object[] } } } }
  const applied = {
    metadata: { name: 'j', creationTimestamp: null },
    spec: {
      ...spec,
      template: {
        metadata: { ...spec.template.metadata, creationTimestamp: null },
        spec: { ...spec.template.spec, containers: spec.template.spec.containers.map((c) => ({ resources: {}, ...c })) },
      },
    },
    status: {},
  }
  return jobFacts({ metadata: { annotations: { 'objectset.rio.cattle.io/applied': 'text' } } }, () => applied)
}

describe('templateDigest', () => {
  it.each([
    { what: 'the order of keys', a: { image: 'i', args: ['1'] }, b: { args: ['1'], image: 'i' } },
    {
      what: 'empty maps, lists and texts',
      a: {},
      b: { resources: {}, envFrom: [], workingDir: '', securityContext: { capabilities: {} } },
    },
    { what: 'null', a: {}, b: { command: null } },
    {
      what: 'defaults of the API server',
      a: { env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'p' } } }] },
      b: { env: [{ name: 'a', valueFrom: { fieldRef: { fieldPath: 'p', apiVersion: 'v1' } } }] },
    },
  ])('does not see $what', ({ a, b }) => {
    expect(templateDigest(jobOf(a))).toBe(templateDigest(jobOf(b)))
  })

  it.each([
    { what: 'an image', a: { image: 'a' }, b: { image: 'b' } },
    { what: 'the order of arguments', a: { args: ['1', '2'] }, b: { args: ['2', '1'] } },
    { what: 'an empty argument', a: { args: ['1'] }, b: { args: ['1', ''] } },
    {
      what: 'the second of several variables',
      a: { env: [{ name: 'a' }, { name: 'b', value: '1' }] },
      b: { env: [{ name: 'a' }, { name: 'b', value: '2' }] },
    },
    { what: 'whether a container is privileged', a: { securityContext: { privileged: false } }, b: {} },
  ])('sees $what', ({ a, b }) => {
    expect(templateDigest(jobOf(a))).not.toBe(templateDigest(jobOf(b)))
  })

  it('sees an empty label, but no change of a falkirk.dev annotation', () => {
    const withLabels = (metadata: object): Job => ({ spec: { template: { metadata, spec: { containers: [] } } } })
    expect(templateDigest(withLabels({ labels: { a: '' } }))).not.toBe(templateDigest(withLabels({ labels: {} })))
    expect(templateDigest(withLabels({ annotations: { 'falkirk.dev/retry': '1' } }))).toBe(templateDigest(withLabels({})))
  })

  it('does not see what is outside of the template', () => {
    const job = jobOf({})
    expect(templateDigest({ ...job, spec: { ...job.spec, template: job.spec?.template ?? {}, parallelism: 1 } })).toBe(templateDigest(job))
  })
})

describe('sameTemplate', () => {
  it.each([
    { of: 'Falkirk', facts: ownFacts },
    { of: 'a system-upgrade-controller', facts: foreignFacts },
  ])('point 29: knows an unchanged and a changed Job of $of', ({ facts }) => {
    const env = [{ name: 'a', value: `${long}-1` }]
    expect(sameTemplate(facts(jobOf({ env })), jobOf({ env }))).toBe('Same')
    expect(sameTemplate(facts(jobOf({ env })), jobOf({ env, args: ['exit 0'] }))).toBe('Different')
  })

  it('defect 47: sees an edit beyond the 64th byte in a Job of Falkirk, where a system-upgrade-controller cannot', () => {
    const [one, two] = [jobOf({ image: `${long}-1` }), jobOf({ image: `${long}-2` })]
    expect(sameTemplate(ownFacts(one), two)).toBe('Different')
    expect(sameTemplate(foreignFacts(one), two)).toBe('Same')
  })

  it('says Unknown of a Job that tells nothing', () => {
    expect(sameTemplate(jobFacts({}), jobOf({}))).toBe('Unknown')
    expect(sameTemplate({ templateDigest: 'other:1' }, jobOf({}))).toBe('Unknown')
  })
})
