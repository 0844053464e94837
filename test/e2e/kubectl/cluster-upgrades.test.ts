import { execFile } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubectlRelease } from '../../rig/kubectl-releases.ts'
import { CommandStage, further, to } from '../../twin/upgrade-command-stage.ts'

/** An old one and a new one; the program stands in the PATH as npm installs it. */
const releases = [
  { release: '1.20', version: to },
  { release: '1.36', version: further },
] as const

let stage: CommandStage
beforeAll(async () => {
  stage = await CommandStage.start()
  for (const { release } of releases) symlinkSync(await kubectlRelease(release), join(stage.folder, `kubectl-${release}`))
}, 300_000)
afterAll(() => stage?.close())

interface Answer {
  readonly code: number
  readonly output: string
  readonly problems: string
}

/** A kubectl that people have installed, with plugins from the PATH. */
function kubectlOf(release: string) {
  return (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<Answer>((resolve) => {
      const options = { env: stage.env({ ...env, FALKIRK_COMPLETION_TIMEOUT: '60s' }), cwd: stage.folder, timeout: 300_000 }
      const program = join(stage.folder, `kubectl-${release}`)
      execFile(program, [...words], options, (error, output, problems) => resolve({ code: Number(error?.code ?? 0), output, problems }))
    })
}

describe('falkirk as a plugin of kubectl', () => {
  it.each(releases)('is found by kubectl $release, and calls itself as it was called', async ({ release }) => {
    const kubectl = kubectlOf(release)
    expect((await kubectl(['plugin', 'list'])).output).toContain(join(stage.folder, 'kubectl-falkirk'))
    expect(await kubectl(['falkirk', 'status', '--help'])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Usage: kubectl falkirk status /),
    })
    expect(await kubectl(['falkirk', 'status'])).toMatchObject({ code: 2, problems: expect.stringMatching(/^FK_NO_RUN: /m) })
    expect(await kubectl(['falkirk', 'statsu'])).toMatchObject({
      code: 2,
      problems: expect.stringContaining('(kubectl falkirk --help lists the commands)'),
    })
  })

  it.each([
    { words: ['sta'], output: /^status\tshow where[^\n]*\n:4\n$/ },
    { words: ['upgrade', '--nodes', 'ed'], output: /^edge-1\tv1[^\n]*\nedge-2\t[^\n]*\n:6\n$/ },
    { words: ['upgrade', '--scope=Con'], output: /^ControlPlane\n:4\n$/ },
    { words: ['upgrade', '-f', ''], output: /^:0\n$/ },
  ])('is completed by kubectl 1.36, which hands over $words', async ({ words, output }) => {
    expect(await kubectlOf('1.36')(['__complete', 'falkirk', ...words])).toMatchObject({ code: 0, output: expect.stringMatching(output) })
  })
})

describe.each(releases)('a ClusterUpgrade in the hands of kubectl $release', ({ release, version }) => {
  const kubectl = kubectlOf(release)
  const name = `to-${release.replace('.', '-')}`
  const printed = async (...words: readonly string[]) => (await kubectl(words)).output

  it('is applied, shown, patched, edited and waited for', { timeout: 600_000 }, async () => {
    const controller = stage.start(['run'])
    await controller.until(/looks after ClusterUpgrades/)
    const spec = { version, scope: 'ControlPlane', stopAfter: 'Node', soak: { for: '1s' } }
    const manifest = JSON.stringify({ apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', metadata: { name }, spec })
    expect(await kubectl(['apply', '-f', stage.file('up.yaml', manifest)])).toMatchObject({
      code: 0,
      problems: '',
      output: `clusterupgrade.falkirk.dev/${name} created\n`,
    })
    // stopped after its first node
    const stopped = await stage.falkirk('status', name, '-w')
    expect(stopped.code).toBe(3)

    const columns = await printed('get', 'clusterupgrades', name)
    expect(columns).toMatch(/^NAME +VERSION +PHASE +HOP +CONTROL-PLANE +NODES +AGE\n/)
    expect(columns).toMatch(new RegExp(`^${name} +${version.replaceAll('.', '\\.').replace('+', '\\+')} +Paused +\\S+ +1/3 `, 'm'))
    expect((await kubectl(['wait', '--for=condition=Complete', `clusterupgrade/${name}`, '--timeout=1s'])).code).toBe(1)

    for (const { change, told } of [
      { change: { action: 'Sleep' }, told: /spec\.action.*(Unsupported value|should be)/ },
      { change: { drain: { timeout: 5 } }, told: /spec\.drain\.timeout/ },
    ]) {
      const refused = await kubectl(['patch', 'clusterupgrade', name, '--type=merge', '-p', JSON.stringify({ spec: change })])
      expect(refused).toMatchObject({ code: 1, problems: expect.stringMatching(told) })
    }

    // on by hand, as falkirk continue does
    const on = JSON.stringify({ spec: { continueFrom: 1 } })
    expect((await kubectl(['patch', 'clusterupgrade', name, '--type=merge', '-p', on])).code).toBe(0)
    const watched = await stage.falkirk('status', name, '-w')
    expect(watched.code).toBe(3)
    const waiting = kubectl(['wait', '--for=condition=Complete', `clusterupgrade/${name}`, '--timeout=300s'])
    const edited = await kubectl(['edit', 'clusterupgrade', name], {
      KUBE_EDITOR: "sed -i -e '/^  stopAfter:/d' -e 's/^  continueFrom: 1/  continueFrom: 2/'",
    })
    expect(edited).toEqual({ code: 0, problems: '', output: `clusterupgrade.falkirk.dev/${name} edited\n` })
    expect(await waiting).toMatchObject({ code: 0, output: `clusterupgrade.falkirk.dev/${name} condition met\n` })
    expect(await printed('get', 'clusterupgrades', name, '-o', 'jsonpath={.status.phase} {.status.progress.controlPlane}')).toBe(
      'Complete 3/3',
    )
    expect(await printed('get', 'clusterupgrades', '-o', 'wide')).toMatch(
      / MESSAGE\n[^\n]* the cluster's control plane|the control plane runs|the cluster runs/,
    )

    // the plugin says the same
    const status = await kubectl(['falkirk', 'status', name, '-o', 'json'])
    expect(JSON.parse(status.output)).toMatchObject({ kind: 'ClusterUpgrade', metadata: { name }, status: { phase: 'Complete' } })
    expect((await kubectl(['delete', 'clusterupgrade', name])).code).toBe(0)
    controller.child.kill('SIGTERM')
    await controller.done
  })
})
