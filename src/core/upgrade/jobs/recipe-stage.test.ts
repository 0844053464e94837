import { describe, expect, it } from 'vitest'
import { anUpgrade, from, type JobWay, RunWorld, server, several, to, worker } from '../run-world.test-support.ts'

const node = { recipe: { runnerImage: 'falkirk:v1' } }

function cluster(spec: Readonly<Record<string, unknown>> = {}): RunWorld {
  return new RunWorld([server(0), ...several(2, worker)], { upgrade: anUpgrade({ node, ...spec }) })
}

const stageFails: JobWay = (job, entry) =>
  job.labels['falkirk.dev/step'] === 'Stage' ? { end: 'Failed' } : { end: 'Complete', version: entry.version }

describe('a run by recipe', () => {
  it('brings every node to the version', () => {
    const world = cluster()
    world.untilPhase('Complete')
    expect(world.facts.nodes.map(({ kubeletVersion }) => kubeletVersion)).toEqual([to, to, to])
    expect(world.marked()).toEqual([])
  })

  it('cordons no node whose binary has been found to be the wrong one, and tells why', () => {
    const world = cluster()
    world.jobWay = stageFails
    world.untilPhase('Stopped')
    world.settle()
    expect(world.status.failed).toMatchObject([
      { node: 'server-0', reason: 'StageFailed', message: expect.stringContaining('the last line') },
    ])
    expect(world.done.filter((action) => action.kind === 'PatchNode' && action.patch.unschedulable === true)).toEqual([])
    expect(world.node('server-0').kubeletVersion).toBe(from)
  })

  it('waits with the cordon until the binary has been looked at, not only until its image is there', () => {
    const world = cluster()
    world.jobWay = () => ({})
    world.until(({ facts }) => facts.jobs.length === 1)
    const pods = [{ containers: [{ name: 'stage', state: 'Running' }], labels: {} }] as never
    world.facts = { ...world.facts, podsByJob: { get: () => pods } }
    world.settle()
    expect(world.node('server-0').unschedulable).toBe(false)
  })

  it('is carried out by the image of the controller where the spec names none', () => {
    const world = cluster({ node: { recipe: {} } })
    world.facts = { ...world.facts, controllerImage: { kind: 'Image', image: 'registry.example.org/falkirk:v2' } }
    world.untilPhase('Complete')
    const images = world.done.flatMap((action) =>
      action.kind === 'CreateJob' ? (action.job.spec?.template.spec?.containers ?? []).map(({ image }) => image) : [],
    )
    expect(new Set(images)).toEqual(new Set(['registry.example.org/falkirk:v2']))
  })

  it('begins with no node while neither the spec nor the pod of the controller says by which image, and fails none that has begun', () => {
    const unknown = { kind: 'Unknown', why: 'it does not run in a pod' } as const
    const world = cluster({ node: { recipe: {} } })
    world.facts = { ...world.facts, controllerImage: unknown }
    world.settle()
    expect(world.status).toMatchObject({
      phase: 'Refused',
      message: expect.stringMatching(
        /^spec\.node\.recipe\.runnerImage is not set, .* \(it does not run in a pod\): set it to the image of Falkirk/,
      ),
    })
    expect(world.done).toEqual([])
    world.facts = { ...world.facts, controllerImage: { kind: 'Image', image: 'falkirk:v2' } }
    world.until(({ facts }) => facts.nodes.some(({ run }) => run !== undefined))
    world.facts = { ...world.facts, controllerImage: unknown }
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', failed: [] })
    world.facts = { ...world.facts, controllerImage: { kind: 'Image', image: 'falkirk:v2' } }
    world.untilPhase('Complete')
  })

  it('is refused where no recipe is for the distribution', () => {
    const plain = several(2, (index) =>
      index === 0 ? server(0, { kubeletVersion: 'v1.30.4' }) : worker(index, { kubeletVersion: 'v1.30.4' }),
    )
    const world = new RunWorld(plain, { upgrade: anUpgrade({ node, version: 'v1.30.5' }), apiServer: 'v1.30.4' })
    world.settle()
    expect(world.status).toMatchObject({ phase: 'Refused', message: expect.stringMatching(/v1\.30\.5 is neither k3s nor RKE2/) })
  })
})
