import fc from 'fast-check'
import { expect } from 'vitest'
import type { PlanStory } from './plan-story.ts'
import { runStory } from './run-story.ts'
import { startMs } from './virtual-cluster.ts'

/** Plans in all; FALKIRK_TWIN_PLANS asks for more of them in each of the files that tell stories. */
const plansUnlessTold = 500

/**
 * Tells stories until so many Plans have been told of, and prints what became of them. FALKIRK_SEED tells the same ones again. A story that
 * goes wrong prints itself and the seed, cut down to what is needed.
 */
export async function checkStories(stories: fc.Arbitrary<PlanStory>): Promise<void> {
  const wanted = Number(process.env.FALKIRK_TWIN_PLANS ?? plansUnlessTold)
  const seed = Number(process.env.FALKIRK_SEED ?? Math.floor(Math.random() * 2 ** 31))
  const told = { plans: 0, stories: 0, deaths: 0, virtualMs: 0, ends: new Map<string, number>() }
  const tell = async (story: PlanStory) => {
    const { plans, deaths, virtualMs, violations } = await runStory(story)
    told.stories += 1
    told.plans += plans.length
    told.deaths += deaths
    told.virtualMs += virtualMs - startMs
    for (const { complete } of plans) told.ends.set(complete, (told.ends.get(complete) ?? 0) + 1)
    expect(violations).toEqual([])
  }
  // a story has one to four Plans: more of them until there are enough
  const batch = Math.ceil(wanted / 10)
  for (let round = 0; told.plans < wanted; round++) {
    await fc.assert(fc.asyncProperty(stories, tell), {
      seed: seed + round,
      numRuns: batch,
      interruptAfterTimeLimit: 240_000,
      markInterruptAsFailure: true,
    })
  }
  const ends = [...told.ends].sort((a, b) => b[1] - a[1]).map(([end, count]) => `${count} ${end === '' ? 'taken away' : end}`)
  const hours = Math.round(told.virtualMs / 3_600_000)
  process.stdout.write(
    `seed ${seed}: ${told.plans} Plans in ${told.stories} clusters, ${told.deaths} controllers killed, ${hours} h of virtual time; ${ends.join(', ')}\n`,
  )
}
