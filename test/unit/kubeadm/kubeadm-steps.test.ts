import { createHash } from 'node:crypto'
import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { HostFacts } from '../../../src/core/host/host-facts.ts'
import type { HostOrder } from '../../../src/core/recipe/host-order.ts'
import { hostRecipe } from '../../../src/core/recipe/host-recipe.ts'
import { type NodeLook, nodeFacts } from '../../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import { allSteps, type Recipe, type RecipeStep } from '../../../src/core/recipe/recipe-step.ts'
import { parseStepLook } from '../../../src/core/recipe/step-look.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import type { Host } from '../../../src/node/host.ts'
import { runRecipe } from '../../../src/node/run-recipe.ts'
import { type FakeNode, type FakeNodeLook, fakeNode } from './fake-node.ts'
import { program } from './stand-ins.ts'

const before = 'v1.20.15'
const target = 'v1.21.14'
const look: NodeLook = { name: 'cp1', role: 'ControlPlane', version: before }

const nodes: FakeNode[] = []
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove()
})

function aNode(other: Partial<FakeNodeLook> = {}): FakeNode {
  const node = fakeNode({ version: before, target, role: 'ControlPlane', ...other })
  nodes.push(node)
  return node
}

function recipeFor(order: Partial<HostOrder>, facts: HostFacts): Recipe {
  const whole = {
    run: 'uid',
    node: 'cp1',
    step: 'Change',
    distribution: 'kubeadm',
    version: target,
    part: 'FirstControlPlane',
    ...order,
  } as const
  const answer = hostRecipe(whole, facts)
  if (answer.kind === 'Refused') throw new Error(answer.message)
  return answer.recipe
}

interface Ended {
  /** The step that failed; absent when none did. */
  readonly failed?: string
  /** What that step printed. */
  readonly output: string
  readonly told: Readonly<Record<string, readonly string[]>>
}

/** Each step's act in its order, as its unit would run it, until one fails. `content` is what a `Put` sends. */
async function actAll(recipe: Recipe, node: FakeNode, content = ''): Promise<Ended> {
  const told: Record<string, readonly string[]> = {}
  for (const step of recipe.steps) {
    node.write(`/state/steps/${recipe.id}/${step.name}/script`, '')
    const { exitCode, stdout, stderr } = await node.run(stepScript(recipe, step, 1), 'act', { text: content })
    told[step.name] = node.told(stdout)
    if (exitCode !== 0) return { failed: step.name, output: `${stdout}${stderr}`, told }
  }
  return { output: '', told }
}

async function isDone(recipe: Recipe, step: RecipeStep, node: FakeNode): Promise<boolean | undefined> {
  return parseStepLook((await node.run(stepScript(recipe, step, 1), 'look')).stdout)?.done
}

/** After the last step none takes its result back: a probe that did would have everything undone. */
async function expectAllDone(recipe: Recipe, node: FakeNode): Promise<void> {
  for (const step of recipe.steps) expect(await isDone(recipe, step, node), step.name).toBe(true)
}

const shown = (recipe: Recipe) => Object.fromEntries(recipe.steps.map((step) => [step.name, step.commands]))

async function takeBack(recipe: Recipe, node: FakeNode): Promise<string> {
  const { undo } = recipe
  if (undo === undefined) throw new Error('no undo')
  node.write(`/state/steps/${recipe.id}/${undo.name}/script`, '')
  const { exitCode, stdout, stderr } = await node.run(stepScript(recipe, undo, 1), 'act')
  return `${exitCode}\n${stdout}${stderr}`
}

describe('the first control plane, by apt', () => {
  it('is staged without anything being installed, and tells the commands that are shown', async () => {
    const node = aNode()
    const recipe = recipeFor({ step: 'Stage' }, nodeFacts(look))
    expect(await actAll(recipe, node)).toEqual({ output: '', told: shown(recipe) })
    expect(node.read('/packages/kubeadm').trim()).toBe('1.20.15-00')
    expect(node.calls().filter((call) => call.includes(' install '))).toEqual([expect.stringContaining('--download-only')])
    expect(node.running()).toBe(before)
  })

  it('is changed, held again, and tells the commands that are shown', async () => {
    const node = aNode()
    const recipe = recipeFor({}, nodeFacts(look))
    expect(await actAll(recipe, node)).toEqual({ output: '', told: shown(recipe) })
    await expectAllDone(recipe, node)
    expect(node.running()).toBe(target)
    expect(node.read('/held').trim().split('\n').sort()).toEqual(['kubeadm', 'kubectl', 'kubelet'])
    expect(node.read('/etc/kubernetes/manifests/kube-apiserver.yaml')).toContain(`:${target}`)
    expect(node.calls()).toContainEqual(expect.stringMatching(/^crictl .* move-leader b2$/))
  })
})

describe('etcd of the first control plane', () => {
  const backUp = async (node: FakeNode, order: Partial<HostOrder> = {}) => {
    const recipe = recipeFor(order, nodeFacts(look))
    const [step] = recipe.steps as [RecipeStep]
    node.write(`/state/steps/${recipe.id}/${step.name}/script`, '')
    const { exitCode, stderr } = await node.run(stepScript(recipe, step, 1), 'act')
    return { exitCode, stderr, file: `/state/backup/${String(step.parameters['change'])}/etcd.db` }
  }

  it('is kept as a snapshot before anything is changed, and those of hops long past go', async () => {
    const node = aNode()
    for (const [index, old] of ['one', 'two', 'three'].entries()) {
      node.write(`/state/backup/${old}/etcd.db`, old)
      utimesSync(join(node.folder, `state/backup/${old}/etcd.db`), 1_000 + index, 1_000 + index)
    }
    const { exitCode, file } = await backUp(node)
    expect(exitCode).toBe(0)
    expect(node.read(file)).toContain('all keys')
    const kept = ['one', 'two', 'three'].filter((old) => existsSync(join(node.folder, `state/backup/${old}/etcd.db`)))
    expect(kept).toEqual(['three'])
    expect(existsSync(join(node.folder, 'var/lib/etcd/falkirk-snapshot.db'))).toBe(false)
  })

  it.each([
    {
      what: 'cannot be read',
      does: (node: FakeNode) => node.write('/snapshot-says', 'Error: context deadline exceeded\n'),
      says: 'Error: context deadline exceeded',
    },
    { what: 'is cut off', does: (node: FakeNode) => node.write('/snapshot.db', 'half of its keys, and no digest that fits'), says: '' },
  ])('that $what is not gone on without', async ({ does, says }) => {
    const node = aNode()
    does(node)
    const { exitCode, stderr, file } = await backUp(node)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`no snapshot of etcd could be taken, and without one nothing is changed: ${says}`)
    expect(existsSync(join(node.folder, file))).toBe(false)
  })

  it.each([
    'Incorrect Usage.\nflag provided but not defined: -cacert\n',
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "etcdctl": executable file not found in $PATH: unknown\n',
  ])('whose image has no etcdctl for it is gone on without: %j', async (says) => {
    const node = aNode()
    node.write('/snapshot-says', says)
    expect(await backUp(node)).toMatchObject({ exitCode: 0 })
  })

  it('is kept once a hop: not on the others', async () => {
    const node = aNode()
    const { exitCode, file } = await backUp(node, { part: 'ControlPlane' })
    expect(exitCode).toBe(0)
    expect(existsSync(join(node.folder, file))).toBe(false)
  })
})

describe('what the kubelet has not told of the control plane', () => {
  it('is asked for once it serves, and the annotation that does so is taken away again', async () => {
    const node = aNode()
    const recipe = recipeFor({}, nodeFacts(look))
    node.write('/untold', 'etcd\nkube-scheduler\n')
    const { failed, told } = await actAll(recipe, node)
    expect(failed).toBeUndefined()
    const kubectl = 'kubectl --kubeconfig=/etc/kubernetes/admin.conf --server=https://10.0.0.1:6443 -n kube-system'
    const pods = 'kube-scheduler-cp1 etcd-cp1'
    expect(told['verify-control-plane']?.at(-1)).toBe(
      `${kubectl} annotate pods ${pods} --overwrite falkirk.dev/asked=yes; ${kubectl} annotate pods ${pods} falkirk.dev/asked-`,
    )
  })
})

describe('etcd of which another member has been lost meanwhile', () => {
  const members = (sick: readonly number[], of: number) =>
    Array.from({ length: of }, (_, i) =>
      sick.includes(i + 1)
        ? `https://10.0.0.${i + 1}:2379 is unhealthy: failed to commit proposal: context deadline exceeded\n`
        : `https://10.0.0.${i + 1}:2379 is healthy: successfully committed proposal: took = 9ms\n`,
    ).join('')

  it.each([
    { title: 'one of three', answer: members([2], 3), does: 'waits' },
    { title: 'two of five', answer: members([2, 3], 5), does: 'waits' },
    { title: 'one of five', answer: members([4], 5), does: 'goes on' },
    { title: 'that of this node alone', answer: members([1], 3), does: 'goes on' },
    { title: 'none of two', answer: members([], 2), does: 'goes on' },
    { title: 'nothing is told', answer: 'Error: unknown flag: --cluster\n', does: 'goes on' },
  ])('$title: the restart of this member $does', async ({ answer, does }) => {
    for (const name of ['move-etcd-leader', 'restart-kubelet']) {
      const node = aNode()
      node.write('/members', answer)
      const recipe = recipeFor({}, nodeFacts(look))
      const step = recipe.steps.find((one) => one.name === name) as RecipeStep
      // the kubelet of the stand-in is still the old one, and comes up as that
      const parameters = { ...step.parameters, serve_seconds: '0', version: before }
      node.write(`/state/steps/${recipe.id}/${name}/script`, '')
      const { exitCode, stderr } = await node.run(stepScript(recipe, { ...step, parameters }, 1), 'act')
      expect([name, exitCode]).toEqual([name, does === 'waits' ? 1 : 0])
      if (does === 'waits') expect(stderr).toContain('https://10.0.0.2:2379')
      expect(node.calls().some((call) => /move-leader|restart kubelet/.test(call))).toBe(does === 'goes on')
    }
  })
})

describe('a worker', () => {
  it('is complete, each thing done once, however often whoever does it is cut off', async () => {
    const node = aNode({ role: 'Worker' })
    const recipe = recipeFor({ part: 'Worker', node: 'w1' }, nodeFacts({ ...look, role: 'Worker' }))
    let turn = 0
    const cut: Host = {
      name: 'fake',
      run: async (...words) => {
        turn += 1
        const result = await node.run(...words)
        if (turn % 9 === 0) throw new Error('connection lost')
        return result
      },
    }
    const means = { host: cut, say: () => undefined, sleep: () => sleep(20), now: Date.now }
    const once = () => runRecipe({ recipe, attempt: 1, files: new Map() }, means).catch(() => undefined)
    let end = await once()
    for (let run = 0; run < 500 && end === undefined; run += 1) end = await once()
    expect(end).toEqual({ kind: 'Complete' })
    const done = node.calls().filter((call) => /node|restart|install/.test(call))
    expect(done).toHaveLength(new Set(done).size)
  })

  it('by dnf loses the flags that the target no longer knows, and keeps the file with them', async () => {
    const [old, next] = ['v1.23.17', 'v1.24.17']
    const node = aNode({ version: old, target: next, role: 'Worker' })
    const flags =
      '--network-plugin=cni --cni-bin-dir /opt/cni/bin --v=2 --feature-gates=GenericEphemeralVolume=true,ProxyTerminatingEndpoints=true,ImmutableEphemeralVolumes=true'
    const facts = nodeFacts({ name: 'w1', role: 'Worker', version: old, manager: 'dnf', kubeletFlags: flags })
    const file = '/var/lib/kubelet/kubeadm-flags.env'
    const line = facts.kubelet.environment[0]?.lines[0] ?? ''
    node.write(file, `${line}\n`)
    const order = { part: 'Worker', node: 'w1', version: next } as const
    const stage = recipeFor({ ...order, step: 'Stage' }, facts)
    expect(await actAll(stage, node)).toEqual({ output: '', told: shown(stage) })
    const recipe = recipeFor(order, facts)
    expect(await actAll(recipe, node)).toEqual({ output: '', told: shown(recipe) })
    await expectAllDone(recipe, node)
    const endpoint = '--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock'
    expect(node.read(file).replaceAll(/ +/g, ' ')).toBe(
      `KUBELET_KUBEADM_ARGS="${endpoint} --v=2 --feature-gates=GenericEphemeralVolume=true,ProxyTerminatingEndpoints=true"\n`,
    )
    expect(node.read(`${file}.before-${next}`)).toBe(`${line}\n`)
    expect(node.running()).toBe(next)
  })

  it('whose programs are files gets those that were brought, by their digest', async () => {
    const programs = '/usr/local/bin'
    const node = aNode({ role: 'Worker', programs })
    const content = { kubeadm: program('kubeadm', target), kubelet: program('kubelet', target) }
    const binary = (text: string) => ({ sha256: createHash('sha256').update(text).digest('hex') })
    const binaries = { kubeadm: binary(content.kubeadm), kubelet: binary(content.kubelet) }
    const recipe = recipeFor({ part: 'Worker', node: 'w1', binaries }, nodeFacts({ ...look, role: 'Worker', binaries: true, docker: true }))
    for (const name of ['kubeadm', 'kubelet'] as const) {
      node.write(join(programs, `.${name}.falkirk-${target}`), content[name], 0o755)
    }
    const others = { ...recipe, steps: recipe.steps.filter(({ kind }) => kind === 'Run') }
    node.write('/etc/kubernetes/kubelet.env', '\n')
    expect(await actAll(others, node)).toEqual({ output: '', told: shown(others) })
    await expectAllDone(recipe, node)
    expect(node.running()).toBe(target)
    expect(await takeBack(recipe, node)).toMatch(/^0\n/)
    expect(node.running()).toBe(before)
  })
})

describe('what fails', () => {
  it('before an API server was replaced is taken back: packages, holds, files', async () => {
    const node = aNode()
    node.write('/fails', 'kubeadm apply\n')
    const recipe = recipeFor({}, nodeFacts(look))
    expect(await actAll(recipe, node)).toMatchObject({
      failed: 'upgrade-node',
      output: expect.stringContaining('kubeadm has not brought this node'),
    })
    expect(await takeBack(recipe, node)).toMatch(/^0\n/)
    expect(node.read('/packages/kubeadm').trim()).toBe('1.20.15-00')
    expect(node.read('/held').trim().split('\n').sort()).toEqual(['kubeadm', 'kubectl', 'kubelet'])
    expect(node.running()).toBe(before)
    // the next attempt begins anew, and its own failure is not taken for one that was taken back
    const [, install] = recipe.steps
    if (install === undefined || recipe.undo === undefined) throw new Error('no step')
    expect(await isDone(recipe, install, node)).toBe(false)
    expect(await isDone(recipe, recipe.undo, node)).toBe(true)
    await node.run(stepScript(recipe, install, 2), 'act')
    expect(await isDone(recipe, recipe.undo, node)).toBe(false)
  })

  it.each([
    { file: '/ends', message: 'kubelet has been started 9 times and does not stay up' },
    { file: '/gives-up', message: `kubelet does not start as ${target} (failed` },
  ])('on a worker is taken back: $message', async ({ file, message }) => {
    const node = aNode({ role: 'Worker' })
    node.write(file, target)
    const recipe = recipeFor({ part: 'Worker', node: 'w1' }, nodeFacts({ ...look, role: 'Worker' }))
    expect(await actAll(recipe, node)).toMatchObject({ failed: 'restart-kubelet', output: expect.stringContaining(message) })
    expect(await takeBack(recipe, node)).toMatch(/^0\n/)
    expect(node.running()).toBe(before)
    expect(node.read('/var/lib/kubelet/config.yaml')).not.toContain('written by kubeadm')
  })

  it('behind the point of no return stays, with the commands of a restore', async () => {
    const node = aNode()
    node.write('/ends', target)
    const recipe = recipeFor({}, nodeFacts(look))
    expect(await actAll(recipe, node)).toMatchObject({ failed: 'restart-kubelet' })
    const output = await takeBack(recipe, node)
    expect(output).toContain('past the point of no return')
    expect(output).toContain('apt-get install -y --allow-downgrades kubelet=1.20.15-00')
    expect(node.read('/etc/kubernetes/manifests/kube-apiserver.yaml')).toContain(`:${target}`)
    // whoever tries again reads the facts of a host whose API server is the target
    const again = recipeFor({}, nodeFacts({ ...look, version: target }))
    expect(await takeBack(again, node)).toContain(`past the point of no return (its API server is ${target}`)
    expect(node.read('/etc/kubernetes/manifests/kube-apiserver.yaml')).toContain(`:${target}`)
  })

  it('because somebody holds what the packages need is told before the drain, and by what it is let go', async () => {
    const node = aNode()
    node.write('/held', 'kubeadm\nkubelet\nkubectl\nkubernetes-cni\nlinux-image-amd64\n')
    node.write(
      '/simulated',
      'Inst kubernetes-cni [0.8.7-00] (1.2.0-00 mirror [amd64])\nInst kubelet [1.20.15-00] (1.21.14-00 mirror [amd64])\nConf kubernetes-cni (1.2.0-00 mirror [amd64])\n',
    )
    const { failed, output } = await actAll(recipeFor({ step: 'Stage' }, nodeFacts(look)), node)
    expect(failed).toBe('download-packages')
    expect(output).toContain(
      'kubernetes-cni is held, and kubeadm kubelet kubectl 1.21.14 come with another version of it: let it go (apt-mark unhold kubernetes-cni), then go on',
    )
    node.write('/simulated', 'Inst kubelet [1.20.15-00] (1.21.14-00 mirror [amd64])\n')
    expect(await actAll(recipeFor({ step: 'Stage' }, nodeFacts(look)), node)).toMatchObject({ output: '' })
  })

  it('because the repository does not have the version is told with those that it has', async () => {
    const recipe = recipeFor({ step: 'Stage', version: 'v1.21.3' }, nodeFacts(look))
    const message = 'no repository of this host has kubeadm 1.21.3, but 1.21.14-00: name one that has it, or a version that is there'
    expect(await actAll(recipe, aNode())).toMatchObject({ failed: 'find-packages', output: expect.stringContaining(message) })
  })

  it('because somebody changed a manifest is found before it is lost, and goes where that is accepted', async () => {
    const node = aNode()
    node.write('/edits', '--- a\n+++ b\n-    - --oidc-issuer-url=https://login.example\n')
    const ended = await actAll(recipeFor({ step: 'Stage' }, nodeFacts(look)), node)
    expect(ended).toMatchObject({ failed: 'find-manual-edits', output: expect.stringContaining('were changed by hand (1 lines)') })
    expect(ended.output).toContain('--oidc-issuer-url=https://login.example')
    expect((await actAll(recipeFor({ step: 'Stage', manifestEdits: 'Drop' }, nodeFacts(look)), node)).failed).toBeUndefined()
  })
})

it('each script is one for sh, and fits into one argument of a program', () => {
  const recipes = [recipeFor({}, nodeFacts(look)), recipeFor({ step: 'Stage' }, nodeFacts(look))]
  const lengths = recipes.flatMap((recipe) => allSteps(recipe).map((step) => Buffer.byteLength(stepScript(recipe, step, 1))))
  expect(Math.max(...lengths)).toBeLessThan(32_768)
})
