import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { FalkirkError } from '../core/falkirk-error.ts'
import { type Clock, systemClock } from './clock.ts'
import type { ClusterAccess } from './cluster-access.ts'
import { isInCluster, loadInCluster, serviceAccountFolder } from './in-cluster.ts'
import { anonymousAccess, loadContextAccess } from './kube-config-access.ts'
import type { KubeConfigFiles } from './kube-config-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where to look for access to a cluster; empty strings count as absent, as flags and variables give them. */
export interface ClusterAccessOptions {
  /** A file; it must exist. */
  readonly kubeconfig?: string
  /** Context to use instead of the current one. */
  readonly context?: string
  /** Address of the API server to use instead of the configured one. */
  readonly master?: string
  readonly env: Env
  readonly clock?: Clock
  /** Folder of the service account's files; the kubelet's unless told. */
  readonly serviceAccountFolder?: string
  /** A person is at the terminal, whom an exec plugin may ask; false unless told. */
  readonly interactive?: boolean
}

/**
 * Finds the API server and how to be let in, in the order of controller-runtime: the file given, the files of KUBECONFIG,
 * the pod's service account, `~/.kube/config`, and last `master` alone without credentials.
 * A `context` leaves out the service account. Credentials are loaded once, so that what is missing is said at the start.
 * Throws FK_KUBECONFIG or FK_EXEC_PLUGIN in one sentence.
 */
export async function loadClusterAccess(options: ClusterAccessOptions): Promise<ClusterAccess> {
  const { env, clock = systemClock, interactive = false } = options
  const [kubeconfig, context, master] = [given(options.kubeconfig), given(options.context), given(options.master)]
  const override = master === undefined ? {} : { master }
  const named = namedFiles(kubeconfig, env)
  if (named === undefined && context === undefined && isInCluster(env)) {
    return loadInCluster({ env, clock, folder: options.serviceAccountFolder ?? serviceAccountFolder, ...override })
  }
  const files = named ?? (await homeFile(env))
  if (files !== undefined) {
    return loadContextAccess({ files, env, clock, interactive, ...override, ...(context === undefined ? {} : { context }) })
  }
  if (master !== undefined) return anonymousAccess(master, env)
  throw new FalkirkError(
    'FK_KUBECONFIG',
    'no cluster is configured: set KUBECONFIG, pass --kubeconfig, write ~/.kube/config, or run in a pod with a service account',
  )
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function namedFiles(kubeconfig: string | undefined, env: Env): KubeConfigFiles | undefined {
  if (kubeconfig !== undefined) return { kind: 'File', file: kubeconfig }
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '')
  return files.length === 0 ? undefined : { kind: 'List', files: [...new Set(files)] }
}

async function homeFile({ HOME, USERPROFILE }: Env): Promise<KubeConfigFiles | undefined> {
  const home = HOME || USERPROFILE
  if (home === undefined) return undefined
  const file = join(home, '.kube', 'config')
  const exists = await access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  )
  return exists ? { kind: 'File', file } : undefined
}
