import { describe, expect, it } from 'vitest'
import { wishedUpgrade } from './wished-upgrade.ts'

const file = `
apiVersion: falkirk.dev/v1alpha1
kind: ClusterUpgrade
metadata: { name: autumn, labels: { team: platform } }
spec:
  version: v1.34.2+k3s1
  pools:
    - { name: edge, nodeSelector: { matchLabels: { pool: edge } } }
    - { name: blue, nodeSelector: { matchLabels: { pool: blue } }, batches: { first: 2 } }
`

const head = 'apiVersion: falkirk.dev/v1alpha1\nkind: ClusterUpgrade\n'

describe('what is wanted of an upgrade', () => {
  it('is a version, and an object named after it', () => {
    expect(wishedUpgrade({ to: 'v1.34.2+k3s1' }, undefined).object).toEqual({
      apiVersion: 'falkirk.dev/v1alpha1',
      kind: 'ClusterUpgrade',
      metadata: { name: 'to-1-34-2-k3s1' },
      spec: { version: 'v1.34.2+k3s1' },
    })
  })

  it('may be pools by their labels, in this order, each with at most so many nodes a batch', () => {
    expect(wishedUpgrade({ to: 'v1.34.2', pools: 'pool=edge, tier=blue', max: '3' }, undefined).object.spec.pools).toEqual([
      { name: 'edge', nodeSelector: { matchLabels: { pool: 'edge' } }, batches: { max: 3 } },
      { name: 'blue', nodeSelector: { matchLabels: { tier: 'blue' } }, batches: { max: 3 } },
    ])
  })

  it('takes words as people type them', () => {
    const flags = { to: 'v1.34.2', workers: 'everyhop', scope: 'control-plane', stopAfter: 'batch', via: 'ssh' }
    const spec = { workers: 'EveryHop', scope: 'ControlPlane', stopAfter: 'Batch', node: { via: 'SSH' } }
    expect(wishedUpgrade(flags, undefined).object.spec).toMatchObject(spec)
  })

  it('is a file with the flags laid over it', () => {
    const { object } = wishedUpgrade({ file: 'up.yaml', to: 'v1.34.3+k3s1', pools: 'blue', max: '8' }, file)
    expect(object.metadata).toEqual({ name: 'autumn', labels: { team: 'platform' } })
    expect(object.spec).toEqual({
      version: 'v1.34.3+k3s1',
      pools: [{ name: 'blue', nodeSelector: { matchLabels: { pool: 'blue' } }, batches: { first: 2, max: 8 } }],
    })
    expect(wishedUpgrade({ file: 'up.yaml', name: 'other' }, file).object.metadata.name).toBe('other')
  })

  it.each([
    { flags: {}, code: 'FK_BAD_SETTING', message: /^--to is missing: / },
    { flags: { to: 'latest' }, code: 'FK_BAD_SETTING', message: /^--to is "latest": write a version/ },
    { flags: { to: 'v1.34.2', scope: 'Clustr' }, code: 'FK_BAD_SETTING', message: /^--scope is "Clustr": .*is it Cluster\?$/ },
    { flags: { to: 'v1.34.2', via: 'shh' }, code: 'FK_BAD_SETTING', message: /^--via is "shh": write Job, SSH$/ },
    { flags: { to: 'v1.34.2', max: '0' }, code: 'FK_BAD_SETTING', message: /^--max is "0": write a whole number from 1 to 200$/ },
    { flags: { to: 'v1.34.2', nodes: 'worker-1,,worker-2' }, code: 'FK_BAD_SETTING', message: /^--nodes names "": write names/ },
    { flags: { to: 'v1.34.2', name: 'To 1.34' }, code: 'FK_BAD_SETTING', message: /^--name is "To 1.34": / },
    {
      flags: { to: 'v1.34.2', pools: 'blue' },
      code: 'FK_BAD_SETTING',
      message: /^--pools names "blue": write pools of the file, or labels/,
    },
    { flags: { pools: 'blu' }, text: file, code: 'FK_BAD_SETTING', message: /is it blue\?$/ },
    { flags: {}, text: 'a: [', code: 'FK_MANIFEST', message: /^up.yaml is no YAML: / },
    {
      flags: {},
      text: 'a: 1\n---\nb: 2',
      code: 'FK_MANIFEST',
      message: /^up.yaml holds more than one document: write one ClusterUpgrade /,
    },
    { flags: {}, text: '', code: 'FK_MANIFEST', message: /^up.yaml holds no object: / },
    {
      flags: {},
      text: '{kind: Plan, apiVersion: upgrade.cattle.io/v1}',
      code: 'FK_MANIFEST',
      message: /holds upgrade.cattle.io\/v1 Plan: write one ClusterUpgrade/,
    },
    { flags: {}, text: `${head}metadata:\nspec:\n`, code: 'FK_UPGRADE_REFUSED', message: /^spec\.version / },
    { flags: {}, text: `${head}metadata: up\n`, code: 'FK_MANIFEST', message: /^up\.yaml: metadata is "up": write fields below it/ },
    { flags: {}, text: `${head}spec: [1]\n`, code: 'FK_MANIFEST', message: /^up\.yaml: spec is \[1\]: write fields below it/ },
    {
      flags: {},
      text: `${head}metadata: { name: 134 }\n`,
      code: 'FK_MANIFEST',
      message: /^up\.yaml: metadata\.name is 134: write it in quotes/,
    },
    { flags: { max: '2' }, text: `${head}spec: { version: v1.34.2, pools: [] }\n---\n{}`, code: 'FK_MANIFEST', message: /^up\.yaml / },
    {
      flags: { max: '2' },
      text: `${head}spec: { version: v1.34.2, pools: [null] }\n`,
      code: 'FK_UPGRADE_REFUSED',
      message: /^spec\.pools\[0\]\.name /,
    },
    {
      flags: { pools: 'blue' },
      text: `${head}spec: { version: v1.34.2, pools: [null] }\n`,
      code: 'FK_BAD_SETTING',
      message: /^--pools names "blue"/,
    },
    { flags: {}, text: file.replace('version:', 'versoin:'), code: 'FK_UPGRADE_REFUSED', message: /spec\.ver/ },
    { flags: {}, text: file.replace('pools:', 'windows: []\n  pools:'), code: 'FK_UPGRADE_REFUSED', message: /^spec.windows is no field/ },
  ])('is told in one sentence when it cannot be: $message', ({ flags, text, code, message }) => {
    const wish = () => wishedUpgrade({ ...flags, ...(text === undefined ? {} : { file: 'up.yaml' }) }, text)
    expect(wish).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })
})
