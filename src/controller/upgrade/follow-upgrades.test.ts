import { afterEach, describe, expect, it } from 'vitest'
import { type MemoryShell, memoryShell } from '../../../test/loopback/memory-shell.ts'
import { ApiError } from '../../cluster/api-error.ts'
import { startPlanCaches } from '../plan/plan-caches.ts'
import { followUpgrades } from './follow-upgrades.ts'

const runs = 'GET /apis/falkirk.dev/v1alpha1/clusterupgrades'
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const definition = `${definitions}/clusterupgrades.falkirk.dev`

const missing = new ApiError({ status: 404, message: 'the server could not find the requested resource' })
const forbidden = new ApiError({ status: 403, message: 'forbidden' })

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Everything that is asked about ClusterUpgrades within so many minutes. */
async function asked({ api, clock, shell }: MemoryShell, minutes: number): Promise<readonly string[]> {
  const caches = startPlanCaches(shell)
  const followed = followUpgrades(shell, caches, () => 'v1.33.5')
  ends.push(async () => {
    await followed.stop()
    await caches.stop()
  })
  await clock.advance(minutes * 60_000)
  return api.lines(/falkirk\.dev/)
}

/** After how many seconds Plans may begin, as far as ClusterUpgrades go; undefined: not within half a minute. */
async function knownAfter(refuse: MemoryShell['api']['refuse']): Promise<number | undefined> {
  const memory = memoryShell()
  memory.api.refuse = refuse
  const caches = startPlanCaches(memory.shell)
  const followed = followUpgrades(memory.shell, caches, () => 'v1.33.5')
  ends.push(async () => {
    await followed.stop()
    await caches.stop()
  })
  let isKnown = false
  void followed.known.then(() => {
    isKnown = true
  })
  for (let seconds = 0; seconds <= 30; seconds += 1) {
    await memory.clock.advance(seconds === 0 ? 500 : 1_000)
    if (isKnown) return seconds
  }
  return undefined
}

describe('Plans that wait until it is known whether a ClusterUpgrade is at work', () => {
  const silent = new ApiError({ status: 500, message: 'etcdserver: leader changed' })
  it.each([
    { what: 'they can be listed', refuse: () => undefined, seconds: 0 },
    { what: 'they may not be read', refuse: (line: string) => (line === runs ? forbidden : undefined), seconds: 0 },
    { what: 'the API server does not say', refuse: (line: string) => (line === runs ? silent : undefined), seconds: 10 },
  ])('wait $seconds seconds where $what', async ({ refuse, seconds }) => {
    expect(await knownAfter(refuse)).toBe(seconds)
  })
})

describe('the API of ClusterUpgrades', () => {
  it('that may not be read is asked for once a minute, and nothing else', async () => {
    const memory = memoryShell()
    memory.api.refuse = (line) => (line === runs ? forbidden : undefined)
    expect(await asked(memory, 2)).toEqual([runs, runs, runs])
  })

  it('that is not there is registered by who may, and looked after at once', async () => {
    const memory = memoryShell()
    const { api } = memory
    api.refuse = (line) => {
      const made = api.objects.get(definition)
      if (made !== undefined && made.status === undefined) {
        api.put(definition, { ...made, status: { conditions: [{ type: 'Established', status: 'True' }] } })
      }
      return line === runs && made === undefined ? missing : undefined
    }
    const lines = await asked(memory, 1)
    expect(api.objects.get(definition)).toMatchObject({ kind: 'CustomResourceDefinition', spec: { group: 'falkirk.dev' } })
    expect(lines.at(-1)).toBe(runs)
    expect(api.requests.some(({ line, request }) => line === runs && request.query?.watch !== undefined)).toBe(true)
  })

  it('that is not there and may not be registered is not asked to be again', async () => {
    const memory = memoryShell()
    memory.api.refuse = (line) => (line === runs ? missing : line.includes(definition) ? forbidden : undefined)
    expect(await asked(memory, 2)).toEqual([runs, `GET ${definition}`, runs, runs])
  })
})
