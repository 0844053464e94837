import { describe, expect, it } from 'vitest'
import { controllerOptions } from './controller-options.ts'

const named = { name: 'system-upgrade-controller', namespace: 'system-upgrade' }
const variable = (name: string) => `SYSTEM_UPGRADE_CONTROLLER_${name}`

describe('options of the controller', () => {
  it('has the defaults of system-upgrade-controller: two threads, no election, in-cluster', () => {
    expect(controllerOptions(named, {})).toMatchObject({ ...named, debug: false, leaderElect: false, threads: 2, listen: ':8080' })
  })

  it('takes everything from the environment, as the manifests set it', () => {
    const env = {
      [variable('NAME')]: 'suc',
      [variable('NAMESPACE')]: 'upgrades',
      [variable('DEBUG')]: 'true',
      [variable('LEADER_ELECT')]: 'T',
      [variable('THREADS')]: '4',
      [variable('KUBE_CONFIG')]: '/etc/kubeconfig',
      [variable('MASTER_URL')]: 'https://10.0.0.1:6443',
      [variable('NODE_NAME')]: 'cp-1',
      FALKIRK_RELEASES: '/etc/falkirk/releases.yaml',
    }
    expect(controllerOptions({}, env)).toMatchObject({
      name: 'suc',
      namespace: 'upgrades',
      debug: true,
      leaderElect: true,
      threads: 4,
      kubeconfig: '/etc/kubeconfig',
      master: 'https://10.0.0.1:6443',
      nodeName: 'cp-1',
      releases: '/etc/falkirk/releases.yaml',
      listen: ':8080',
    })
  })

  it('flags win over the environment', () => {
    const env = { [variable('NAME')]: 'env', [variable('LEADER_ELECT')]: 'true', [variable('THREADS')]: '9', FALKIRK_RELEASES: 'env' }
    expect(controllerOptions({ ...named, leaderElect: false, threads: '3', releases: 'own' }, env)).toMatchObject({
      ...named,
      leaderElect: false,
      threads: 3,
      releases: 'own',
    })
  })

  it.each([
    { flags: { namespace: 'x' }, env: {}, says: '--name is missing: set it, or the environment variable SYSTEM_UPGRADE_CONTROLLER_NAME' },
    { flags: { name: 'x' }, env: {}, says: '--namespace is missing' },
    {
      flags: { ...named, threads: 'many' },
      env: {},
      says: '--threads (SYSTEM_UPGRADE_CONTROLLER_THREADS) is "many": write a whole number',
    },
    { flags: { ...named, threads: '0' }, env: {}, says: 'write a whole number from 1 to 1000' },
    { flags: named, env: { [variable('DEBUG')]: 'perhaps' }, says: 'SYSTEM_UPGRADE_CONTROLLER_DEBUG is "perhaps": write true or false' },
  ])('says in one sentence what is wrong: $says', ({ flags, env, says }) => {
    expect(() => controllerOptions(flags, env)).toThrow(says)
  })
})
