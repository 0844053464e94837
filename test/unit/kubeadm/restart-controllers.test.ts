import { afterEach, expect, it } from 'vitest'
import type { HostOrder } from '../../../src/core/recipe/host-order.ts'
import { hostRecipe } from '../../../src/core/recipe/host-recipe.ts'
import { nodeFacts } from '../../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import type { HostResult } from '../../../src/node/host.ts'
import { type FakeNode, fakeNode } from './fake-node.ts'

const version = 'v1.21.14'

const nodes: FakeNode[] = []
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove()
})

const order: HostOrder = {
  run: 'uid',
  node: 'cp1',
  step: 'RestartControllers',
  distribution: 'kubeadm',
  version,
  part: 'ControlPlane',
  occasion: 'cp2 2026-11-21T12:00:00Z',
}

function recipeFor(asked: HostOrder) {
  const answer = hostRecipe(asked, nodeFacts({ name: 'cp1', role: 'ControlPlane', version }))
  if (answer.kind === 'Refused') throw new Error(answer.message)
  return answer.recipe
}

async function act(node: FakeNode): Promise<HostResult> {
  const recipe = recipeFor(order)
  const [step] = recipe.steps
  if (step === undefined) throw new Error('no step')
  node.write(`/state/steps/${recipe.id}/${step.name}/script`, '')
  return await node.run(stepScript({ ...recipe }, { ...step, parameters: { ...step.parameters, wait_seconds: '2' } }, 1), 'act')
}

function aNode(): FakeNode {
  const node = fakeNode({ version, target: version, role: 'ControlPlane' })
  nodes.push(node)
  return node
}

it('kube-controller-manager is ended, and waited for until its kubelet has started it again', async () => {
  const node = aNode()
  expect(await act(node)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('kube-controller-manager was started anew') })
  expect(node.calls()).toEqual([expect.stringMatching(/^crictl .* stop --timeout 20 01$/)])
})

it('one that is not started again is told, with where the kubelet says why', async () => {
  const node = aNode()
  node.write('/hangs', '')
  expect(await act(node)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('journalctl -u kubelet tells why') })
})

it('another occasion is another restart, and the same one is done once', () => {
  expect(recipeFor(order).id).toBe(recipeFor({ ...order }).id)
  expect(recipeFor({ ...order, occasion: 'cp3 2026-11-21T12:10:00Z' }).id).not.toBe(recipeFor(order).id)
})

it('a host without it as a static pod is refused in one sentence', () => {
  const facts = nodeFacts({ name: 'w1', role: 'Worker', version })
  expect(hostRecipe(order, facts)).toEqual({
    kind: 'Refused',
    message: 'cp1: kube-controller-manager is no static pod of kubeadm there: start it anew by hand',
  })
})
