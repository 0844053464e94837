import { describe, expect, it } from 'vitest'
import { jobDeadlineSeconds, jobTtlSeconds } from './job-deadline.ts'
import { defaultPlanSettings } from './plan-settings.ts'

describe('jobDeadlineSeconds', () => {
  it.each([
    { point: 'point 4', own: 12345, setting: 600, deadline: 12345 },
    { point: 'point 5', own: undefined, setting: 300, deadline: 300 },
    { point: 'point 6', own: 0, setting: 300, deadline: undefined },
    { point: 'point 7', own: -1, setting: 3600, deadline: 3600 },
    { point: 'point 8', own: 600, setting: 600, max: 300, deadline: 300 },
    { point: 'the maximum bounds the setting', own: undefined, setting: 900, max: 300, deadline: 300 },
    { point: 'the maximum takes the place of none', own: 0, setting: 900, max: 300, deadline: 300 },
    { point: 'less than the maximum stays', own: 100, setting: 900, max: 300, deadline: 100 },
    { point: 'defect 22: a setting of 0 is no deadline', own: undefined, setting: 0, deadline: undefined },
    { point: 'defect 22: unless there is a maximum', own: -1, setting: 0, max: 300, deadline: 300 },
    { point: 'a negative setting is no deadline', own: undefined, setting: -5, deadline: undefined },
  ])('$point: $own with default $setting gives $deadline', ({ own, setting, max = 0, deadline }) => {
    const settings = { ...defaultPlanSettings, jobActiveDeadlineSeconds: setting, jobActiveDeadlineSecondsMax: max }
    expect(jobDeadlineSeconds(own === undefined ? {} : { jobActiveDeadlineSecs: own }, settings)).toBe(deadline)
  })
})

describe('jobTtlSeconds', () => {
  it.each([
    { delay: undefined, ttl: 900 },
    { delay: '30s', ttl: 900 },
    { delay: '14m', ttl: 900 },
    { delay: '14m1s', ttl: 901 },
    { delay: '840.9s', ttl: 900 },
    { delay: '1h', ttl: 3660 },
    { delay: '2500000h', ttl: 2_147_483_647 },
  ])('point 53: a delay of $delay gives $ttl', ({ delay, ttl }) => {
    expect(jobTtlSeconds(delay === undefined ? {} : { postCompleteDelay: delay }, defaultPlanSettings)).toBe(ttl)
  })

  it('point 53: a minute after the delay also where the setting is 0', () => {
    const settings = { ...defaultPlanSettings, jobTtlSecondsAfterFinish: 0 }
    expect(jobTtlSeconds({}, settings)).toBe(0)
    expect(jobTtlSeconds({ postCompleteDelay: '0s' }, settings)).toBe(60)
  })
})
