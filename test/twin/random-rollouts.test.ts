import { it } from 'vitest'
import { rolloutStory } from './plan-story.ts'
import { checkStories } from './story-property.ts'

it('random Plans on random clusters keep to the rules, whenever controllers die', async () => {
  await checkStories(rolloutStory)
})
