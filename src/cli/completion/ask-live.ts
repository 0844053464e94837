import { readdir, readFile } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import type { ApiClient } from '../../cluster/api-client.ts'
import { assertNever } from '../../core/assert-never.ts'
import { shippedReleases } from '../../core/version/shipped-releases.ts'
import { scenarioFolders } from '../named-scenario.ts'
import { withCluster } from '../upgrade/cluster.ts'
import type { Candidate } from './complete-words.ts'
import {
  contextCandidates,
  listNodes,
  namespaceCandidates,
  nodeCandidates,
  poolCandidates,
  runCandidates,
  versionCandidates,
} from './live-values.ts'
import type { AskLive } from './propose.ts'
import { expandPath } from './shell-words.ts'
import type { LiveKind } from './value-source.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Asks the cluster that the command line names, the kubeconfig, or the program's own files. Throws as these do. */
export function liveAsker(env: Env): AskLive {
  return async (what, given) => {
    if (what === 'Contexts') return contextCandidates(await kubeconfigTexts(given.get('--kubeconfig'), env))
    if (what === 'Scenarios') return await scenarioCandidates()
    const manifest = await fileOf(given.get('--file'), env)
    return await withCluster(clusterFlags(given, env), (client) => fromCluster(what, client, manifest))
  }
}

async function fromCluster(
  what: Exclude<LiveKind, 'Contexts' | 'Scenarios'>,
  client: ApiClient,
  manifest: string | undefined,
): Promise<readonly Candidate[]> {
  switch (what) {
    case 'Runs':
      return await runCandidates(client, 'All')
    case 'RunsUnderWay':
      return await runCandidates(client, 'UnderWay')
    case 'Nodes':
      return nodeCandidates(await listNodes(client))
    case 'Pools':
      return poolCandidates(await listNodes(client), manifest)
    case 'Versions':
      return versionCandidates(client.capabilities.gitVersion, shippedReleases())
    case 'Namespaces':
      return await namespaceCandidates(client)
    default:
      return assertNever(what)
  }
}

function clusterFlags(given: ReadonlyMap<string, string>, env: Env): { readonly kubeconfig?: string; readonly context?: string } {
  const [kubeconfig, context] = [given.get('--kubeconfig'), given.get('--context')]
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: expandPath(kubeconfig, env) }),
    ...(context === undefined ? {} : { context }),
  }
}

async function kubeconfigTexts(file: string | undefined, env: Env): Promise<readonly string[]> {
  const files = file === undefined ? (env.KUBECONFIG ?? join(env.HOME ?? '', '.kube/config')).split(delimiter) : [expandPath(file, env)]
  return await Promise.all(files.map((each) => readFile(each, 'utf8').catch(() => '')))
}

async function fileOf(file: string | undefined, env: Env): Promise<string | undefined> {
  return file === undefined || file === '-' ? undefined : await readFile(expandPath(file, env), 'utf8').catch(() => undefined)
}

async function scenarioCandidates(): Promise<readonly Candidate[]> {
  const files = await Promise.all(scenarioFolders.map((folder) => readdir(folder).catch(() => [])))
  const names = files.flat().filter((file) => file.endsWith('.yaml'))
  return [...new Set(names)].map((file) => ({ value: basename(file, '.yaml') }))
}
