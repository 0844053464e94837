import { rmSync, symlinkSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { hostRecipe } from '../../../src/core/recipe/host-recipe.ts'
import { nodeFacts } from '../../../src/core/recipe/kubeadm/node-facts.test-support.ts'
import type { Recipe, RecipeStep } from '../../../src/core/recipe/recipe-step.ts'
import { stepScript } from '../../../src/core/recipe/step-script.ts'
import type { HostResult } from '../../../src/node/host.ts'
import { type FakeNode, fakeNode } from './fake-node.ts'

const before = 'v1.20.15'
const target = 'v1.21.14'

const nodes: FakeNode[] = []
afterEach(() => {
  for (const node of nodes.splice(0)) node.remove()
})

function aNode(): FakeNode {
  const node = fakeNode({ version: before, target, role: 'ControlPlane' })
  nodes.push(node)
  // a timer that would run out at once here
  node.write('/bin/systemd-run', '#!/bin/sh\necho "systemd-run $*" >> "$FAKE/calls"\n', 0o755)
  return node
}

const order = {
  run: 'uid',
  node: 'cp1',
  step: 'Change',
  distribution: 'kubeadm',
  version: target,
  part: 'FirstControlPlane',
} as const

function recipe(): Recipe {
  const answer = hostRecipe(order, nodeFacts({ name: 'cp1', role: 'ControlPlane', version: before }))
  if (answer.kind === 'Refused') throw new Error(answer.message)
  return answer.recipe
}

async function act(node: FakeNode, name: string): Promise<HostResult> {
  const whole = recipe()
  const step = [...whole.steps, ...(whole.undo === undefined ? [] : [whole.undo])].find((one) => one.name === name) as RecipeStep
  node.write(`/state/steps/${whole.id}/${name}/script`, '')
  return await node.run(stepScript(whole, step, 1), 'act')
}

function rules(node: FakeNode): readonly string[] {
  try {
    return node
      .read('/rules')
      .trim()
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

const passedOn = [
  'FORWARD -p tcp -s 10.0.0.2 --sport 6443 -m conntrack --ctstate DNAT -j ACCEPT',
  'FORWARD -p tcp -d 10.0.0.2 --dport 6443 -m conntrack --ctstate DNAT -j ACCEPT',
  '-t nat POSTROUTING -p tcp -d 10.0.0.2 --dport 6443 -m conntrack --ctstate DNAT -j MASQUERADE',
  '-t nat PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 6443 --syn -j DNAT --to-destination 10.0.0.2:6443',
]

describe('connections for the API server of a node', () => {
  it('are passed on to another member before it is replaced, and its own again at the end', async () => {
    const node = aNode()
    const { stdout } = await act(node, 'hand-over-api')
    expect(stdout).toContain('new connections go to 10.0.0.2:6443 until this API server serves again')
    expect(rules(node)).toEqual(passedOn)
    expect((await act(node, 'take-over-api')).exitCode).toBe(0)
    expect(rules(node)).toEqual([])
    const names = recipe().steps.map(({ name }) => name)
    expect(names.indexOf('hand-over-api')).toBe(names.indexOf('upgrade-node') - 2)
    expect(names.at(-1)).toBe('take-over-api')
  })

  it('are its own again after half an hour, whoever is killed: a timer of systemd has the same commands', async () => {
    const node = aNode()
    await act(node, 'hand-over-api')
    const timer = node.calls().find((call) => call.startsWith('systemd-run'))
    expect(timer).toMatch(/--on-active=1800 \/bin\/sh .*\/hand-over-end$/)
    await node.run(`PATH=${node.folder}/bin:$PATH; . ${node.folder}/state/hand-over-end`, 'end')
    expect(rules(node)).toEqual([])
  })

  it('are passed on once, however often it is done', async () => {
    const node = aNode()
    await act(node, 'hand-over-api')
    await act(node, 'hand-over-api')
    expect(rules(node)).toEqual(passedOn)
  })

  it.each([
    { what: 'no other API server answers', file: '/alone', says: 'no other API server answers' },
    { what: 'the API does not answer by way of it', file: '/cut-off', says: 'the API does not answer any more' },
  ])('stay where they are when $what, and the upgrade goes on', async ({ file, says }) => {
    const node = aNode()
    node.write(file, '')
    const { exitCode, stdout } = await act(node, 'hand-over-api')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining(says) })
    expect(rules(node)).toEqual([])
  })

  it('stay where they are when iptables takes no such rule, and nothing of it is left', async () => {
    const node = aNode()
    const script = node.read('/bin/iptables')
    node.write('/bin/iptables', script.replace('#!/bin/sh\n', '#!/bin/sh\ncase "$*" in *-I*MASQUERADE*) exit 4 ;; esac\n'), 0o755)
    expect(await act(node, 'hand-over-api')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('iptables takes no such rule') })
    expect(rules(node)).toEqual([])
  })

  it('are its own again when the change is taken back', async () => {
    const node = aNode()
    await act(node, 'hand-over-api')
    await act(node, 'take-back')
    expect(rules(node)).toEqual([])
  })
})

describe('the kubelet of a node, before its etcd is replaced', () => {
  const restarts = (node: FakeNode) => node.calls().filter((call) => call === 'systemctl restart kubelet').length

  it('is started anew while another API server answers, so that it uses that one', async () => {
    const node = aNode()
    await act(node, 'hand-over-api')
    const { exitCode, stdout } = await act(node, 'reconnect-kubelet')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining(`kubelet is up as ${before}`) })
    expect(restarts(node)).toBe(1)
    const names = recipe().steps.map(({ name }) => name)
    expect(names.indexOf('reconnect-kubelet')).toBe(names.indexOf('upgrade-node') - 1)
  })

  it('is left alone where nobody else answers', async () => {
    const node = aNode()
    node.write('/alone', '')
    await act(node, 'hand-over-api')
    expect(await act(node, 'reconnect-kubelet')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nobody else answers') })
    expect(restarts(node)).toBe(0)
  })

  it('is left alone where it would ask the same server again', async () => {
    const node = aNode()
    await act(node, 'hand-over-api')
    node.write('/etc/kubernetes/kubelet.conf', 'clusters:\n- cluster:\n    server: https://10.0.0.1:6443\n')
    expect(await act(node, 'reconnect-kubelet')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('asks no other') })
    expect(restarts(node)).toBe(0)
  })

  it('is left alone where its program was replaced under it, as it would be another version', async () => {
    const node = aNode()
    await act(node, 'hand-over-api')
    rmSync(`${node.folder}/proc/100/exe`)
    symlinkSync('/usr/bin/kubelet (deleted)', `${node.folder}/proc/100/exe`)
    expect(await act(node, 'reconnect-kubelet')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('was replaced under it') })
    expect(restarts(node)).toBe(0)
  })
})
