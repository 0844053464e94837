import { describe, expect, it } from 'vitest'
import { admitServiceAccount } from './admit-service-account.ts'
import { podOf, readerOf, stored } from './objects.test-support.ts'

const secret = stored('Secret', 'default-token-x.y', { type: 'kubernetes.io/service-account-token' })
const account = stored('ServiceAccount', 'default', {
  secrets: [{ name: 'other' }, { name: 'default-token-x.y' }],
  imagePullSecrets: [{ name: 'pull' }],
})
const reader = readerOf({ serviceaccounts: [account, stored('ServiceAccount', 'bare')], secrets: [secret, stored('Secret', 'other')] })
const ports = (minor: number) => ({ reader, minor, suffix: () => 'abcde' })
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

function specOf(spec: object, minor: number, metadata: object = {}) {
  const verdict = admitServiceAccount(podOf(spec, metadata), 'default', ports(minor))
  return verdict.kind === 'Admitted' ? verdict.object.spec : expect.fail(verdict.why)
}

describe('admitServiceAccount', () => {
  it('mounts the Secret of the account in every container, before 1.21', () => {
    expect(specOf({ initContainers: [{ name: 'i', image: 'x' }] }, 20)).toEqual({
      serviceAccount: 'default',
      serviceAccountName: 'default',
      imagePullSecrets: [{ name: 'pull' }],
      containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'default-token-x-y', readOnly: true, mountPath: tokenPath }] }],
      initContainers: [{ name: 'i', image: 'x', volumeMounts: [{ name: 'default-token-x-y', readOnly: true, mountPath: tokenPath }] }],
      volumes: [{ name: 'default-token-x-y', secret: { secretName: 'default-token-x.y', defaultMode: 420 } }],
    })
  })

  it('mounts a token of the pod itself since 1.21', () => {
    expect(specOf({ serviceAccountName: 'bare' }, 21)).toMatchObject({
      containers: [{ volumeMounts: [{ name: 'kube-api-access-abcde' }] }],
      volumes: [{ name: 'kube-api-access-abcde', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607 } }, {}, {}] } }],
    })
  })

  it('leaves what is mounted there already', () => {
    const own = { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'v', mountPath: tokenPath }] }] }
    expect(specOf(own, 20)).not.toHaveProperty('volumes')
  })

  it.each([
    ['the pod does not want a token', { automountServiceAccountToken: false }],
    ['the pod has pull secrets of its own', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'own' }] }],
  ])('mounts nothing when %s', (_title, spec) => {
    const result = specOf(spec, 20)
    expect(result).not.toHaveProperty('volumes')
    expect(result).toHaveProperty('imagePullSecrets', [{ name: 'imagePullSecrets' in spec ? 'own' : 'pull' }])
  })

  it('refuses an account that is not there', () => {
    expect(admitServiceAccount(podOf({ serviceAccountName: 'gone' }), 'ns', ports(20))).toEqual({
      kind: 'Refused',
      why: 'error looking up service account ns/gone: serviceaccount "gone" not found',
    })
  })

  it('has the client try again while the account has no token, before 1.21', () => {
    expect(admitServiceAccount(podOf({ serviceAccountName: 'bare' }), 'ns', ports(20)).kind).toBe('Retry')
  })

  it('leaves mirror pods alone, and refuses those that want an account', () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } }
    expect(specOf({}, 20, mirror)).toEqual({ containers: [{ name: 'a', image: 'x' }] })
    expect(admitServiceAccount(podOf({ serviceAccountName: 'default' }, mirror), 'ns', ports(20))).toMatchObject({
      kind: 'Refused',
      why: 'a mirror pod may not reference service accounts',
    })
  })
})
