import { readFile } from 'node:fs/promises'
import { type Document, parseDocument } from 'yaml'
import { nearestText } from '../core/nearest-text.ts'
import { fileProblem } from './file-problem.ts'
import { firstIssue } from './first-issue.ts'
import { kubeConfigError } from './kube-config-error.ts'
import { ClusterEntry, ContextEntry, KubeConfigFile, UserEntry } from './kube-config-schema.ts'

/** Which kubeconfig files are meant; of a KUBECONFIG list some may be missing, of a file that was named not. */
export type KubeConfigFiles =
  | { readonly kind: 'File'; readonly file: string }
  | { readonly kind: 'List'; readonly files: readonly string[] }

/** The entries behind one context, and the files they come from: paths inside are relative to those. */
export interface ChosenContext {
  readonly context: string
  readonly file: string
  readonly namespace: string
  readonly cluster: ClusterEntry
  readonly clusterName: string
  readonly clusterFile: string
  /** Empty when the context names no user. */
  readonly user: UserEntry
  readonly userName: string
  readonly userFile: string
}

interface Found {
  readonly file: string
  readonly value: unknown
}

/** Several files as one: of entries with the same name the first counts, as kubectl merges them. */
interface MergedFiles {
  readonly named: string
  readonly currentContext: string
  readonly contexts: ReadonlyMap<string, Found>
  readonly clusters: ReadonlyMap<string, Found>
  readonly users: ReadonlyMap<string, Found>
}

/**
 * Reads the entries of one context, the current one unless told.
 * Throws FK_KUBECONFIG with file, context and field.
 * Source: Kubernetes "Organizing Cluster Access Using kubeconfig Files".
 */
export async function readContext(files: KubeConfigFiles, wanted?: string): Promise<ChosenContext> {
  const merged = await readFiles(files)
  const context = wanted ?? merged.currentContext
  const place = { file: merged.named }
  if (context === '') throw kubeConfigError({ ...place, field: 'current-context' }, 'is not set; set it, or name a context')
  const found = merged.contexts.get(context)
  if (found === undefined) throw kubeConfigError({ ...place, context }, `does not exist${hint(context, merged.contexts)}`)
  const at = { file: found.file, context }
  const { cluster: clusterName, user: userName = '', namespace } = parseEntry(ContextEntry, found, at)
  const cluster = merged.clusters.get(clusterName)
  if (cluster === undefined)
    throw kubeConfigError(
      { ...at, field: 'cluster' },
      `no cluster ${JSON.stringify(clusterName)} is defined${hint(clusterName, merged.clusters)}`,
    )
  const user = userName === '' ? { file: found.file, value: {} } : merged.users.get(userName)
  if (user === undefined)
    throw kubeConfigError({ ...at, field: 'user' }, `no user ${JSON.stringify(userName)} is defined${hint(userName, merged.users)}`)
  return {
    context,
    file: found.file,
    namespace: namespace === undefined || namespace === '' ? 'default' : namespace,
    cluster: parseEntry(ClusterEntry, cluster, { file: cluster.file, context, entry: `cluster ${JSON.stringify(clusterName)}` }),
    clusterName,
    clusterFile: cluster.file,
    user: parseEntry(UserEntry, user, { file: user.file, context, entry: `user ${JSON.stringify(userName)}` }),
    userName,
    userFile: user.file,
  }
}

function hint(name: string, known: ReadonlyMap<string, unknown>): string {
  const near = nearestText(name, [...known.keys()])
  if (near !== undefined) return `; did you mean ${JSON.stringify(near)}?`
  return known.size === 0
    ? ''
    : `; there are ${[...known.keys()]
        .slice(0, 10)
        .map((key) => JSON.stringify(key))
        .join(', ')}`
}

async function readFiles(files: KubeConfigFiles): Promise<MergedFiles> {
  const paths = files.kind === 'File' ? [files.file] : files.files
  const read: ReadFile[] = []
  for (const file of paths) {
    const content = await readKubeConfigFile(file, files.kind)
    if (content !== undefined) read.push({ file, content })
  }
  if (read.length === 0) throw kubeConfigError({ file: paths.join(', ') }, 'does not exist; check the path and the variable KUBECONFIG')
  return {
    named: read.map(({ file }) => file).join(', '),
    currentContext: read.map(({ content }) => content['current-context']).find(Boolean) ?? '',
    contexts: firstOfEachName(read, ({ contexts }) => contexts?.map(({ name, context: value }) => ({ name, value }))),
    clusters: firstOfEachName(read, ({ clusters }) => clusters?.map(({ name, cluster: value }) => ({ name, value }))),
    users: firstOfEachName(read, ({ users }) => users?.map(({ name, user: value }) => ({ name, value: value ?? {} }))),
  }
}

interface ReadFile {
  readonly file: string
  readonly content: KubeConfigFile
}

type Entries = readonly { readonly name: string; readonly value: unknown }[]

function firstOfEachName(read: readonly ReadFile[], entriesOf: (content: KubeConfigFile) => Entries | undefined): Map<string, Found> {
  const found = new Map<string, Found>()
  for (const { file, content } of read) {
    for (const { name, value } of entriesOf(content) ?? []) {
      if (!found.has(name)) found.set(name, { file, value })
    }
  }
  return found
}

async function readKubeConfigFile(file: string, kind: KubeConfigFiles['kind']): Promise<KubeConfigFile | undefined> {
  let source: string
  try {
    source = await readFile(file, 'utf8')
  } catch (error) {
    if (kind === 'List' && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw kubeConfigError({ file }, fileProblem(error), error)
  }
  const document = parseDocument(source)
  const [broken] = document.errors
  if (broken?.code === 'MULTIPLE_DOCS') throw kubeConfigError({ file }, 'holds more than one document: leave one')
  // The message quotes lines of the file, and those may be secrets: only its first line is shown.
  if (broken !== undefined) throw kubeConfigError({ file }, `is not YAML: ${broken.message.split('\n')[0]?.replace(/:$/, '')}`)
  return parseEntry(KubeConfigFile, { file, value: plainValue(document, file) ?? {} }, { file })
}

/** A text of some lines must not become gigabytes. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw kubeConfigError({ file }, 'refers too often to what is written once', error)
  }
}

function parseEntry<T>(
  schema: { safeParse(value: unknown): ParseResult<T> },
  found: Found,
  place: Parameters<typeof kubeConfigError>[0],
): T {
  const parsed = schema.safeParse(found.value)
  if (parsed.success) return parsed.data
  const { path, message } = firstIssue(parsed.error)
  throw kubeConfigError({ ...place, field: path }, message)
}

type ParseResult<T> = { success: true; data: T } | { success: false; error: Parameters<typeof firstIssue>[0] }
