import { readFile, stat } from 'node:fs/promises'
import { type Document, LineCounter, parseAllDocuments } from 'yaml'
import { fileProblem } from '../../cluster/file-problem.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import type { DraftObject } from '../kube-object.ts'
import { shapeProblem } from './shape-problem.ts'

/** More than a cluster of 5,000 nodes fills as YAML is a snapshot's business. */
const mostBytes = 256 * 1024 * 1024
const mostAliases = 100

/**
 * Reads a file of Kubernetes objects: YAML or JSON, several documents, Lists as `kubectl get -o yaml` prints them.
 * Throws `FalkirkError` FK_MANIFEST with file and line.
 */
export async function readManifests(file: string): Promise<readonly DraftObject[]> {
  try {
    const { size } = await stat(file)
    if (size > mostBytes) throw bad(file, `has ${size} bytes, more than ${mostBytes}: take a snapshot instead`)
    return parseManifests(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof FalkirkError) throw error
    throw bad(file, fileProblem(error), error)
  }
}

/** The objects of a text; `file` is only named in errors. Aliases are few: a text of some lines must not become gigabytes. */
export function parseManifests(text: string, file: string): readonly DraftObject[] {
  const lines = new LineCounter()
  if (text.trim() === '') throw bad(file, 'is empty: kubectl get nodes,pods -A -o yaml prints what can be loaded')
  if (text.trimStart().startsWith('{')) return objectsOf(parseJson(text, file), { file, line: 1 })
  return parseAllDocuments(text, { lineCounter: lines }).flatMap((document) => {
    const line = lines.linePos(document.range[0]).line
    return objectsOf(plainValue(document, file), { file, line })
  })
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw bad(file, `is no JSON: ${(error as Error).message}`, error)
  }
}

function plainValue(document: Document.Parsed, file: string): unknown {
  const [problem] = document.errors
  if (problem !== undefined) throw bad(file, problem.message.split('\n')[0]?.replace(/:$/, '') ?? '', problem)
  try {
    return document.toJS({ maxAliasCount: mostAliases })
  } catch (error) {
    throw bad(file, `has more than ${mostAliases} aliases to what is written once: write it out`, error)
  }
}

function objectsOf(value: unknown, at: { file: string; line: number }): DraftObject[] {
  if (value === null || value === undefined) return []
  if (typeof value !== 'object' || Array.isArray(value))
    throw bad(at.file, `has no object at line ${at.line}: begin it with apiVersion and kind`)
  const { kind, apiVersion, items } = value as { kind?: unknown; apiVersion?: unknown; items?: unknown }
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
    throw bad(at.file, `has an object at line ${at.line} without ${typeof kind === 'string' ? 'apiVersion' : 'kind'}`)
  }
  if (!kind.endsWith('List') || !Array.isArray(items)) return [checked(value as DraftObject, at)]
  // the items of a typed list do not say what they are
  const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
  return items.flatMap((item: unknown) => objectsOf(typeof item === 'object' && item !== null ? { ...own, ...item } : item, at))
}

/** What has a UID is taken as it is: nobody looks at it after this. */
function checked(object: DraftObject, { file, line }: { file: string; line: number }): DraftObject {
  const problem = object.metadata?.uid ? shapeProblem(object) : undefined
  if (problem !== undefined) throw bad(file, `has a ${object.kind} at line ${line} that comes from no cluster: ${problem}`)
  return object
}

function bad(file: string, problem: string, cause?: unknown): FalkirkError {
  return new FalkirkError('FK_MANIFEST', `${file} ${problem}`, cause === undefined ? {} : { cause })
}
