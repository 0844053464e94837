import { describe, expect, it } from 'vitest'
import { defaultPlanSettings, planSettings } from './plan-settings.ts'

describe('planSettings', () => {
  it('has the defaults of system-upgrade-controller when nothing is set', () => {
    expect(planSettings({})).toEqual({
      settings: {
        jobActiveDeadlineSeconds: 600,
        jobActiveDeadlineSecondsMax: 0,
        jobBackoffLimit: 2,
        jobImagePullPolicy: 'IfNotPresent',
        kubectlImage: 'rancher/kubectl:v1.30.3',
        kubectlImageWindows: '',
        jobPrivileged: true,
        jobTtlSecondsAfterFinish: 900,
        jobPodReplacementPolicy: 'TerminatingOrFailed',
        planPollingIntervalMs: 900_000,
        verifyTimeoutMs: 300_000,
      },
      problems: [],
    })
  })

  it('reads the ConfigMap that is shipped', () => {
    const { settings, problems } = planSettings({
      SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS: '900',
      SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: '99',
      SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY: 'Always',
      SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE: 'rancher/kubectl:v1.20.2',
      SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE_WINDOWS: '',
      SYSTEM_UPGRADE_JOB_PRIVILEGED: 'true',
      SYSTEM_UPGRADE_JOB_TTL_SECONDS_AFTER_FINISH: '900',
      SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL: '15m',
    })
    expect(problems).toEqual([])
    expect(settings).toEqual({
      ...defaultPlanSettings,
      jobActiveDeadlineSeconds: 900,
      jobBackoffLimit: 99,
      jobImagePullPolicy: 'Always',
      kubectlImage: 'rancher/kubectl:v1.20.2',
    })
  })

  it('defect 22: a default deadline of 0 is read as it stands, and means none', () => {
    expect(planSettings({ SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS: '0' })).toMatchObject({
      settings: { jobActiveDeadlineSeconds: 0 },
      problems: [],
    })
  })

  it.each([
    ['SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS_MAX', '3600', { jobActiveDeadlineSecondsMax: 3600 }],
    ['SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT', '+7', { jobBackoffLimit: 7 }],
    ['SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT', '2147483647', { jobBackoffLimit: 2147483647 }],
    ['SYSTEM_UPGRADE_JOB_TTL_SECONDS_AFTER_FINISH', '0', { jobTtlSecondsAfterFinish: 0 }],
    ['SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE_WINDOWS', 'w', { kubectlImageWindows: 'w' }],
    ['SYSTEM_UPGRADE_JOB_POD_REPLACEMENT_POLICY', 'Failed', { jobPodReplacementPolicy: 'Failed' }],
    ['SYSTEM_UPGRADE_JOB_POD_REPLACEMENT_POLICY', '', {}],
    ['SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY', 'Sometimes', { jobImagePullPolicy: 'Sometimes' }],
    ['SYSTEM_UPGRADE_JOB_IMAGE_PULL_POLICY', '', {}],
    ['SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE', '', {}],
    ['SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL', '61s', { planPollingIntervalMs: 61_000 }],
    ['SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL', '1m0.001s', { planPollingIntervalMs: 60_001 }],
    ['FALKIRK_VERIFY_TIMEOUT', '90s', { verifyTimeoutMs: 90_000 }],
  ])('reads %s=%j', (name, value, change) => {
    expect(planSettings({ [name]: value })).toEqual({ settings: { ...defaultPlanSettings, ...change }, problems: [] })
  })

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('reads %s as false, as Go does', (value) => {
    expect(planSettings({ SYSTEM_UPGRADE_JOB_PRIVILEGED: value })).toMatchObject({ settings: { jobPrivileged: false }, problems: [] })
  })

  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])('reads %s as true, as Go does', (value) => {
    expect(planSettings({ SYSTEM_UPGRADE_JOB_PRIVILEGED: value })).toMatchObject({ settings: { jobPrivileged: true }, problems: [] })
  })

  it.each([
    ['SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS', '15m', '"15m" is not a whole number; 600 stays in force'],
    ['SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS', '', '"" is not a whole number; 600 stays in force'],
    ['SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS', '-1', '"-1" is negative; 600 stays in force'],
    [
      'SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS',
      '9223372036854775808',
      '"9223372036854775808" is more than 9223372036854775807; 600 stays in force',
    ],
    ['SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS_MAX', '1e3', '"1e3" is not a whole number; 0 stays in force'],
    ['SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT', '2147483648', '"2147483648" is more than 2147483647; 2 stays in force'],
    ['SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT', ' 3', '" 3" is not a whole number; 2 stays in force'],
    ['SYSTEM_UPGRADE_JOB_TTL_SECONDS_AFTER_FINISH', '0x10', '"0x10" is not a whole number; 900 stays in force'],
    ['SYSTEM_UPGRADE_JOB_PRIVILEGED', 'yes', '"yes" is neither true nor false; true stays in force'],
    ['SYSTEM_UPGRADE_JOB_PRIVILEGED', 'tRUE', '"tRUE" is neither true nor false; true stays in force'],
    ['SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL', '900', '"900" is no duration such as 15m; 15m0s stays in force'],
    ['SYSTEM_UPGRADE_PLAN_POLLING_INTERVAL', '1m', '"1m" is not longer than 1m0s; 15m0s stays in force'],
    ['FALKIRK_VERIFY_TIMEOUT', '0', '"0" is not longer than 0s; 5m0s stays in force'],
  ])('keeps the default for %s=%j and says why', (name, value, why) => {
    expect(planSettings({ [name]: value })).toEqual({ settings: defaultPlanSettings, problems: [`failed to parse $${name}: ${why}`] })
  })

  it('tells of every setting that it cannot use', () => {
    expect(planSettings({ SYSTEM_UPGRADE_JOB_PRIVILEGED: 'x', SYSTEM_UPGRADE_JOB_BACKOFF_LIMIT: 'x' }).problems).toHaveLength(2)
  })
})
