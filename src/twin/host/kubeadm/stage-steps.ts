import type { StepProgram } from '../step-program.ts'
import { begin, isMarked, mark, marked } from './marks.ts'

/** The file of the repository names the minor of the target. */
export const switchRepository: StepProgram = {
  probe: ({ disk, value }) => disk.repositoryMinor === value('minor'),
  *act({ disk, value }) {
    yield 1
    disk.repositoryMinor = value('minor')
  },
}

export const findPackages = marked(function* () {
  yield 4
})

export const downloadPackages: StepProgram = {
  probe: (at) => isMarked(at) && at.disk.staged.has(at.value('version')),
  *act(at) {
    begin(at)
    yield 6
    at.disk.staged.add(at.value('version'))
    mark(at)
  },
}

export const pullImages = marked(function* () {
  yield 8
})

export const findManualEdits = marked(function* () {
  yield 2
})
