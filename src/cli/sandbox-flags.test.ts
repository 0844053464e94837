import { describe, expect, it } from 'vitest'
import { type SandboxFlags, sandboxSettings } from './sandbox-flags.ts'

const settings = (flags: Partial<SandboxFlags> = {}) => sandboxSettings({ kubeconfig: 'sandbox.yaml', ...flags })

describe('what is wanted of a sandbox', () => {
  it('is the small cluster of k3s at the speed of the world, unless told', () => {
    expect(settings()).toEqual({
      kubeconfig: 'sandbox.yaml',
      cluster: { kind: 'Small', distribution: 'k3s', version: 'v1.33.5+k3s1' },
      speed: 1,
      seed: 1,
      port: 0,
    })
  })

  it.each([
    { version: '1.30', distribution: 'k3s', wanted: 'v1.30.0+k3s1' },
    { version: 'v1.30.4', distribution: 'rke2', wanted: 'v1.30.4+rke2r1' },
    { version: '1.20.2', distribution: 'kubeadm', wanted: 'v1.20.2' },
    { version: 'v1.24.6+k3s2', distribution: 'k3s', wanted: 'v1.24.6+k3s2' },
  ])('takes $version of $distribution for $wanted', ({ version, distribution, wanted }) => {
    expect(settings({ version, distribution }).cluster).toEqual({ kind: 'Small', distribution, version: wanted })
  })

  it.each([
    { flags: { nodes: '100' }, cluster: { kind: 'Generated', nodes: 100, distribution: 'k3s', version: 'v1.33.5+k3s1' } },
    { flags: { pods: '50' }, cluster: { kind: 'Generated', nodes: 9, pods: 50, distribution: 'k3s', version: 'v1.33.5+k3s1' } },
    { flags: { load: 'all.yaml' }, cluster: { kind: 'Loaded', file: 'all.yaml', version: undefined } },
    { flags: { load: 'all.yaml', version: '1.29.1' }, cluster: { kind: 'Loaded', file: 'all.yaml', version: 'v1.29.1' } },
    { flags: { scenario: 'api-away' }, cluster: { kind: 'Scenario', name: 'api-away' } },
  ])('comes from what $flags names', ({ flags, cluster }) => {
    expect(settings(flags).cluster).toEqual(cluster)
  })

  it.each([
    ['10x', 10],
    ['2.5', 2.5],
    ['0.1x', 0.1],
  ])('lives at --speed %s', (speed, wanted) => {
    expect(settings({ speed }).speed).toBe(wanted)
  })
})

describe('one sentence that names the flag and what it may be', () => {
  it.each([
    { flags: { distribution: 'k3' }, said: '--distribution is "k3": write k3s, rke2, kubeadm; is it k3s?' },
    { flags: { version: 'latest' }, said: '--version is "latest": write a version of Kubernetes such as v1.30.4' },
    { flags: { version: '1.99' }, said: '--version is "1.99": a sandbox can be any version from v1.14 to v1.37' },
    { flags: { speed: 'fast' }, said: '--speed is "fast": write how many times as fast as real time, from 0.1x to 1000x' },
    { flags: { speed: '0' }, said: '--speed is "0": write how many times as fast as real time, from 0.1x to 1000x' },
    { flags: { port: '70000' }, said: '--port is "70000": write a whole number from 0 to 65535' },
    { flags: { nodes: '-1' }, said: '--nodes is "-1": write a whole number from 1 to 20000' },
    { flags: { seed: '1e3' }, said: '--seed is "1e3": write a whole number from 0 to 4294967295' },
    {
      flags: { scenario: 'a', nodes: '3' },
      said: '--scenario brings a cluster along, so --nodes has nothing to say: leave one of them out',
    },
    { flags: { load: 'a', pods: '3' }, said: '--load brings a cluster along, so --pods has nothing to say: leave one of them out' },
  ])('$said', ({ flags, said }) => {
    expect(() => settings(flags)).toThrow(expect.objectContaining({ code: 'FK_BAD_SETTING', message: said }))
  })
})
