import { describe, expect, it } from 'vitest'
import { joinedVersion } from './joined-version.ts'

describe('kubelets that join', () => {
  it.each([
    { server: 'v1.30.4', wish: {}, is: { version: 'v1.30.4', distribution: 'kubeadm' } },
    { server: 'v1.20.2+k3s1', wish: {}, is: { version: 'v1.20.2+k3s1', distribution: 'k3s' } },
    { server: 'v1.30.4+rke2r1', wish: {}, is: { version: 'v1.30.4+rke2r1', distribution: 'rke2' } },
    { server: 'v1.30.4-eks-5e0fdde', wish: {}, is: { version: 'v1.30.4-eks-5e0fdde', distribution: 'kubeadm' } },
    { server: 'v1.20.2+k3s1', wish: { version: 'v1.19.5' }, is: { version: 'v1.19.5+k3s1', distribution: 'k3s' } },
    { server: 'v1.30.4', wish: { version: 'v1.29.1+k3s2' }, is: { version: 'v1.29.1+k3s2', distribution: 'k3s' } },
    { server: 'v1.20.2+k3s1', wish: { distribution: 'kubeadm' }, is: { version: 'v1.20.2', distribution: 'kubeadm' } },
    { server: 'v1.30.4', wish: { distribution: 'rke2' }, is: { version: 'v1.30.4+rke2r1', distribution: 'rke2' } },
    { server: 'v1.30.4-eks-5e0fdde', wish: { distribution: 'k3s' }, is: { version: 'v1.30.4+k3s1', distribution: 'k3s' } },
    { server: 'v1.30.4', wish: { version: 'v1.30.9' }, is: { version: 'v1.30.9', distribution: 'kubeadm' } },
  ] as const)('$server with $wish are $is.version', ({ server, wish, is }) => {
    expect(joinedVersion(wish, server)).toEqual(is)
  })

  it('are never of a newer minor than their API server', () => {
    expect(() => joinedVersion({ version: 'v1.31.0' }, 'v1.30.4')).toThrow(
      expect.objectContaining({
        code: 'FK_BAD_SETTING',
        message: '--version is "v1.31.0", and the API server is v1.30.4: kubelets are never newer than their API server',
      }),
    )
  })
})
