import { describe, expect, it } from 'vitest'
import { withoutLaterFields } from './fields-by-minor.ts'
import { strategyOf } from './strategy-of.ts'

const job = {
  spec: { suspend: true, ttlSecondsAfterFinished: 5, template: { spec: { containers: [{ name: 'a', startupProbe: { grpc: {} } }] } } },
}

describe('withoutLaterFields', () => {
  it.each([
    ['1.17', 17, { spec: { template: { spec: { containers: [{ name: 'a' }] } } } }],
    ['1.20', 20, { spec: { template: { spec: { containers: [{ name: 'a', startupProbe: {} }] } } } }],
    ['1.21', 21, { spec: { ttlSecondsAfterFinished: 5, template: { spec: { containers: [{ name: 'a', startupProbe: {} }] } } } }],
  ])('drops from a Job what %s does not have', (_title, minor, expected) => {
    expect(withoutLaterFields('jobs.batch', job, minor)).toEqual(expected)
  })

  it('gives back its argument when nothing is dropped', () => {
    expect(withoutLaterFields('jobs.batch', job, 34)).toBe(job)
    expect(withoutLaterFields('plans.upgrade.cattle.io', job, 14)).toBe(job)
  })

  it('comes before the defaults, which know the minor themselves', () => {
    const { defaults } = strategyOf('jobs.batch')
    expect(defaults?.(job, { minor: 20, nowMs: 0 })).not.toHaveProperty('spec.suspend')
    expect(defaults?.(job, { minor: 22, nowMs: 0 })).toHaveProperty('spec.suspend', true)
    expect(strategyOf('configmaps').defaults?.({ immutable: true }, { minor: 18, nowMs: 0 })).toEqual({})
  })
})
