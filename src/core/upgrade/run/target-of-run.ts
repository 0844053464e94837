import { isControlPlane } from '../../plan/node-selection.ts'
import { lineOf } from '../../version/distribution.ts'
import { compareUpstream, type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import { minorAlone } from '../../version/minor-alone.ts'
import type { RunContext } from '../node/node-turn.ts'
import { parseRunEntry } from '../run-journal.ts'
import { versionsOf } from './path-of-run.ts'

/**
 * The version that a run leads to; undefined when `spec.version` is none. A run that is cancelled can end all the same: the nodes that it has started
 * finish with the version that they were started with.
 */
export function targetOfRun({ settings, facts }: Pick<RunContext, 'settings' | 'facts'>): KubernetesVersion | undefined {
  const target = parseVersion(settings.version)
  if (target !== undefined || settings.action !== 'Cancel') return target
  const started = facts.nodes.flatMap(({ run }) => {
    const read = parseRunEntry(run)
    const version = read.kind === 'Entry' && read.entry.run === facts.upgrade.metadata.uid ? parseVersion(read.entry.version) : undefined
    return version === undefined ? [] : [version]
  })
  return started.toSorted(compareUpstream).at(-1) ?? parseVersion(facts.apiServer)
}

/** What is wrong with `spec.version`, in one sentence. */
export function versionProblem({ settings: { version }, facts }: Pick<RunContext, 'settings' | 'facts'>): string | undefined {
  if (parseVersion(version) !== undefined) return undefined
  const [running] = versionsOf(facts.nodes.filter(isControlPlane))
  const alone = minorAlone(version, facts.releases, (running && lineOf(running)) ?? 'kubernetes')
  if (alone === undefined) return `spec.version ${JSON.stringify(version)} is no version of Kubernetes: write one such as v1.34.2+k3s1`
  // what is the last release of a minor changes with release data, and the target of a run must not
  const exact = alone.newest?.text ?? `v1.${alone.minor}.1`
  return `spec.version is ${JSON.stringify(version)}, a minor alone, and a run goes to one exact version: write the whole one, such as ${exact}`
}
