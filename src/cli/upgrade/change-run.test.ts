import { describe, expect, it } from 'vitest'
import { newest } from '../../../test/loopback/client.ts'
import { MemoryApi } from '../../../test/loopback/memory-api.ts'
import { createApiClient } from '../../cluster/api-client.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { changeRun, decideChange, type RunChange } from './change-run.ts'
import { aRun, inTheMiddle, runObject, stopped } from './run-states.test-support.ts'

const complete = { observedGeneration: 2, phase: 'Complete' } as const
const path = '/apis/falkirk.dev/v1alpha1/clusterupgrades'

describe('what people want of a run', () => {
  it.each<{ what: string; change: RunChange; status: object; spec?: object; decided: object }>([
    {
      what: 'pauses',
      change: 'Pause',
      status: inTheMiddle,
      decided: { kind: 'Patch', spec: { action: 'Pause' }, said: expect.stringContaining('worker-3, worker-4 finish first') },
    },
    {
      what: 'pauses with one node at work',
      change: 'Pause',
      status: { ...inTheMiddle, inFlight: inTheMiddle.inFlight?.slice(0, 1) },
      decided: { kind: 'Patch', said: expect.stringContaining('worker-3 finishes first') },
    },
    {
      what: 'does not go on as it is written',
      change: 'Continue',
      status: { observedGeneration: 2, phase: 'Refused', message: 'spec.version is missing' },
      decided: { kind: 'Refused', message: expect.stringMatching(/is refused, and not paused: spec\.version is missing$/) },
    },
    { what: 'is paused already', change: 'Pause', status: inTheMiddle, spec: { action: 'Pause' }, decided: { kind: 'Nothing' } },
    {
      what: 'is not paused while it is cancelled',
      change: 'Pause',
      status: inTheMiddle,
      spec: { action: 'Cancel' },
      decided: { kind: 'Refused' },
    },
    {
      what: 'goes on from a pause',
      change: 'Continue',
      status: inTheMiddle,
      spec: { action: 'Pause' },
      decided: { kind: 'Patch', spec: { action: 'Run' } },
    },
    {
      what: 'goes on from its stop',
      change: 'Continue',
      status: stopped,
      decided: { kind: 'Patch', spec: { action: 'Run', continueFrom: 1 } },
    },
    { what: 'went on from that stop before', change: 'Continue', status: stopped, spec: { continueFrom: 1 }, decided: { kind: 'Nothing' } },
    { what: 'is cancelled', change: 'Cancel', status: stopped, decided: { kind: 'Patch', spec: { action: 'Cancel' } } },
    {
      what: 'is not cancelled when it has ended',
      change: 'Cancel',
      status: complete,
      decided: { kind: 'Refused', message: expect.stringContaining('has ended (Complete)') },
    },
    { what: 'does not go on when it has ended', change: 'Continue', status: complete, decided: { kind: 'Refused' } },
  ])('$what', ({ change, status, spec, decided }) => {
    expect(decideChange(aRun(status, spec), change)).toMatchObject(decided)
  })
})

function cluster(...objects: readonly ReturnType<typeof runObject>[]) {
  const api = new MemoryApi()
  for (const object of objects) api.put(`${path}/${object.metadata.name}`, object)
  return { api, client: createApiClient(api, newest) }
}

describe('a change of a run', () => {
  it('is of the only one that has not ended, over what was seen', async () => {
    const { api, client } = cluster(runObject(complete, {}, 'old'), runObject(inTheMiddle))
    expect(await changeRun(client, undefined, 'Pause')).toMatch(/^to-1-34 is paused: /)
    expect(api.bodies(/^PATCH/)).toEqual([{ metadata: { resourceVersion: expect.any(String) }, spec: { action: 'Pause' } }])
  })

  it('looks again when the run has changed meanwhile, and leaves one that has ended', async () => {
    const { api, client } = cluster(runObject(inTheMiddle))
    api.refuse = (line) => {
      if (!line.startsWith('PATCH')) return undefined
      api.put(`${path}/to-1-34`, runObject(complete))
      return new ApiError({ status: 409, reason: 'Conflict', message: 'the object has been modified' })
    }
    await expect(changeRun(client, undefined, 'Pause')).rejects.toMatchObject({
      code: 'FK_UPGRADE_REFUSED',
      message: expect.stringContaining('has ended (Complete)'),
    })
    expect(api.lines(/^PATCH/)).toHaveLength(1)
  })

  it.each([
    { what: 'none is there', objects: [], name: undefined, message: 'there is no ClusterUpgrade: falkirk upgrade --to VERSION makes one' },
    {
      what: 'all have ended',
      objects: [runObject(complete)],
      name: undefined,
      message: 'no ClusterUpgrade is under way; the last one, to-1-34, is Complete',
    },
    {
      what: 'several go on',
      objects: [runObject(inTheMiddle), runObject({}, {}, 'other')],
      name: undefined,
      message: '2 ClusterUpgrades have not ended: name one of to-1-34, other',
    },
    {
      what: 'the name is another',
      objects: [runObject(inTheMiddle)],
      name: 'to-1-35',
      message: 'there is no ClusterUpgrade to-1-35: is it to-1-34?',
    },
  ])('has to know which: $what', async ({ objects, name, message }) => {
    const { api, client } = cluster(...objects)
    await expect(changeRun(client, name, 'Cancel')).rejects.toMatchObject({ code: 'FK_NO_RUN', message })
    expect(api.lines(/^PATCH/)).toEqual([])
  })
})
