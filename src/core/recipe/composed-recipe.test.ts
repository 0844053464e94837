import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../host/host-facts.ts'
import type { HostOrder } from './host-order.ts'
import { hostRecipe } from './host-recipe.ts'
import { partsOf, type Recipe } from './recipe-step.ts'
import { factsAfterRuntime } from './runtime/facts-after-runtime.ts'

const found = factsOf('kubeadm-docker')
const docker: HostFacts = {
  ...found,
  staticPods: [],
  programs: [...found.programs, { name: 'crictl', path: '/usr/bin/crictl', version: 'v1.14.0', running: false, replaced: false }],
  packages: { ...found.packages, broken: [], repositories: [] },
  runtime: { ...found.runtime, cni: ['/etc/cni/net.d/10-bridge.conflist'], dockerConfig: [] },
}
const server = factsOf('kubeadm-containerd')
const os = { packages: 'All', reboot: 'IfRequired' } as const
const onDocker: HostOrder = {
  run: 'uid',
  node: 'w1',
  step: 'Change',
  distribution: 'kubeadm',
  version: 'v1.15.12',
  part: 'Worker',
  runtime: { name: 'containerd', from: 'docker' },
}

describe('several changes of one host', () => {
  it('follow each other in one drain: packages, reboot, runtime, then Kubernetes for the runtime that is there by then', () => {
    const { steps } = made({ ...onDocker, os }, docker)
    expect(steps.map(({ name }) => name)).toEqual([
      ...['mend-packages', 'plan-packages', 'fetch-packages', 'install-packages', 'reboot', 'services'],
      ...['copy-images', 'switch-runtime', 'annotate-node'],
      ...['pull-images', 'back-up', 'install-kubeadm', 'upgrade-node', 'install-kubelet', 'restart-kubelet'],
    ])
    expect(steps.find(({ name }) => name === 'pull-images')?.parameters).toMatchObject({ runtime: 'cri' })
  })

  it('are taken back each by itself', () => {
    const undos = partsOf(made({ ...onDocker, os }, docker)).map(({ undo }) => undo?.name)
    expect(undos).toEqual([undefined, 'restore-docker', 'take-back'])
  })

  it('are one recipe for whoever goes on, when the runtime has changed meanwhile', () => {
    const [before, after] = [docker, factsAfterRuntime(onDocker, docker)].map((facts) => made({ ...onDocker, os }, facts))
    expect(after?.id).toBe(before?.id)
    expect(after?.steps.map(({ name }) => name)).toEqual(before?.steps.map(({ name }) => name))
  })

  it('have all that disturbs nothing done beforehand; images that docker would get are pulled after the switch', () => {
    const { steps } = made({ ...onDocker, os, step: 'Stage' }, docker)
    expect(steps.filter(({ disturbs }) => disturbs)).toEqual([])
    expect(steps.map(({ name }) => name)).toEqual(['plan-packages', 'fetch-packages', 'copy-images', 'find-packages', 'download-packages'])
  })

  it('have names of their own', () => {
    for (const step of ['Stage', 'Change'] as const) {
      const names = made({ ...onDocker, os, step, runtime: { name: 'containerd', from: 'docker', version: '1.7.28' } }, docker).steps.map(
        ({ name }) => name,
      )
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('leave Kubernetes alone where it stays', () => {
    const { steps } = made({ ...onDocker, version: 'v1.14.5', kubernetes: 'Stays' }, docker)
    expect(steps.map(({ name }) => name)).toEqual(['copy-images', 'switch-runtime', 'annotate-node'])
  })

  it('begin on a control plane when another member leads etcd and answers, and end when it serves as it did', () => {
    const order: HostOrder = { ...onDocker, os, part: 'ControlPlane', kubernetes: 'Stays' }
    const { runtime: _, ...packages } = order
    const { steps } = made(packages, server)
    const names = steps.map(({ name }) => name)
    expect([...names.slice(0, 2), ...names.slice(-2)]).toEqual(['leave-etcd-lead', 'leave-api', 'await-control-plane', 'return-api'])
    expect(steps.at(-2)?.parameters).toMatchObject({ version: expect.stringMatching(/^v1\./) })
  })

  it('are refused with the first sentence that refuses one of them', () => {
    const none = { ...docker, packages: { ...docker.packages, manager: undefined } } as unknown as HostFacts
    expect(hostRecipe({ ...onDocker, os }, none)).toMatchObject({ kind: 'Refused', message: expect.stringContaining('os.packages') })
  })
})

function made(order: HostOrder, facts: HostFacts): Recipe {
  const recipe = hostRecipe(order, facts)
  if (recipe.kind === 'Refused') throw new Error(recipe.message)
  return recipe.recipe
}

function factsOf(name: string): HostFacts {
  const read = parseHostFacts(
    JSON.stringify(JSON.parse(readFileSync(new URL(`../host/testdata/${name}.facts.json`, import.meta.url), 'utf8'))),
  )
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts
}
