import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPlanOptions, planOptions } from './plan-options.ts'

describe('planOptions', () => {
  it('keeps to what system-upgrade-controller does, but for the guards and the control plane’s health gate', () => {
    const { options, problem } = planOptions({})
    expect(problem).toBeUndefined()
    expect(options).toEqual({
      retry: { count: 0, backoffMs: 30_000, maxBackoffMs: 600_000 },
      strictWindow: false,
      healthGate: 'ControlPlane',
      drainBy: 'Job',
      allow: new Set(),
    })
  })

  it.each([
    ['retry', '3', { retry: { count: 3, backoffMs: 30_000, maxBackoffMs: 600_000 } }],
    ['window', 'strict', { strictWindow: true }],
    ['health-gate', 'control-plane', { healthGate: 'ControlPlane' }],
    ['health-gate', 'all', { healthGate: 'All' }],
    ['health-gate', 'none', { healthGate: 'None' }],
    ['drain', 'job', { drainBy: 'Job' }],
    ['drain', ' controller ', { drainBy: 'Controller' }],
    ['allow', 'downgrade', { allow: new Set(['downgrade']) }],
    ['allow', 'downgrade, skip,skew', { allow: new Set(['downgrade', 'skip', 'skew']) }],
  ])('reads falkirk.dev/%s: %s', (name, value, option) => {
    expect(planOptions({ [`falkirk.dev/${name}`]: value })).toEqual({ options: { ...defaultPlanOptions, ...option } })
  })

  it.each([
    ['retry', 'often', 'annotation falkirk.dev/retry is "often": write a number from 0 to 100, or count=3,backoff=30s,max=10m'],
    ['window', 'loose', 'annotation falkirk.dev/window is "loose": set it to strict, or remove it'],
    ['health-gate', 'true', 'annotation falkirk.dev/health-gate is "true": set it to control-plane, all or none'],
    ['health-gate', 'constructor', 'annotation falkirk.dev/health-gate is "constructor": set it to control-plane, all or none'],
    ['drain', 'kubectl', 'annotation falkirk.dev/drain is "kubectl": set it to job or controller'],
    [
      'allow',
      'downgrades',
      'annotation falkirk.dev/allow is "downgrades": set it to one or more of downgrade, skip, skew, separated by commas',
    ],
    ['allow', '', 'annotation falkirk.dev/allow is "": set it to one or more of downgrade, skip, skew, separated by commas'],
    ['allow', 'skip,', 'annotation falkirk.dev/allow is "skip,": set it to one or more of downgrade, skip, skew, separated by commas'],
  ])('falkirk.dev/%s: %j keeps the default and says what it may be', (name, value, problem) => {
    expect(planOptions({ [`falkirk.dev/${name}`]: value })).toEqual({ options: defaultPlanOptions, problem })
  })

  it.each([
    ['falkirk.dev/retries', 'annotation falkirk.dev/retries is not known: did you mean falkirk.dev/retry?'],
    ['falkirk.dev/healthgate', 'annotation falkirk.dev/healthgate is not known: did you mean falkirk.dev/health-gate?'],
    [
      'falkirk.dev/pause',
      'annotation falkirk.dev/pause is not known: remove it, or use one of falkirk.dev/allow, falkirk.dev/drain, falkirk.dev/health-gate, falkirk.dev/retry, falkirk.dev/window',
    ],
  ])('names %s, which is none of its own: a guard must not be missing in silence', (key, problem) => {
    expect(planOptions({ [key]: 'x' }).problem).toBe(problem)
  })

  it('leaves the annotations of others alone', () => {
    expect(
      planOptions({
        'upgrade.cattle.io/digest': 'spec',
        'my.falkirk.dev/retry': 'x',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
      }),
    ).toEqual({
      options: defaultPlanOptions,
    })
  })

  it('reads what it can and names everything else', () => {
    expect(planOptions({ 'falkirk.dev/window': 'no', 'falkirk.dev/drain': 'controller', 'falkirk.dev/allow': 'all' })).toEqual({
      options: { ...defaultPlanOptions, drainBy: 'Controller' },
      problem:
        'annotation falkirk.dev/allow is "all": set it to one or more of downgrade, skip, skew, separated by commas; ' +
        'annotation falkirk.dev/window is "no": set it to strict, or remove it',
    })
  })

  it('cuts long values and keys', () => {
    const { problem = '' } = planOptions({ 'falkirk.dev/drain': 'x'.repeat(10_000), [`falkirk.dev/${'y'.repeat(300)}`]: '' })
    expect(problem.length).toBeLessThan(400)
  })

  it('never throws, and a problem leaves the defaults in force', () => {
    const names = fc.constantFrom('allow', 'drain', 'health-gate', 'retry', 'window')
    fc.assert(
      fc.property(names, fc.string(), (name, value) => {
        const { options, problem } = planOptions({ [`falkirk.dev/${name}`]: value })
        if (problem !== undefined) expect(options).toEqual(defaultPlanOptions)
      }),
    )
  })
})
