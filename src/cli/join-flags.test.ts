import { describe, expect, it } from 'vitest'
import { joinSettings } from './join-flags.ts'
import { type SandboxFlags, sandboxSettings } from './sandbox-flags.ts'

describe('what is wanted of nodes that join', () => {
  it('is a number; what else they are comes from their cluster, unless told', () => {
    expect(joinSettings('cluster.yaml', { nodes: '3' })).toEqual({ kubeconfig: 'cluster.yaml', nodes: 3, speed: 1, seed: 1 })
  })

  it('is what the flags say', () => {
    const flags = { nodes: '1000', version: '1.30', distribution: 'rke2', speed: '10x', seed: '7' }
    expect(joinSettings('cluster.yaml', flags)).toEqual({
      kubeconfig: 'cluster.yaml',
      nodes: 1000,
      version: 'v1.30.0',
      distribution: 'rke2',
      speed: 10,
      seed: 7,
    })
  })
})

describe('one sentence about --join', () => {
  const there = (flag: string, why: string) =>
    `--join names a cluster that is there, so --${flag} has nothing to say (${why}): leave one of them out`
  it.each([
    { flags: {}, said: '--join needs --nodes: say how many nodes are to join' },
    { flags: { nodes: '0' }, said: '--nodes is "0": write a whole number from 1 to 20000' },
    { flags: { nodes: '3', kubeconfig: 'a' }, said: there('kubeconfig', 'it has a kubeconfig already') },
    { flags: { nodes: '3', load: 'a' }, said: there('load', 'it has objects of its own') },
    { flags: { nodes: '3', scenario: 'a' }, said: there('scenario', 'stories are played on a twin') },
    { flags: { nodes: '3', pods: '9' }, said: there('pods', 'it has pods of its own') },
    { flags: { nodes: '3', port: '6443' }, said: there('port', 'it has an API server of its own') },
    { flags: { nodes: '3', version: '1.99' }, said: '--version is "1.99": a sandbox can be any version from v1.14 to v1.37' },
    { flags: { nodes: '3', speed: 'fast' }, said: '--speed is "fast": write how many times as fast as real time, from 0.1x to 1000x' },
  ] satisfies { flags: SandboxFlags; said: string }[])('$said', ({ flags, said }) => {
    expect(() => joinSettings('cluster.yaml', flags)).toThrow(expect.objectContaining({ code: 'FK_BAD_SETTING', message: said }))
  })

  it('that is empty, and about a sandbox that has neither a cluster nor a place for its kubeconfig', () => {
    expect(() => joinSettings('', { nodes: '3' })).toThrow('--join is empty: name the kubeconfig of the cluster')
    expect(() => sandboxSettings({})).toThrow(
      '--kubeconfig is missing: name the file that a kubeconfig is to be put into (or, with --join, a cluster that is there)',
    )
  })
})
