import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KubernetesVersion, parseVersion } from './kubernetes-version.ts'
import { controlPlaneHop, kubeletSkew } from './version-skew.ts'

function version(text: string): KubernetesVersion {
  const parsed = parseVersion(text)
  if (parsed === undefined) throw new Error(`${text} was not read`)
  return parsed
}

describe('kubeletSkew', () => {
  it.each([
    { kubelet: 'v1.24.6', apiServer: 'v1.24.6', verdict: 'Within' },
    { kubelet: 'v1.24.9', apiServer: 'v1.24.1', verdict: 'Within' },
    { kubelet: 'v1.25.0', apiServer: 'v1.24.17', verdict: 'NewerThanApiServer' },
    { kubelet: 'v1.14.0', apiServer: 'v1.16.0', verdict: 'Within' },
    { kubelet: 'v1.14.10', apiServer: 'v1.17.0', verdict: 'TooOld' },
    { kubelet: 'v1.24.17', apiServer: 'v1.26.0', verdict: 'Within' },
    { kubelet: 'v1.24.17', apiServer: 'v1.27.0', verdict: 'TooOld' },
    { kubelet: 'v1.25.0', apiServer: 'v1.28.0', verdict: 'Within' },
    { kubelet: 'v1.25.16', apiServer: 'v1.29.0', verdict: 'TooOld' },
    { kubelet: 'v1.31.0+k3s1', apiServer: 'v1.34.0-eks-5e0fdde', verdict: 'Within' },
  ])('kubelet $kubelet with API server $apiServer is $verdict', ({ kubelet, apiServer, verdict }) => {
    const got = kubeletSkew(version(kubelet), version(apiServer))
    expect(got.verdict === 'Within' ? 'Within' : got.reason).toBe(verdict)
  })

  it('names both versions and the limit when a kubelet is too old', () => {
    expect(kubeletSkew(version('v1.24.17'), version('v1.27.0'))).toEqual({
      verdict: 'Beyond',
      reason: 'TooOld',
      message: 'kubelet v1.24.17 is too old for API server v1.27.0; at most 2 minor versions may lie between',
    })
  })
})

describe('controlPlaneHop', () => {
  it.each([
    { from: 'v1.33.1', to: 'v1.33.1', verdict: 'Allowed' },
    { from: 'v1.33.1', to: 'v1.33.7', verdict: 'Allowed' },
    { from: 'v1.33.7', to: 'v1.34.0', verdict: 'Allowed' },
    { from: 'v1.33.7+k3s1', to: 'v1.33.7+k3s2', verdict: 'Allowed' },
    { from: 'v1.33.7+k3s1', to: 'v1.33.7+rke2r1', verdict: 'Allowed' },
    { from: 'v1.33.7', to: 'v1.35.0', verdict: 'SkippedMinor' },
    { from: 'v1.33.7', to: 'v2.0.0', verdict: 'SkippedMinor' },
    { from: 'v1.33.7', to: 'v1.33.6', verdict: 'Downgrade' },
    { from: 'v1.33.7', to: 'v1.32.13', verdict: 'Downgrade' },
    { from: 'v1.33.7', to: 'v1.33.7-rc.1', verdict: 'Downgrade' },
    { from: 'v1.33.7+k3s2', to: 'v1.33.7+k3s1', verdict: 'Downgrade' },
  ])('$from to $to is $verdict', ({ from, to, verdict }) => {
    const got = controlPlaneHop(version(from), version(to))
    expect(got.verdict === 'Allowed' ? 'Allowed' : got.reason).toBe(verdict)
  })

  it('refuses v1.33 to v1.35 and names the stop between', () => {
    expect(controlPlaneHop(version('v1.33.7'), version('v1.35.0'))).toMatchObject({
      message: 'v1.33.7 to v1.35.0 skips a minor version; go to the last v1.34 first, one minor at a time',
    })
  })

  it('never allows a hop that would leave a kubelet of the old version beyond the policy', () => {
    const any = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 20 })).map(([minor, patch]) => version(`v1.${minor}.${patch}`))
    fc.assert(
      fc.property(any, any, (from, to) => {
        if (controlPlaneHop(from, to).verdict === 'Allowed') expect(kubeletSkew(from, to)).toEqual({ verdict: 'Within' })
      }),
    )
  })
})
