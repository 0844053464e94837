import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runUpgradeStory } from './run-upgrade-story.ts'
import { jobStory, sshStory, type UpgradeStory } from './upgrade-story.ts'
import { keepUpgradeStory } from './upgrade-story-file.ts'

/**
 * FALKIRK_TWIN_RUNS asks for more runs, which are then others each time; FALKIRK_SEED for the same ones again; FALKIRK_TWIN_VIA (`Job`, `SSH`) for one
 * kind of them.
 */
const seedUnlessTold = 4711
const via = process.env.FALKIRK_TWIN_VIA
const kinds = [
  { kind: 'Job', runs: 30, stories: jobStory, what: 'nodes, controllers and specs' },
  { kind: 'SSH', runs: 12, stories: sshStory, what: 'hosts, their connections, nodes, controllers and specs' },
].filter(({ kind }) => via === undefined || via === kind)

it.each(kinds)(
  'random ClusterUpgrades by $kind on random clusters keep to the rules, whatever befalls $what',
  async ({ kind, runs, stories }) => {
    const numRuns = Number(process.env.FALKIRK_TWIN_RUNS ?? runs)
    const chance = process.env.FALKIRK_TWIN_RUNS === undefined ? seedUnlessTold : Math.floor(Math.random() * 2 ** 31)
    const seed = Number(process.env.FALKIRK_SEED ?? chance)
    const told = { runs: 0, nodes: 0, steps: 0, deaths: 0, virtualMs: 0, ends: new Map<string, number>() }
    const tell = async (story: UpgradeStory) => {
      const { phase, violations, nodes, steps, deaths, virtualMs } = await runUpgradeStory(story)
      told.runs += 1
      told.nodes += nodes
      told.steps += steps
      told.deaths += deaths
      told.virtualMs += virtualMs
      told.ends.set(phase, (told.ends.get(phase) ?? 0) + 1)
      expect(violations).toEqual([])
    }
    const endOnFailure = process.env.FALKIRK_SHRINK === 'no'
    const details = await fc.check(fc.asyncProperty(stories, tell), { seed, numRuns, endOnFailure })
    expect(details.failed ? failure(details, kind) : undefined).toBeUndefined()
    const ends = [...told.ends].sort((a, b) => b[1] - a[1]).map(([end, count]) => `${count} ${end}`)
    const hours = Math.round(told.virtualMs / 3_600_000)
    process.stdout.write(
      `seed ${seed}, by ${kind}: ${told.runs} runs, ${told.nodes} nodes changed, ${kind === 'SSH' ? `${told.steps} steps on hosts, ` : ''}${told.deaths} controllers killed, ${hours} h of virtual time; ${ends.join(', ')}\n`,
    )
  },
)

/** What went wrong, and the file that the story, cut down to what is needed for it, is kept in. */
function failure({ seed, numRuns, counterexample, errorInstance }: fc.RunDetails<[UpgradeStory]>, kind: string): string {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  const [story] = counterexample ?? []
  if (story === undefined) return why
  const remark = `found by run ${numRuns} of seed ${seed} by ${kind}\n${why}`
  const file = keepUpgradeStory(
    process.env.FALKIRK_STORIES ?? join(tmpdir(), 'falkirk-runs'),
    `seed-${seed}-${kind.toLowerCase()}`,
    story,
    remark,
  )
  return `${remark}\nthe story is kept; tell it again: npm run runs -- --replay ${file}`
}
