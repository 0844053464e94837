import { describe, expect, it } from 'vitest'
import { noonMs } from '../../plan/plan-facts.test-support.ts'
import { decideMalformedUpgrade } from '../status/malformed-upgrade.ts'
import { parseUpgrade } from './cluster-upgrade.ts'

const metadata = { name: 'up', uid: 'uid-up', generation: 2 }
const selector = { matchLabels: { pool: 'blue' } }

function refusal(spec: unknown): string {
  const parsed = parseUpgrade({ metadata, spec })
  return parsed.kind === 'Malformed' ? parsed.message : 'accepted'
}

it('takes a spec with every field', () => {
  const spec = {
    version: 'v1.34.2+k3s1',
    scope: 'Pools',
    action: 'Pause',
    continueFrom: 3,
    stopAfter: 'Batch',
    workers: 'EveryHop',
    acceptedRisks: [{ check: 'UnsupportedSkew', reason: 'workers follow next week' }],
    pools: [{ name: 'blue', nodeSelector: selector, batches: { first: 1, factor: 2, max: 4 }, maxUnavailable: 4, spread: 'zone' }],
    nodes: ['worker-0'],
    drain: { timeout: '1h30m', whenBlocked: 'Force', force: true, deleteEmptyDirData: false, gracePeriodSeconds: 0 },
    soak: { displacedPodsReady: false, for: '30s', timeout: '5m' },
    failure: { retries: 0, budget: 2, pauseExpiry: '24h' },
    node: { via: 'Job', upgrade: { image: 'registry.example.org/upgrade' } },
  }
  expect(parseUpgrade({ metadata, spec })).toMatchObject({ kind: 'Upgrade', upgrade: { spec } })
})

describe('a field that this Falkirk does not know is refused at every level', () => {
  it.each([
    { spec: { version: 'v1.34.2', windows: [] }, field: /spec\.windows/ },
    { spec: { version: 'v1.34.2', pool: [] }, field: /spec\.pool .*spec\.pools/ },
    { spec: { version: 'v1.34.2', drain: { timeOut: '1h' } }, field: /spec\.drain\.timeOut/ },
    { spec: { version: 'v1.34.2', soak: { gates: [] } }, field: /spec\.soak\.gates/ },
    { spec: { version: 'v1.34.2', node: { upgrade: { image: 'a', comand: ['b'] } } }, field: /spec\.node\.upgrade\.comand/ },
    { spec: { version: 'v1.34.2', failure: { retry: 1 } }, field: /spec\.failure\.retry/ },
    { spec: { version: 'v1.34.2', node: { ssh: {} } }, field: /spec\.node\.ssh/ },
    { spec: { version: 'v1.34.2', acceptedRisks: [{ check: 'x', reason: 'y', until: 'z' }] }, field: /spec\.acceptedRisks\[0\]\.until/ },
    { spec: { version: 'v1.34.2', pools: [{ name: 'a', nodeSelector: selector, size: 1 }] }, field: /spec\.pools\[0\]\.size/ },
    {
      spec: { version: 'v1.34.2', pools: [{ name: 'a', nodeSelector: selector, batches: { min: 1 } }] },
      field: /spec\.pools\[0\]\.batches\.min/,
    },
  ])('$field', ({ spec, field }) => {
    expect(refusal(spec)).toMatch(field)
    expect(refusal(spec)).toMatch(/is no field that this Falkirk knows/)
  })
})

const checksum = { version: 'v1.34.2+k3s1', architecture: 'amd64', sha256: 'ABC' }
/** What stands in a spec can be read by many. */
const secretUrl = 'https://user:password@mirror.example.org/k3s'

describe('a value that cannot be is refused in one sentence that names the field', () => {
  it.each([
    { spec: undefined, message: /^spec/ },
    { spec: {}, message: /spec\.version.*v1\.34\.2\+k3s1/ },
    {
      spec: { version: 'v1.34.2', scope: 'Everything' },
      message: /^spec\.scope is "Everything": set it to one of Cluster, ControlPlane, Pools, Hosts$/,
    },
    { spec: { version: 'v1.34.2', action: 'Stop' }, message: /spec\.action/ },
    { spec: { version: 'v1.34.2', node: { via: 'Ssh' } }, message: /spec\.node\.via/ },
    {
      spec: { version: 'v1.34.2', node: { via: 'SSH', upgrade: { image: 'a' } } },
      message: /spec\.node .*via: SSH beside upgrade, which is for Jobs: remove it/,
    },
    {
      spec: { version: 'v1.34.2', node: { via: 'SSH', recipe: { binary: { image: 'a' } } } },
      message: /spec\.node .*recipe\.binary\.image, which is of no use with via: SSH: remove it, or write via: Job/,
    },
    {
      spec: { version: 'v1.34.2', node: { recipe: { binary: { url: 'https://example.com/{version}/{file}' } } } },
      message: /spec\.node .*recipe\.binary\.url, which is of no use with via: Job: remove it, or write via: SSH/,
    },
    {
      spec: { version: 'v1.34.2', node: { via: 'SSH', recipe: { binary: { url: 'https://example.com/k3s' } } } },
      message: /spec\.node\.recipe\.binary\.url .*needs \{version\} and \{file\} in it/,
    },
    { spec: { version: 'v1.34.2', node: { recipe: { runnerImage: '' } } }, message: /spec\.node\.recipe\.runnerImage/ },
    { spec: { version: 'v1.34.2', node: { os: {} } }, message: /spec\.node .*has os, which Jobs do not carry out: write via: SSH/ },
    {
      spec: { version: 'v1.34.2', node: { runtime: { name: 'containerd' } } },
      message: /spec\.node .*has runtime, which Jobs do not carry out: write via: SSH/,
    },
    {
      spec: { version: 'v1.34.2', node: { via: 'SSH', runtime: { name: 'containerd', version: '1.7' } } },
      message: /spec\.node\.runtime\.version .*no version of containerd: write one such as 1\.7\.28/,
    },
    { spec: { version: 'v1.34.2', node: { via: 'SSH', runtime: { name: 'docker' } } }, message: /spec\.node\.runtime\.name/ },
    { spec: { version: 'v1.34.2', scope: 'Hosts' }, message: /spec .*scope: Hosts and nothing that is to be changed there/ },
    { spec: { version: 'v1.34.2', scope: 'Pools' }, message: /^spec has scope: Pools and names none: write pools, or nodes$/ },
    { spec: { version: 'v1.34.2', scope: 'Pools', pools: [] }, message: /spec .*scope: Pools and names none/ },
    { spec: { version: 'v1.34.2', nodes: [] }, message: /^spec\.nodes is a list: set it to a list of at least 1 item$/ },
    { spec: { version: 'v1.34.2', drain: { timeout: '0s' } }, message: /spec\.drain\.timeout .*no time at all/ },
    { spec: { version: 'v1.34.2', soak: { timeout: '0' } }, message: /spec\.soak\.timeout .*no time at all/ },
    { spec: { version: 'v1.34.2', failure: { pauseExpiry: '0h' } }, message: /spec\.failure\.pauseExpiry .*no time at all/ },
    {
      spec: { version: 'v1.34.2', node: { recipe: { runnerImage: 'a', binary: { url: 'b' } } } },
      message: /spec\.node\.recipe\.binary\.url/,
    },
    { spec: { version: 'v1.34.2', node: { recipe: { runnerImage: 'a', binary: { path: '../k3s' } } } }, message: /recipe\.binary\.path/ },
    {
      spec: {
        version: 'v1.34.2',
        node: { recipe: { runnerImage: 'a', binary: { checksums: [{ ...checksum, sha256: 'a'.repeat(64), url: secretUrl }] } } },
      },
      message: /checksums\[0\]\.url/,
    },
    {
      spec: { version: 'v1.34.2', node: { recipe: { runnerImage: 'a', binary: { checksums: [checksum] } } } },
      message: /checksums\[0\]\.sha256/,
    },
    {
      spec: { version: 'v1.34.2', node: { recipe: { runnerImage: 'a' }, upgrade: { image: 'b' } } },
      message: /spec\.node .*upgrade and recipe.*remove the other/,
    },
    { spec: { version: 'v1.34.2', drain: { timeout: 'soon' } }, message: /spec\.drain\.timeout.*no duration/ },
    { spec: { version: 'v1.34.2', soak: { for: '-5s' } }, message: /spec\.soak\.for.*no duration/ },
    { spec: { version: 'v1.34.2', failure: { retries: 11 } }, message: /spec\.failure\.retries/ },
    { spec: { version: 'v1.34.2', failure: { budget: -1 } }, message: /spec\.failure\.budget/ },
    {
      spec: { version: 'v1.34.2', pools: [{ name: 'a', nodeSelector: selector, maxUnavailable: 0 }] },
      message: /^spec\.pools\[0\]\.maxUnavailable is 0: set it to a number of at least 1$/,
    },
    { spec: { version: 'v1.34.2', pools: [{ name: '', nodeSelector: selector }] }, message: /spec\.pools\[0\]\.name/ },
    {
      spec: { version: 'v1.34.2', node: { upgrade: { image: '' } } },
      message: /^spec\.node\.upgrade\.image is "": set it to a text of at least 1 character$/,
    },
    { spec: { version: 'v1.34.2', pools: [{ name: 'a' }] }, message: /spec\.pools\[0\]\.nodeSelector/ },
    {
      // without its labels it would select all nodes
      spec: { version: 'v1.34.2', pools: [{ name: 'a', nodeSelector: { pool: 'blue' } }] },
      message:
        /^spec\.pools\[0\]\.nodeSelector\.pool is no field of a selector: write labels below spec\.pools\[0\]\.nodeSelector\.matchLabels$/,
    },
    {
      spec: {
        version: 'v1.34.2',
        pools: [{ name: 'a', nodeSelector: { matchExpressions: [{ key: 'pool', operator: 'Is', values: ['a'] }] } }],
      },
      message: /^spec\.pools\[0\]\.nodeSelector is no selector: "Is" is not a valid label selector operator$/,
    },
    {
      spec: {
        version: 'v1.34.2',
        pools: [{ name: 'a', nodeSelector: { matchExpressions: [{ key: 'pool', operator: 'Exists', value: 'a' }] } }],
      },
      message: /^spec\.pools\[0\]\.nodeSelector\.matchExpressions\[0\]\.value is no field that this Falkirk knows/,
    },
  ])('$message', ({ spec, message }) => {
    expect(refusal(spec)).toMatch(message)
    expect(refusal(spec)).not.toMatch(/\n/)
  })
})

it('an object that cannot be read keeps what was told of it, and says in its conditions that it is refused', () => {
  const status = { phase: 'Nodes', from: 'v1.30.4', stop: { number: 1, reason: 'JobFailed', message: 'x', since: '2026-11-21T11:00:00Z' } }
  const parsed = parseUpgrade({ metadata, spec: { version: 7 }, status })
  if (parsed.kind !== 'Malformed') throw new Error('it is read')
  const decided = decideMalformedUpgrade(parsed, [], noonMs)
  expect(decided.status).toMatchObject({ phase: 'Refused', from: 'v1.30.4', stop: { number: 1 }, observedGeneration: 2 })
  expect(decided.status.conditions?.map(({ type, status: is }) => `${type}=${is}`)).toEqual([
    'Ready=False',
    'Progressing=False',
    'Complete=False',
  ])
})

it.each([null, 'text', 7, [], {}])('%j is malformed, and throws nothing', (object) => {
  expect(parseUpgrade(object).kind).toBe('Malformed')
})
