import { describe, expect, it } from 'vitest'
import { drainArguments } from '../../../core/plan/drain-arguments.ts'
import { kubectlCommand } from './drain-command.ts'

describe('the arguments of a kubectl container', () => {
  it('are read as a Plan writes them', () => {
    const args = drainArguments('node-1', { force: true, timeout: '90s', gracePeriod: 5, skipWaitForDeleteTimeout: 60 })
    expect(kubectlCommand(args)).toEqual({
      kind: 'Drain',
      node: 'node-1',
      podSelector: '!upgrade.cattle.io/controller',
      policy: {
        force: true,
        ignoreDaemonSets: true,
        deleteEmptyDirData: true,
        disableEviction: false,
        timeoutMs: 90_000,
        gracePeriodSeconds: 5,
        skipWaitForDeleteTimeoutSeconds: 60,
      },
    })
  })

  it.each([
    { args: ['cordon', 'n'], command: { kind: 'Cordon', node: 'n' } },
    { args: ['uncordon', 'n'], command: { kind: 'Uncordon', node: 'n' } },
    { args: ['drain', '--force', 'n'], command: { kind: 'Drain', node: 'n' } },
    { args: ['drain', 'n', '--grace-period=-1'], command: { kind: 'Drain', node: 'n' } },
    { args: ['drain', 'n', '--yes'], command: { kind: 'Unknown', message: 'error: unknown flag: --yes' } },
    { args: ['drain'], command: { kind: 'Unknown', message: 'error: USAGE: drain NODE [flags]' } },
    { args: ['get', 'pods'], command: { kind: 'Unknown', message: 'error: unknown command "get" for "kubectl"' } },
  ])('$args is $command.kind', ({ args, command }) => {
    expect(kubectlCommand(args)).toMatchObject(command)
  })

  it('have a pod end in its own time unless a grace period is given', () => {
    expect(kubectlCommand(['drain', 'n', '--grace-period=-1'])).not.toHaveProperty('policy.gracePeriodSeconds')
    expect(kubectlCommand(['drain', 'n', '--grace-period', '0'])).toHaveProperty('policy.gracePeriodSeconds', 0)
  })
})
