import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { upgradeCrd } from '../../src/core/upgrade/api/upgrade-crd.ts'
import type { DraftObject } from '../../src/twin/kube-object.ts'
import { CommandStage, from, to } from './upgrade-command-stage.ts'

const older = 'v1.32.11+k3s3'
/** What begins the line that says what is wrong, and how the command ends. */
interface Fault {
  readonly words: string
  readonly code: number
  readonly told: RegExp
}

let stage: CommandStage
/** Something that answers, and is no API server. */
let stranger: Server
beforeAll(async () => {
  stage = await CommandStage.start()
  stranger = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'))
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const { port } = stranger.address() as { port: number }
  stage.kubeconfigFile('expired', { user: { token: 'a-token-that-has-expired' } })
  await stage.sandbox.twin.api.client.create('serviceaccounts', { metadata: { namespace: 'default', name: 'nobody' } })
  stage.kubeconfigFile('no-rights', { user: { token: await stage.tokenOf('default', 'nobody') } })
  stage.kubeconfigFile('nobody-there', { cluster: { server: 'https://127.0.0.1:1' } })
  stage.kubeconfigFile('stranger', { cluster: { server: `http://127.0.0.1:${port}` } })
  stage.kubeconfigFile('not-trusted', { cluster: { server: stage.sandbox.url } })
  stage.file('torn', 'clusters: [')
  stage.file(
    'later.yaml',
    `apiVersion: falkirk.dev/v1alpha1\nkind: ClusterUpgrade\nmetadata: { name: u }\nspec: { version: ${to}, approval: Manual }\n`,
  )
}, 300_000)
afterAll(async () => {
  stranger?.close()
  await stage?.close()
})

/** The last line counts: commander says what it takes a word for below it. */
async function expectFault({ words, code, told }: Fault): Promise<void> {
  const given = words.split(' ').map((word) => word.replace(/^@/, `${stage.folder}/`))
  const ended = await stage.falkirk(...given)
  expect(ended.problems).toMatch(told)
  expect(ended.output).toBe('')
  // one sentence: no stack, no second line but a proposal
  expect(ended.problems.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
  expect(ended.problems).not.toMatch(/\n\s+at |undefined|\[object|a-token-that-has-expired/)
  expect(ended.code).toBe(code)
}

const noApi = /^FK_NO_RUN: this cluster has no API of ClusterUpgrades: install the controller/

describe('where there is no API of ClusterUpgrades yet', () => {
  it.concurrent.each([
    { words: 'status', code: 2, told: noApi },
    { words: 'pause', code: 2, told: noApi },
    { words: 'continue up', code: 2, told: noApi },
    { words: 'cancel', code: 2, told: noApi },
    { words: `upgrade --to ${to}`, code: 2, told: noApi },
  ])('falkirk $words', expectFault)
})

describe('what cannot be done ends with one sentence', () => {
  beforeAll(async () => {
    const { client } = stage.sandbox.twin.api
    await client.create('customresourcedefinitions.apiextensions.k8s.io', upgradeCrd() as DraftObject)
    // until it is established
    for (const name of ['first', 'second'])
      await vi.waitFor(() => client.create('clusterupgrades.falkirk.dev', { metadata: { name }, spec: { version: to } }), {
        timeout: 60_000,
      })
  })

  it.concurrent.each([
    { words: 'upgrade --to latest', code: 2, told: /^FK_BAD_SETTING: --to is "latest": write a version/ },
    { words: `upgrade --to ${older}`, code: 2, told: /^FK_UPGRADE_REFUSED: .*lower/ },
    { words: 'upgrade --to v1.99.0+k3s1', code: 2, told: /^FK_UPGRADE_REFUSED: v1\.99\.0\+k3s1 / },
    { words: 'upgrade --to v1.33.99+k3s1', code: 2, told: /^FK_UPGRADE_REFUSED: v1\.33\.99\+k3s1 does not exist/ },
    { words: 'upgrade --to v1.33.6', code: 2, told: /^FK_UPGRADE_REFUSED: .*write the whole version .*v1\.33\.6\+k3s1/ },
    { words: 'upgrade --to v1.99', code: 2, told: /^FK_BAD_SETTING: --to is "v1\.99", of which the release data of .* know no release/ },
    { words: 'upgrade --to v1.34.2-gke.1', code: 2, told: /^FK_UPGRADE_REFUSED: / },
    { words: `upgrade --to ${to} --pools pool=nope`, code: 2, told: /^FK_UPGRADE_REFUSED: .*\(nope\) selects no node/ },
    { words: `upgrade --to ${to} --nodes nope`, code: 2, told: /^FK_UPGRADE_REFUSED: .*nope/ },
    {
      words: `upgrade --to ${to} --name first`,
      code: 2,
      told: /^FK_UPGRADE_REFUSED: there is a ClusterUpgrade first already: falkirk status first/,
    },
    { words: `upgrade --to ${to} --patience soon`, code: 2, told: /^FK_BAD_SETTING: --patience is "soon"/ },
    { words: 'upgrade -f @nothing.yaml', code: 2, told: /^FK_MANIFEST: .*nothing\.yaml cannot be read \(ENOENT\)/ },
    { words: 'upgrade -f @torn', code: 2, told: /^FK_MANIFEST: .*torn is no YAML/ },
    { words: 'upgrade -f @later.yaml', code: 2, told: /^FK_UPGRADE_REFUSED: spec\.approval is no field/ },
    { words: 'status nope', code: 2, told: /^FK_NO_RUN: there is no ClusterUpgrade nope: there are first, second/ },
    { words: 'status secnd', code: 2, told: /^FK_NO_RUN: .*is it second\?/ },
    { words: 'pause', code: 2, told: /^FK_NO_RUN: 2 ClusterUpgrades have not ended: name one of first, second/ },
    { words: 'status -o xml', code: 2, told: /^FK_BAD_SETTING: --output is "xml": write text, json or yaml/ },
    {
      words: 'approve first',
      code: 2,
      told: /^FK_UPGRADE_REFUSED: no ClusterUpgrade waits for an approval: .*--stop-after.*falkirk continue/,
    },
    { words: 'statsu', code: 2, told: /^error: unknown command 'statsu'\n\(Did you mean status\?\)/ },
    { words: 'status --wach', code: 2, told: /^error: unknown option '--wach'\n\(Did you mean --watch\?\)/ },
    { words: 'status --kubeconfig', code: 2, told: /^error: option '--kubeconfig <file>' argument missing/ },
    { words: 'status one two', code: 2, told: /^error: too many arguments for 'status'/ },
    { words: 'path', code: 2, told: /^FK_BAD_SETTING: --from is missing/ },
    { words: 'completion csh', code: 2, told: /^FK_BAD_SETTING: there is no completion for "csh": write bash, zsh, fish, powershell/ },
    { words: 'sandbox', code: 2, told: /^FK_BAD_SETTING: --kubeconfig is missing/ },
    { words: 'controller', code: 1, told: /^FK_BAD_SETTING: / },
    { words: 'status --context nope', code: 2, told: /^FK_KUBECONFIG: .*context "nope": does not exist; there are "falkirk-sandbox"/ },
    { words: 'status --kubeconfig @missing', code: 2, told: /^FK_KUBECONFIG: .*missing: does not exist/ },
    { words: 'status --kubeconfig @torn', code: 2, told: /^FK_KUBECONFIG: .*torn/ },
    { words: 'status --kubeconfig @expired', code: 2, told: /^FK_API_REFUSED: the API server does not accept the credentials/ },
    { words: 'run --kubeconfig @expired', code: 2, told: /^FK_API_REFUSED: the API server does not accept the credentials/ },
    { words: 'status --kubeconfig @no-rights', code: 2, told: /^FK_FORBIDDEN: .*clusterupgrades/ },
    { words: 'pause first --kubeconfig @no-rights', code: 2, told: /^FK_FORBIDDEN: .*clusterupgrades/ },
    { words: `plan --to ${to} --kubeconfig @no-rights`, code: 2, told: /^FK_FORBIDDEN: .*nodes/ },
    { words: `upgrade --to ${to} --kubeconfig @no-rights`, code: 2, told: /^FK_FORBIDDEN: .*nodes/ },
    { words: 'run --kubeconfig @no-rights', code: 2, told: /^FK_FORBIDDEN: .*namespaces/ },
    { words: 'status --kubeconfig @nobody-there', code: 5, told: /^FK_API_UNREACHABLE: / },
    { words: 'status --kubeconfig @not-trusted', code: 5, told: /^FK_API_UNREACHABLE: .*certificate/ },
    { words: 'status --kubeconfig @stranger', code: 2, told: /^FK_API_REFUSED: / },
  ])('falkirk $words', expectFault)

  it('of a plan that would be refused, and the plan is the sentence', async () => {
    const { code, output } = await stage.falkirk('plan', '--to', older)
    expect({ code, output }).toEqual({ code: 2, output: expect.stringMatching(/End: Refused: .*lower/) })
  })

  it('none of a minor alone: the plan is to its last release, and says which one that is', async () => {
    const { code, output, problems } = await stage.falkirk('plan', '--to', 'v1.34', '-o', 'json')
    const [, exact] = /^--to v1\.34 is (v1\.34\.\d+\+k3s\d+), its last release in the release data of /.exec(problems) ?? []
    expect({ code, version: JSON.parse(output).version }).toEqual({ code: 0, version: exact })
  })

  it('nothing was changed by any of them', () => {
    expect(stage.sandbox.twin.api.registry.store.list('clusterupgrades.falkirk.dev').map(({ metadata }) => metadata.name)).toEqual([
      'first',
      'second',
    ])
    expect(new Set(stage.versions())).toEqual(new Set([from]))
  })
})

describe('a cluster that is where it should be', () => {
  it.each([
    { words: ['upgrade', '--to', from], output: `the cluster runs ${from} already: nothing is created\n` },
    {
      words: ['upgrade', '--to', from, '-o', 'json'],
      output: /^\{"time":"[^"]+","event":"Ended","name":"to-1-33-5-k3s1","reason":"Unchanged","exitCode":0\}\n$/,
    },
  ])('$words', async ({ words, output }) => {
    expect(await stage.falkirk(...words)).toEqual({
      code: 0,
      problems: '',
      output: typeof output === 'string' ? output : expect.stringMatching(output),
    })
  })
})
