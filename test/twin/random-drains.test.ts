import { it } from 'vitest'
import { drainStory } from './plan-story.ts'
import { checkStories } from './story-property.ts'

it('random Plans that drain random clusters move no pod past its budget, whenever controllers die', async () => {
  await checkStories(drainStory)
})
