import { gzipSync } from 'node:zlib'
import type { Job } from 'kubernetes-types/batch/v1.js'
import { describe, expect, it } from 'vitest'
import { jobFacts } from '../../core/kubernetes/job-facts.ts'
import { sameTemplate } from '../../core/plan/template-digest.ts'
import { decodeApplied, encodeApplied, withAppliedAnnotation } from './applied-annotation.ts'

const applied = 'objectset.rio.cattle.io/applied'
const job: Job = {
  metadata: { name: 'j', annotations: { a: '1' } },
  spec: { template: { spec: { containers: [{ name: 'c', image: 'x'.repeat(100) }] } } },
}

describe('the applied annotation', () => {
  it('is gzip in base64 without padding, and reads back', () => {
    for (const size of [0, 1, 2, 3]) {
      const text = encodeApplied({ a: 'x'.repeat(size) })
      expect(text).toMatch(/^H4sI[A-Za-z0-9+/]+$/)
      expect(decodeApplied(text)).toEqual({ a: 'x'.repeat(size) })
    }
  })

  it('is added to the others and holds the Job with its long texts cut', () => {
    const annotated = withAppliedAnnotation(job)
    expect(annotated.metadata?.annotations?.a).toBe('1')
    expect(decodeApplied(annotated.metadata?.annotations?.[applied] ?? '')).toEqual({
      metadata: { name: 'j', annotations: { a: '1' } },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'x'.repeat(64) }] } } },
    })
    expect(job.metadata?.annotations).toEqual({ a: '1' })
  })

  it('invariant 6: tells the template of a Job that a system-upgrade-controller has left', () => {
    const facts = jobFacts(withAppliedAnnotation(job), decodeApplied)
    expect(facts.templateDigest).toMatch(/^cut:/)
    expect(sameTemplate(facts, job)).toBe('Same')
    expect(sameTemplate(facts, { spec: { template: { spec: { containers: [] } } } })).toBe('Different')
  })

  it('is left out when it would be too large for an object', () => {
    const args = Array.from({ length: 20_000 }, (_, i) => `${i}-${(i * 2654435761) % 4294967296}`)
    const huge: Job = { spec: { template: { spec: { containers: [{ name: 'c', args }] } } } }
    expect(withAppliedAnnotation(huge)).toBe(huge)
  })

  it('reads plain JSON, as older controllers wrote it', () => {
    expect(decodeApplied('{"spec":{}}')).toEqual({ spec: {} })
  })

  it.each([
    '',
    '{',
    'H4sI',
    'not base64 ÿ',
    'AAAA',
    encodeApplied({ a: 1 }).slice(0, -8),
    gzipSync('[]').toString('base64'),
    gzipSync('null').toString('base64'),
    gzipSync('no json').toString('base64'),
    gzipSync('"text"').toString('base64'),
  ])('is nothing when somebody has put %j there', (text) => {
    expect(decodeApplied(text)).toBeUndefined()
  })

  it('is nothing when it unpacks to more than a Job can be', () => {
    const bomb = gzipSync(JSON.stringify({ a: ' '.repeat(50 * 1024 * 1024) })).toString('base64')
    expect(decodeApplied(bomb)).toBeUndefined()
  })
})
