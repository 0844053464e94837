import type { Recipe, RecipeStep, RunStep } from '../recipe/recipe-step.ts'
import { putBinaryScript, replaceBinaryScript } from '../recipe/scripts/binary-steps.ts'
import { compareEtcd, type EtcdVersion, etcdText } from '../version/etcd-version.ts'
import { clientValues } from './client-values.ts'
import { packagedAs } from './hop.ts'
import { isInContainer } from './image-change.ts'
import { imageRecipe } from './image-recipe.ts'
import { type BinarySet, changeId, limits, type MemberChange, waitValues } from './member-change.ts'
import {
  clientVersionFunction,
  downloadPackagesScript,
  etcdVersionFunction,
  installPackagesScript,
  restartMemberScript,
  restoreMemberScript,
} from './scripts/upgrade-steps.ts'

/** One member's change as steps: what is fetched beforehand, the new files, the restart; and the way back. */
export function memberRecipe(change: MemberChange): Recipe {
  return isInContainer(change.member) ? imageRecipe(change) : unitRecipe(change)
}

function unitRecipe(change: MemberChange): Recipe {
  const { binaries } = change
  const ends: RunStep = {
    ...step(change, ['restart-etcd', `restarts ${change.member.seen.facts.unit} and waits until it serves`], restartMemberScript),
    disturbs: true,
    limitSeconds: limits.restart,
  }
  const undo: RunStep = {
    ...step(
      change,
      ['restore-etcd', `puts the previous ${change.member.seen.facts.binary} back and restarts ${change.member.seen.facts.unit}`],
      restoreMemberScript,
    ),
    disturbs: true,
    limitSeconds: limits.restart,
  }
  const news = binaries === undefined ? packageSteps(change) : binarySteps(change, binaries)
  return { id: changeId(change), steps: [...news, ends], undo }
}

function packageSteps(change: MemberChange): readonly RecipeStep[] {
  const specs = packageSpecs(change).join(' ')
  return [
    { ...step(change, ['download-etcd', `fetches ${specs}`], downloadPackagesScript), limitSeconds: limits.fetch },
    { ...step(change, ['install-etcd', `installs ${specs}`], installPackagesScript), disturbs: true, limitSeconds: limits.install },
  ]
}

/** `etcd-server=3.5.16-4`, and the package of etcdctl where the same version of it is to be had. */
export function packageSpecs({ member, version }: MemberChange): readonly string[] {
  const { facts } = member.seen
  const own = packagedAs(member, version)
  const client = facts.etcdctl_package
  const isOther = client !== undefined && client !== facts.package
  const hasClient = isOther && facts.available.some((each) => each.name === client && each.version === own)
  return [`${facts.package}=${own}`, ...(hasClient ? [`${client}=${own}`] : [])]
}

function binarySteps(change: MemberChange, { sha256: digests }: BinarySet): readonly RecipeStep[] {
  const folder = change.member.seen.facts.binary.replace(/\/[^/]*$/, '')
  const programs = ['etcd', 'etcdctl', 'etcdutl'].filter((program) => digests.has(program))
  const version = etcdText(change.version)
  const parts = programs.map((program) => {
    const binary = program === 'etcd' ? change.member.seen.facts.binary : `${folder}/${program}`
    return {
      program,
      binary,
      parameters: { binary, sha256: digests.get(program) ?? '' },
      says: program === 'etcd' ? etcdVersionFunction : clientVersionFunction,
    }
  })
  const puts = parts.map(({ program, binary, parameters }): RecipeStep => {
    const base = step(change, [`put-${program}`, `brings ${program} ${version} beside ${binary}`], putBinaryScript, parameters)
    return { ...base, kind: 'Put', limitSeconds: limits.fetch }
  })
  // etcd's own last: what a broken client is must not take a member away
  const replaces = parts.toReversed().map(({ program, binary, parameters, says }): RecipeStep => {
    const base = step(change, [`replace-${program}`, `replaces ${binary}`], `${says}${replaceBinaryScript}`, parameters)
    return { ...base, limitSeconds: limits.install }
  })
  return [...puts, ...replaces]
}

function step(change: MemberChange, [name, does]: readonly [string, string], script: string, more: RunStep['parameters'] = {}): RunStep {
  const { facts, settings } = change.member.seen
  const isPackage = change.binaries === undefined
  const parameters = {
    unit: facts.unit,
    binary: facts.binary,
    specs: isPackage ? packageSpecs(change).join(' ') : '',
    ...clientValues(facts, settings),
    ...waitValues(change),
    ...more,
  }
  return { kind: 'Run', name, does, disturbs: false, script, parameters, limitSeconds: limits.fetch }
}

/** Which attempt at a change comes next: one that was killed goes on, one that has failed and was taken back is a new one. */
export function nextAttempt(change: Pick<MemberChange, 'member' | 'version'>): number {
  const { facts } = change.member.seen
  const id = changeId(change)
  const own = facts.step.filter((outcome) => outcome.id === id)
  const last = Math.max(0, ...own.map(({ attempt }) => attempt))
  if (last === 0) return 1
  const ended = own.filter(({ attempt }) => attempt === last)
  const isUndone = ended.some(({ step: name }) => name === 'restore-etcd')
  const isAsBefore = facts.active === 'active' && isBelow(facts.disk, change.version) && isBelow(facts.runs, change.version)
  const hasFailed = ended.some(({ exitCode }) => exitCode !== 0)
  // a success that is gone again: somebody has taken it back by hand
  const isGone = isAsBefore && ended.some(({ step: name, exitCode }) => exitCode === 0 && /^(?:install|replace|restart)-etcd$/.test(name))
  return isUndone || (hasFailed && isAsBefore) || isGone ? last + 1 : last
}

function isBelow(version: EtcdVersion | undefined, bound: EtcdVersion): boolean {
  return version !== undefined && compareEtcd(version, bound) < 0
}
