import { compareUpstream, type KubernetesVersion, parseVersion } from '../../version/kubernetes-version.ts'
import type { RunContext } from '../node/node-turn.ts'
import { parseRunEntry } from '../run-journal.ts'

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
export function versionProblem({ version }: Pick<RunContext['settings'], 'version'>): string | undefined {
  if (parseVersion(version) !== undefined) return undefined
  return `spec.version ${JSON.stringify(version)} is no version of Kubernetes: write one such as v1.34.2+k3s1`
}
