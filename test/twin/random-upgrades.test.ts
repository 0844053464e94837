import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runUpgradeStory } from './run-upgrade-story.ts'
import { upgradeStory } from './upgrade-story.ts'

/** FALKIRK_TWIN_RUNS asks for more runs, which are then others each time; FALKIRK_SEED for the same ones again. */
const runsUnlessTold = 30
const seedUnlessTold = 4711

it('random ClusterUpgrades on random clusters keep to the rules, whatever befalls nodes, controllers and specs', async () => {
  const numRuns = Number(process.env.FALKIRK_TWIN_RUNS ?? runsUnlessTold)
  const chance = process.env.FALKIRK_TWIN_RUNS === undefined ? seedUnlessTold : Math.floor(Math.random() * 2 ** 31)
  const seed = Number(process.env.FALKIRK_SEED ?? chance)
  const told = { runs: 0, nodes: 0, deaths: 0, virtualMs: 0, ends: new Map<string, number>() }
  await fc.assert(
    fc.asyncProperty(upgradeStory, async (story) => {
      const { phase, violations, nodes, deaths, virtualMs } = await runUpgradeStory(story)
      told.runs += 1
      told.nodes += nodes
      told.deaths += deaths
      told.virtualMs += virtualMs
      told.ends.set(phase, (told.ends.get(phase) ?? 0) + 1)
      expect(violations).toEqual([])
    }),
    { seed, numRuns, endOnFailure: process.env.FALKIRK_SHRINK === 'no' },
  )
  const ends = [...told.ends].sort((a, b) => b[1] - a[1]).map(([end, count]) => `${count} ${end}`)
  const hours = Math.round(told.virtualMs / 3_600_000)
  process.stdout.write(
    `seed ${seed}: ${told.runs} runs, ${told.nodes} nodes changed, ${told.deaths} controllers killed, ${hours} h of virtual time; ${ends.join(', ')}\n`,
  )
})
