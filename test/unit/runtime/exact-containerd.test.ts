import { afterEach, expect, it } from 'vitest'
import { hostRecipe } from '../../../src/core/recipe/host-recipe.ts'
import { nodeFacts } from '../../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import { type FakeNode, fakeNode } from '../kubeadm/fake-node.ts'

const nodes: FakeNode[] = []
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove()
})

const kubelet = 'v1.30.14'
const offered = ['1.7.28-0ubuntu1~24.04.1', '1.7.24~ds1-6', '2:1.7.2-1']

/** What apt is asked for, or what the step says. */
async function fetched(version: string): Promise<string> {
  const node = fakeNode({ version: kubelet, target: kubelet, role: 'Worker' })
  nodes.push(node)
  node.write('/bin/apt-cache', `#!/bin/sh\nfor v in ${offered.join(' ')}; do echo "$2 | $v | http://mirror"; done\n`, 0o755)
  node.write(
    '/bin/apt-get',
    '#!/bin/sh\nfor last; do :; done\ncase $last in containerd=*) echo "$last" >> "$FAKE/calls" ;; esac\necho done\n',
    0o755,
  )
  const found = nodeFacts({ name: 'w1', role: 'Worker', version: kubelet })
  const facts = { ...found, programs: found.programs.map((one) => (one.name === 'containerd' ? { ...one, version: '1.7.0' } : one)) }
  const order = {
    run: 'uid',
    node: 'w1',
    step: 'Stage',
    distribution: 'kubeadm',
    version: kubelet,
    part: 'Worker',
    kubernetes: 'Stays',
  } as const
  const made = hostRecipe({ ...order, runtime: { name: 'containerd', version } }, facts)
  if (made.kind === 'Refused') throw new Error(made.message)
  const step = made.recipe.steps.find(({ name }) => name === 'fetch-containerd')
  if (step === undefined) throw new Error('no step')
  node.write(`/state/steps/${made.recipe.id}/${step.name}/script`, '')
  const { exitCode, stderr } = await node.run(stepScript(made.recipe, step, 1), 'act')
  return exitCode === 0 ? [...new Set(node.calls())].join(', ') : stderr.trim()
}

it.each([
  { version: '1.7.28', asks: 'containerd=1.7.28-0ubuntu1~24.04.1' },
  { version: '1.7.24', asks: 'containerd=1.7.24~ds1-6' },
  { version: '1.7.2', asks: 'containerd=2:1.7.2-1' },
])('containerd $version is that and no longer number that begins so', async ({ version, asks }) => {
  expect(await fetched(version)).toBe(asks)
})

it('one that no repository has is said before the drain', async () => {
  expect(await fetched('1.7.3')).toContain('no repository of this host has containerd 1.7.3: name one that has it, or another version')
})
