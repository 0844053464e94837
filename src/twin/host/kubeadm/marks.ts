import type { StepCourse, StepPlace, StepProgram } from '../step-program.ts'

/** A step whose result is that it has said so itself. */
export function marked(act: (at: StepPlace) => StepCourse): StepProgram {
  return {
    probe: isMarked,
    *act(at) {
      begin(at)
      yield* act(at)
      mark(at)
    },
  }
}

export function isMarked(at: StepPlace): boolean {
  return at.disk.marks.has(keyOf(at, at.step))
}

export function mark(at: StepPlace): void {
  at.disk.marks.add(keyOf(at, at.step))
}

/** What is done from here on has not been taken back. */
export function begin(at: StepPlace): void {
  at.disk.marks.delete(keyOf(at, 'take-back'))
}

/** No step of the recipe is done any more. */
export function unmarkAll({ disk, recipe }: StepPlace): void {
  for (const key of [...disk.marks]) if (key.startsWith(`${recipe} `)) disk.marks.delete(key)
}

function keyOf({ recipe }: StepPlace, step: string): string {
  return `${recipe} ${step}`
}
