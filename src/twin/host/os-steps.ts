import type { StepPlace, StepProgram } from './step-program.ts'

/** A step of the operating system: what is staged and what is changed have one list, by the identity of the change. */
export function ofChange(seconds: number): StepProgram {
  return {
    probe: (at) => at.disk.marks.has(keyOf(at)),
    *act(at) {
      yield seconds
      at.disk.marks.add(keyOf(at))
    },
  }
}

/** Once: the boot that it began in is written down before. Every change of packages asks for it here. */
export const reboot: StepProgram = {
  probe: (at) => {
    const before = bootBefore(at)
    return before !== undefined && before !== at.machine().bootId
  },
  *act(at) {
    yield 2
    at.disk.marks.add(`${bootKey(at)}${at.machine().bootId}`)
    at.apply({ kind: 'Reboot' })
    yield Number(at.value('down_seconds'))
  },
}

function bootBefore(at: StepPlace): string | undefined {
  const key = bootKey(at)
  return [...at.disk.marks].find((mark) => mark.startsWith(key))?.slice(key.length)
}

function bootKey(at: StepPlace): string {
  return `${at.value('change')} boot `
}

function keyOf(at: StepPlace): string {
  return `${at.value('change')} ${at.step}`
}

/** What has nothing to do on a machine of the twin: nothing is ever half installed, and services come back with the boot. */
export const nothingToDo: StepProgram = {
  probe: () => true,
  *act() {},
}
