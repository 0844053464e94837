import type { Story } from '../story.ts'
import { reading } from './reading.ts'
import { rollouts } from './rollouts.ts'
import { writing } from './writing.ts'

const all: readonly Story[] = [...reading, ...writing, ...rollouts]

/** Those that may be told at the same time, each in its namespace. */
export const storiesBeside = all.filter(({ beside }) => beside === undefined)

/** Those that are told one after another. */
export const storiesAlone = all.filter(({ beside }) => beside === 'Alone')
