import type { RunStep } from '../recipe-step.ts'

/** Makes a step of what is its own: the values and functions that all have are added. */
export type MakeStep = (
  step: Pick<RunStep, 'name' | 'does' | 'disturbs' | 'script' | 'limitSeconds'> & Partial<Pick<RunStep, 'parameters' | 'commands'>>,
) => RunStep
