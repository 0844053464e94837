import { afterAll, beforeAll, describe, it } from 'vitest'
import { type RealSide, startRealSide } from '../../conformance/sides/real-side.ts'
import type { Side } from '../../conformance/sides/side.ts'
import { startTwinSide } from '../../conformance/sides/twin-side.ts'
import { kubectlRelease, kubectlReleases } from '../../rig/kubectl-releases.ts'
import { storiesAlone, storiesBeside } from './stories/stories.ts'
import type { Story } from './story.ts'
import { tellStory } from './tell-story.ts'

let real: RealSide
let twin: Side
const programs = new Map<string, string>()
const defects: string[] = []

beforeAll(async () => {
  real = await startRealSide()
  twin = await startTwinSide(real.version, (where, error) => defects.push(`${where}: ${error}`))
  for (const release of kubectlReleases) programs.set(release, await kubectlRelease(release))
})

afterAll(async () => {
  await twin?.close()
  await real?.close()
})

const run = Date.now().toString(36)
let ordinal = 0

/** Tells a story to both at once; what the real server makes kubectl show is what is expected of the twin. */
async function compare(story: Story, release: string, expect: typeof import('vitest').expect): Promise<void> {
  ordinal += 1
  const kubectl = programs.get(release) ?? ''
  const place = { kubectl, namespace: `kubectl-${run}-${ordinal}` }
  const telling = { server: 20, client: Number(release.split('.')[1]) }
  const [expected, seen] = await Promise.all([real, twin].map((side) => tellStory(story, { ...place, side }, telling)))
  expect(seen).toEqual(expected)
}

for (const release of kubectlReleases) {
  describe.concurrent(`kubectl ${release} shows the same of a real cluster and of the twin`, () => {
    for (const story of storiesBeside) it(story.title, ({ expect }) => compare(story, release, expect))
  })

  describe(`kubectl ${release} shows the same nodes`, () => {
    for (const story of storiesAlone) it(story.title, ({ expect }) => compare(story, release, expect))
  })
}

it('nothing has gone wrong inside the twin', ({ expect }) => {
  expect(defects).toEqual([])
})
