import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Side } from '../../conformance/sides/side.ts'
import { startTwinSide } from '../../conformance/sides/twin-side.ts'
import { kubectlRelease } from '../../rig/kubectl-releases.ts'
import type { ShownCommand } from './session.ts'
import { custom } from './stories/custom.ts'
import { onlyTwin } from './stories/only-twin.ts'
import { storiesAlone, storiesBeside } from './stories/stories.ts'
import type { Story } from './story.ts'
import { tellStory } from './tell-story.ts'

const servers = [
  { release: '1.20', version: 'v1.20.2+k3s1', beside: [onlyTwin], alone: [] },
  { release: '1.32', version: 'v1.32.3+k3s1', beside: storiesBeside, alone: [...storiesAlone, onlyTwin, custom] },
  { release: '1.36', version: 'v1.36.4+k3s1', beside: storiesBeside, alone: [...storiesAlone, onlyTwin, custom] },
] as const

/** There is no real server of these releases here: what kubectl shows of the twin is in golden files, which people read. */
describe.each(servers)('kubectl $release on a twin of its release', ({ release, version, beside, alone }) => {
  let twin: Side
  let kubectl: string
  const defects: string[] = []

  beforeAll(async () => {
    twin = await startTwinSide(version, (where, error) => defects.push(`${where}: ${error}`))
    kubectl = await kubectlRelease(release)
  })

  afterAll(() => twin?.close())

  const minor = Number(release.split('.')[1])
  const compare = async (story: Story, expect: typeof import('vitest').expect) => {
    const place = { side: twin, kubectl, namespace: `twin-${fileName(story)}` }
    const shown = await tellStory(story, place, { server: minor, client: minor })
    await expect(transcript(shown)).toMatchFileSnapshot(`testdata/${release}/${fileName(story)}.golden.txt`)
  }

  describe.concurrent('beside each other', () => {
    for (const story of beside) it(story.title, ({ expect }) => compare(story, expect))
  })

  for (const story of alone) it(story.title, ({ expect }) => compare(story, expect))

  it('nothing has gone wrong inside', ({ expect }) => {
    expect(defects).toEqual([])
  })
})

function fileName({ title }: Story): string {
  return title.replaceAll(/[^a-z]+/g, '-')
}

function transcript(shown: readonly ShownCommand[]): string {
  return shown.map(entry).join('\n')
}

function entry({ command, exitCode, stdout, stderr }: ShownCommand): string {
  const lines = [...stdout, ...stderr].filter((line) => line !== '').map((line) => `  ${line}\n`)
  return `$ kubectl ${command}${exitCode === 0 ? '' : `   # exit code ${exitCode}`}\n${lines.join('')}`
}
