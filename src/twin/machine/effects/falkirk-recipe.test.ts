import { describe, expect, it } from 'vitest'
import { upgradeJob } from '../../../core/upgrade/jobs/upgrade-job.ts'
import type { ContainerStart } from '../../kubelet/image-behaviour.ts'
import { type Distribution, versionOfDistribution } from '../distribution.ts'
import { newMachine } from '../new-machine.ts'
import { falkirkRecipe } from './falkirk-recipe.ts'

const behaviour = falkirkRecipe({})

/** The container that a Job of the recipe starts on a machine. */
function started(step: 'Stage' | 'Change', version: string, distribution: Distribution = 'k3s'): ContainerStart {
  const job = upgradeJob({
    runName: 'up',
    runUid: 'uid',
    namespace: 'system-upgrade',
    node: { name: 'a', labels: {} },
    step,
    version,
    attempt: 1,
    work: { kind: 'Recipe', recipe: 'k3s', spec: { runnerImage: 'falkirk:dev' } },
  })
  const container = job.spec?.template.spec?.containers[0]
  if (container === undefined) throw new Error('the Job has no container')
  const machine = newMachine({
    name: 'a',
    version: versionOfDistribution('v1.30.4', distribution),
    bootId: 'b',
    role: 'Server',
    distribution,
  })
  return { pod: {}, container, role: 'Main', machine, restarts: 0 }
}

describe('a recipe on a machine', () => {
  it('replaces the binary when it changes the node', () => {
    expect(behaviour(started('Change', 'v1.31.2+k3s1'))).toMatchObject({
      exitCode: 0,
      effects: [{ kind: 'ReplaceKubernetes', version: 'v1.31.2+k3s1' }],
    })
  })

  it('changes nothing when it looks at the binary, nor when the version is there', () => {
    expect(behaviour(started('Stage', 'v1.31.2+k3s1'))).not.toHaveProperty('effects')
    expect(behaviour(started('Change', 'v1.30.4+k3s1'))).toMatchObject({ exitCode: 0 })
    expect(behaviour(started('Change', 'v1.30.4+k3s1'))).not.toHaveProperty('effects')
  })

  it.each([
    { what: 'a lower version', start: started('Change', 'v1.29.2+k3s1'), log: /is lower than v1\.30\.4\+k3s1/ },
    { what: 'another distribution', start: started('Change', 'v1.31.2+k3s1', 'rke2'), log: /runs k3s server/ },
  ])('refuses $what', ({ start, log }) => {
    expect(behaviour(start)).toMatchObject({ exitCode: 2, log: expect.stringMatching(log) })
    expect(behaviour(start)).not.toHaveProperty('effects')
  })

  it('refuses an order that was changed on the way', () => {
    const start = started('Change', 'v1.31.2+k3s1')
    const args = start.container.args?.map((arg) => arg.replace('v1.31.2', 'v1.31.3')) ?? []
    expect(behaviour({ ...start, container: { ...start.container, args } })).toMatchObject({ exitCode: 2 })
  })

  it('is no other container', () => {
    const start = started('Change', 'v1.31.2+k3s1')
    expect(behaviour({ ...start, container: { name: 'a', image: 'falkirk:dev', command: ['/bin/falkirk', 'controller'] } })).toBeUndefined()
  })
})
