import type { Job } from 'kubernetes-types/batch/v1.js'
import { describe, expect, it } from 'vitest'
import { appliedObject } from './applied-object.ts'

const long = 'x'.repeat(100)
const cut = 'x'.repeat(64)

function jobOf(container: object, annotations: Record<string, string> = {}): Job {
  return { metadata: { annotations }, spec: { template: { spec: { containers: [{ name: 'c', ...container }] } } } }
}

function appliedContainer(container: object): unknown {
  const { spec } = appliedObject(jobOf(container)) as Job
  return spec?.template.spec?.containers[0]
}

describe('appliedObject', () => {
  it.each([
    { what: 'a text in a map', container: { image: long }, applied: { image: cut } },
    { what: 'a text of 64 bytes stays', container: { image: cut }, applied: { image: cut } },
    { what: 'elements of lists stay', container: { args: [long] }, applied: { args: [long] } },
    {
      what: 'the name of an element stays, its value does not',
      container: { env: [{ name: long, value: long }] },
      applied: { env: [{ name: long, value: cut }] },
    },
    {
      what: 'the path of a mount stays',
      container: { volumeMounts: [{ name: long, mountPath: long, subPath: long }] },
      applied: { volumeMounts: [{ name: long, mountPath: long, subPath: cut }] },
    },
    {
      what: 'a name deeper in an element is cut',
      container: { env: [{ name: 'a', valueFrom: { secretKeyRef: { name: long, key: long } } }] },
      applied: { env: [{ name: 'a', valueFrom: { secretKeyRef: { name: cut, key: cut } } }] },
    },
    { what: 'numbers, booleans and null stay', container: { a: 1, b: true, c: null }, applied: { a: 1, b: true, c: null } },
    { what: 'bytes count, not characters', container: { image: 'é'.repeat(40) }, applied: { image: 'é'.repeat(32) } },
    {
      what: 'a character cut in two leaves one U+FFFD a byte',
      container: { image: `a${'é'.repeat(40)}` },
      applied: { image: `a${'é'.repeat(31)}\uFFFD` },
    },
    {
      what: 'a longer one leaves more',
      container: { image: `ab${'😀'.repeat(20)}` },
      applied: { image: `ab${'😀'.repeat(15)}\uFFFD\uFFFD` },
    },
  ])('defect 47: $what', ({ container, applied }) => {
    expect(appliedContainer(container)).toEqual({ name: 'c', ...applied })
  })

  it('does not hold itself', () => {
    const { metadata } = appliedObject(jobOf({}, { 'objectset.rio.cattle.io/applied': 'H4sI', 'objectset.rio.cattle.io/id': 'suc' })) as Job
    expect(metadata?.annotations).toEqual({ 'objectset.rio.cattle.io/id': 'suc' })
  })

  it('leaves the Job as it is', () => {
    const job = jobOf({ image: long }, { 'objectset.rio.cattle.io/applied': 'H4sI' })
    appliedObject(job)
    expect(job).toEqual(jobOf({ image: long }, { 'objectset.rio.cattle.io/applied': 'H4sI' }))
  })
})
