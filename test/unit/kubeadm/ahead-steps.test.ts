import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { prepareOrder } from '../../../src/core/prepare/hop-needs.ts'
import { parseHostStock, stockScriptOf } from '../../../src/core/prepare/host-stock.ts'
import { kubeadmAhead } from '../../../src/core/recipe/kubeadm/kubeadm-recipe.ts'
import { type NodeLook, nodeFacts } from '../../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import type { Recipe } from '../../../src/core/recipe/recipe-step.ts'
import { parseStepLook } from '../../../src/core/recipe/step-look.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import { type FakeNode, fakeNode } from './fake-node.ts'

const version = 'v1.26.15'
const target = 'v1.28.15'

const nodes: FakeNode[] = []
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove()
})

const files = { 'apt-get': '/etc/apt/sources.list.d/kubernetes.list', dnf: '/etc/yum.repos.d/kubernetes.repo' } as const

function aNode(role: NodeLook['role'], manager: keyof typeof files) {
  const node = fakeNode({ version, target, role })
  nodes.push(node)
  const repository = `https://pkgs.k8s.io/core:/stable:/v1.26/${manager === 'dnf' ? 'rpm' : 'deb'}/`
  node.write(files[manager], `${repository}\n`)
  node.write('/etc/apt/sources.list', 'deb http://mirror bookworm main\n')
  node.write('/var/lib/apt/lists/mirror_Packages', 'Package: conntrack\n')
  const facts = nodeFacts({ name: 'w1', role, version, manager, repository, held: manager !== 'dnf' })
  const answer = kubeadmAhead(prepareOrder('w1', target, role === 'ControlPlane'), facts)
  if (answer.kind === 'Refused') throw new Error(answer.message)
  return { node, facts, recipe: answer.recipe, repository }
}

/** Commands told by each step; throws with the output of one that fails. */
async function actAll(recipe: Recipe, node: FakeNode): Promise<Record<string, readonly string[]>> {
  const told: Record<string, readonly string[]> = {}
  for (const step of recipe.steps) {
    node.write(`/state/steps/${recipe.id}/${step.name}/script`, '')
    const { exitCode, stdout, stderr } = await node.run(stepScript(recipe, step, 1), 'act')
    if (exitCode !== 0) throw new Error(`${step.name}: ${stdout}${stderr}`)
    told[step.name] = node.told(stdout)
  }
  return told
}

async function done(recipe: Recipe, node: FakeNode): Promise<Record<string, boolean | undefined>> {
  const looks = recipe.steps.map(async (step) => [
    step.name,
    parseStepLook((await node.run(stepScript(recipe, step, 1), 'look')).stdout)?.done,
  ])
  return Object.fromEntries(await Promise.all(looks))
}

describe('a hop to come is fetched beforehand', () => {
  it.each([
    { role: 'Worker', manager: 'apt-get' },
    { role: 'ControlPlane', manager: 'apt-get' },
    { role: 'Worker', manager: 'dnf' },
  ] as const)('$role by $manager: the commands that are shown, and nothing of the host is another', async ({ role, manager }) => {
    const { node, recipe, repository } = aNode(role, manager)
    expect(recipe.steps.map(({ name }) => name)).toEqual(['find-packages', 'download-packages', 'pull-images'])
    expect(await actAll(recipe, node)).toEqual(Object.fromEntries(recipe.steps.map(({ name, commands }) => [name, commands])))
    expect(node.read(files[manager])).toBe(`${repository}\n`)
    expect(node.read('/var/lib/apt/lists/mirror_Packages')).toBe('Package: conntrack\n')
    expect(node.read('/packages/kubeadm').trim()).toBe('1.26.15-00')
    expect(node.read('/held').trim().split('\n').sort()).toEqual(['kubeadm', 'kubectl', 'kubelet'])
    expect(existsSync(join(node.folder, 'state/prepare'))).toBe(false)
    expect(node.read(`/state/kubeadm/${target}/kubeadm`)).toContain(`kubeadm ${target}`)
  })

  it('from the repository of its minor, beside those of the host', async () => {
    const { node, recipe } = aNode('Worker', 'apt-get')
    const [find] = recipe.steps
    if (find === undefined) throw new Error('no step')
    node.write(`/state/steps/${recipe.id}/${find.name}/script`, '')
    expect((await node.run(stepScript(recipe, find, 1), 'act')).exitCode).toBe(0)
    expect(node.read('/state/prepare/sources/kubernetes.list')).toBe('https://pkgs.k8s.io/core:/stable:/v1.28/deb/\n')
    expect(node.read('/state/prepare/sources/sources.list')).toBe('deb http://mirror bookworm main\n')
    expect(node.read('/state/prepare/lists/mirror_Packages')).toBe('Package: conntrack\n')
    const settings = node.read(`/state/steps/${recipe.id}/find-packages/apt.conf`)
    expect(settings).toContain(`Dir::Etc::sourceparts "${node.folder}/state/prepare/sources";`)
    expect(settings).toContain(`Dir::State::lists "${node.folder}/state/prepare/lists";`)
  })

  it('and fetched again when somebody has taken it away', async () => {
    const { node, recipe, facts } = aNode('Worker', 'apt-get')
    await actAll(recipe, node)
    // the stand-in for crictl has no images
    expect(await done(recipe, node)).toEqual({ 'find-packages': true, 'download-packages': true, 'pull-images': false })
    const orders = [prepareOrder('w1', target, false)]
    const stock = parseHostStock((await node.run(stockScriptOf(orders, facts), 'stock')).stdout)
    expect([...stock.kubeadm]).toEqual([target])
    expect([...stock.fetched]).toEqual(['kubeadm', 'kubelet', 'kubectl'].map((name) => [`${name} 1.28.15`, 8]))
    await node.run('rm "$FAKE/archives/"*', '')
    expect(await done(recipe, node)).toMatchObject({ 'download-packages': false })
  })
})
