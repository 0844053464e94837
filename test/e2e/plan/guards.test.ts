import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { after, before, type Rollout, startRollout } from './rollout.ts'
import { type PlanStage, setStage } from './stage.ts'

let stage: PlanStage

beforeAll(async () => {
  stage = await setStage({ name: 'plan-guards' })
})

afterAll(async () => {
  await stage?.down()
})

/** No Job, no cordon, no slot; the same sentence in condition and event. */
async function refused(rollout: Rollout, reason: string): Promise<string> {
  const said = await rollout.until('Complete', new RegExp(`^False/${reason}: `))
  const sentence = said.replace(`False/${reason}: `, '')
  expect(await rollout.event(reason)).toMatchObject({ type: 'Warning', message: sentence })
  expect(rollout.everTouched()).toEqual([])
  expect(rollout.applying()).toEqual([])
  return sentence
}

// in order: a control-plane node that stays behind would hold up all workers
describe('the guards of a Plan for Kubernetes', () => {
  it('refuses to lower a node, until falkirk.dev/allow: downgrade', async () => {
    const rollout = await startRollout(stage, { name: 'downgrade', node: { version: after }, spec: { version: before, cordon: true } })
    expect(await refused(rollout, 'Downgrade')).toBe(
      `downgrade-0 runs ${after} and ${before} is lower; set a version that is not lower, or accept it with the annotation falkirk.dev/allow: downgrade`,
    )
    await rollout.annotate({ 'falkirk.dev/allow': 'downgrade' })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.node()?.kubeletVersion).toBe(before)
  })

  it('upgrades the nodes that may, and then says what holds the other back', async () => {
    const rollout = await startRollout(stage, { name: 'mixed', nodes: 2, spec: { version: after, concurrency: 0 } })
    await stage.plane.api.patch('/api/v1/nodes/mixed-1/status', { status: { nodeInfo: { kubeletVersion: 'v1.20.9+k3s1' } } })
    await rollout.untilNode('newer', (node) => node.kubeletVersion === 'v1.20.9+k3s1', 'mixed-1')
    await rollout.edit({ spec: { concurrency: 2 } })

    await rollout.until('Complete', /^False\/Downgrade: mixed-1 runs v1.20.9\+k3s1 /)
    await rollout.untilNode('done', () => rollout.done('mixed-0') === rollout.hash(), 'mixed-0')
    expect(rollout.runs().map((run) => run.node)).toEqual(['mixed-0'])
    expect(rollout.done('mixed-1')).toBeUndefined()
  })

  it('refuses a kubelet above its API server, until falkirk.dev/allow: skew', async () => {
    const rollout = await startRollout(stage, { name: 'above', spec: { version: 'v1.21.4+k3s1', cordon: true } })
    expect(await refused(rollout, 'KubeletAboveApiServer')).toBe(
      'above-0 would get kubelet v1.21.4+k3s1, newer than the API server (v1.20.2+k3s1); upgrade the servers first, or accept it with the annotation falkirk.dev/allow: skew',
    )
    await rollout.annotate({ 'falkirk.dev/allow': 'skew' })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.node()?.kubeletVersion).toBe('v1.21.4+k3s1')
  })

  it('does not judge versions of anything else', async () => {
    stage.script.upgrade('packages', () => ({ setVersion: false }))
    const upgrade = { image: 'debian', command: ['chroot', '/host'], args: ['true'] }
    const rollout = await startRollout(stage, { name: 'packages', spec: { version: 'v1.2.3', upgrade } })
    await rollout.untilComplete()
    expect(rollout.runs()).toHaveLength(1)
  })

  it('says which annotation it does not understand, and touches no node', async () => {
    const annotations = { 'falkirk.dev/allow': 'everything' }
    const rollout = await startRollout(stage, { name: 'nonsense', annotations, spec: { version: after, cordon: true } })
    expect(await rollout.until('Validated', /^False/)).toBe(
      'False/Error: annotation falkirk.dev/allow is "everything": set it to one or more of downgrade, skip, skew, separated by commas',
    )
    expect((await rollout.event('ValidateFailed')).message).toContain('falkirk.dev/allow')
    expect(rollout.everTouched()).toEqual([])
  })

  it('refuses a control-plane node that would skip a minor, until falkirk.dev/allow: skip', async () => {
    const node = { version: 'v1.18.20+k3s1', controlPlane: true }
    const rollout = await startRollout(stage, { name: 'skipped', node, spec: { version: after, cordon: true } })
    expect(await refused(rollout, 'SkippedMinor')).toBe(
      'skipped-0 runs v1.18.20+k3s1 and v1.20.3+k3s1 would skip a minor version of its control plane; go to the last v1.19 first, one minor version at a time, or accept it with the annotation falkirk.dev/allow: skip',
    )
    await rollout.annotate({ 'falkirk.dev/allow': 'skip' })
    await rollout.untilComplete()
    await rollout.untilNothingLeft()
    expect(rollout.node()?.kubeletVersion).toBe(after)
  })

  it('starts no control-plane node while another is not Ready, and goes on when it is', async () => {
    const servers = await startRollout(stage, {
      name: 'servers',
      nodes: 2,
      node: { controlPlane: true },
      spec: { version: after, concurrency: 0, cordon: true },
    })
    await stage.kubelets.setReady('skipped-0', false)
    await stage.observer.until('a server is not Ready', () => stage.observer.nodes.get('skipped-0')?.ready === false)
    await servers.edit({ spec: { concurrency: 1 } })
    await servers.until('Complete', /^False\/HealthGate: Node servers-[01] waits: Node skipped-0 is not Ready; .* \(2 nodes wait\)$/)
    expect(servers.everTouched()).toEqual([])

    await stage.kubelets.setReady('skipped-0', true)
    await servers.untilComplete()
    await servers.untilNothingLeft()
    expect(stage.observer.maxCordoned().count).toBe(1)
  })
})
