import { installedVersion } from '../../machine/kubernetes-service.ts'
import type { Machine } from '../../machine/machine.ts'
import { packagedVersion } from '../machine-facts.ts'
import type { StepCourse, StepPlace, StepProgram } from '../step-program.ts'
import { begin } from './marks.ts'

/** Installs packages at the version of the order; whatever ends it but a reboot holds them again. */
export function install(names: (at: StepPlace) => readonly string[]): StepProgram {
  return {
    probe: (at) => names(at).every((name) => programVersion(at.machine(), name) === at.value('version') && isHeld(at, name)),
    *act(at) {
      begin(at)
      yield* changePackages(at, Object.fromEntries(names(at).map((name) => [name, `${at.value('plain')}-1.1`])))
    },
  }
}

/** @param versions of packages, as their manager writes them */
export function* changePackages(at: StepPlace, versions: Readonly<Record<string, string>>): StepCourse {
  const names = Object.keys(versions)
  const hold = (held: boolean) => at.value('held') === 'yes' && at.apply({ kind: 'HoldPackages', names, held })
  yield 1
  hold(false)
  try {
    for (const name of names) {
      yield 3
      at.apply({ kind: 'UpgradePackages', versions: { [name]: versions[name] ?? '' } })
    }
    yield 1
  } finally {
    hold(true)
  }
}

/** The version that a program on the disk says it is. */
export function programVersion(machine: Machine, name: string): string {
  return name === 'kubelet' ? installedVersion(machine) : packagedVersion(machine, name)
}

export function namesOf({ value }: StepPlace): readonly string[] {
  return value('names')
    .split(' ')
    .filter((name) => name !== '')
}

function isHeld(at: StepPlace, name: string): boolean {
  return at.value('held') !== 'yes' || at.machine().packages.get(name)?.held === true
}
