import { readFile } from 'node:fs/promises'
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod'
import { fileProblem } from '../../cluster/file-problem.ts'
import { FalkirkError } from '../../core/falkirk-error.ts'
import { nearestText } from '../../core/nearest-text.ts'
import { Scenario, scenarioFormat } from './scenario-schema.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

const mostBytes = 4 * 1024 * 1024

/** Reads a scenario file. Throws `FalkirkError` FK_SCENARIO: one sentence with file, line, field and, for a typo, the name that was meant. */
export async function readScenario(file: string): Promise<Scenario> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new FalkirkError('FK_SCENARIO', `the scenario ${file} ${fileProblem(error)}`, { cause: error })
  }
  return parseScenario(text, file)
}

/** As `readScenario`, from a text; `file` is only named in errors. */
export function parseScenario(text: string, file: string): Scenario {
  const lines = new LineCounter()
  if (text.length > mostBytes) throw bad(file, 1, `has more than ${mostBytes} characters: keep objects in files of their own`)
  const document = parseDocument(text, { lineCounter: lines })
  const [broken] = document.errors
  if (broken?.code === 'MULTIPLE_DOCS') throw bad(file, lines.linePos(broken.pos[0]).line, 'begins another document: a scenario is one')
  if (broken !== undefined) throw bad(file, lines.linePos(broken.pos[0]).line, broken.message.split(' at line ')[0] ?? 'is no YAML')
  const value = plain(document, file)
  if (!isMap(document.contents)) throw bad(file, 1, `is no scenario: begin it with scenario: ${scenarioFormat}`)
  const parsed = Scenario.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    if (issue === undefined) throw bad(file, 1, 'cannot be read')
    const { path, problem } = describe(deepest(issue), value)
    throw bad(file, lineOf(document, lines, path), problem)
  }
  const problem = contradiction(parsed.data)
  if (problem !== undefined) throw bad(file, 1, problem)
  return parsed.data
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new FalkirkError('FK_SCENARIO', `${file} has more than 100 aliases to what is written once: write it out`, { cause: error })
  }
}

/** Of the alternatives of a union the one that came furthest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue
  const [best] = issue.errors.map(([first]) => first).toSorted((a, b) => (b?.path.length ?? 0) - (a?.path.length ?? 0))
  return best === undefined ? issue : deepest({ ...best, path: [...issue.path, ...best.path] })
}

function describe(issue: Issue, value: unknown): { path: Path; problem: string } {
  const { path } = issue
  const field = fieldText(path)
  const given = valueAt(value, path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys
      return { path: [...path, key], problem: `has a field ${fieldText([...path, key])} that scenarios do not know${hint(key, allFields)}` }
    }
    case 'invalid_value':
      if (given === undefined) return { path, problem: `lacks ${field}: write ${issue.values.join(' or ')}` }
      if (field === 'scenario') return { path, problem: `is of the format ${JSON.stringify(given)}: this Falkirk knows ${scenarioFormat}` }
      return { path, problem: `has ${field} ${JSON.stringify(given)}: write one of ${issue.values.join(', ')}${hint(given, issue.values)}` }
    case 'invalid_union':
      return { path, problem: `has ${field || 'a value'} ${JSON.stringify(given)} that scenarios do not know${hint(given, stepKinds)}` }
    case 'custom':
      return { path, problem: `has ${field} ${JSON.stringify(given)}, which ${issue.message}` }
    default:
      return {
        path,
        problem: given === undefined ? `lacks ${field}` : `has ${field} ${JSON.stringify(given)?.slice(0, 60)}: ${issue.message}`,
      }
  }
}

/** What no schema of one field can see. */
function contradiction({ run, cluster, steps = [] }: Scenario): string | undefined {
  const { generate, files, objects, snapshot } = cluster
  if (generate === undefined && files === undefined && objects === undefined && snapshot === undefined) {
    return 'has an empty cluster: write cluster.generate, cluster.snapshot, cluster.files or cluster.objects'
  }
  if (run.nodes === undefined && run.nodeSelector === undefined)
    return 'does not say which nodes are upgraded: write run.nodes or run.nodeSelector'
  const both = steps.findIndex(({ at, on }) => at !== undefined && on !== undefined)
  return both < 0 ? undefined : `has both at and on in steps[${both}]: a step happens at a time or at a moment of a node`
}

const stepKinds = fieldsOfKinds(Scenario)
const allFields = [...new Set(fieldNames(Scenario))]

/** Every name of a field in a schema and in what is below it. */
function fieldNames(schema: unknown): readonly string[] {
  const found: string[] = []
  walk(schema, (shape) => found.push(...Object.keys(shape)))
  return found
}

function fieldsOfKinds(schema: unknown): readonly string[] {
  const found: string[] = []
  walk(schema, (shape) => {
    const values = (shape.kind as { def?: { values?: readonly unknown[] } } | undefined)?.def?.values
    for (const value of values ?? []) if (typeof value === 'string') found.push(value)
  })
  return found
}

interface SchemaParts {
  readonly def?: {
    readonly shape?: Readonly<Record<string, unknown>>
    readonly innerType?: unknown
    readonly element?: unknown
    readonly options?: readonly unknown[]
    readonly in?: unknown
  }
}

function walk(schema: unknown, see: (shape: Readonly<Record<string, unknown>>) => void): void {
  const { def } = (schema ?? {}) as SchemaParts
  if (def === undefined) return
  if (def.shape !== undefined) see(def.shape)
  for (const below of [...Object.values(def.shape ?? {}), def.innerType, def.element, ...(def.options ?? []), def.in]) walk(below, see)
}

function hint(given: unknown, candidates: readonly unknown[]): string {
  if (typeof given !== 'string') return ''
  const near = nearestText(
    given,
    candidates.filter((one) => typeof one === 'string'),
  )
  return near === undefined ? '' : `; is it ${near}?`
}

/** Of the innermost field on the path that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined
    const at =
      (pair?.key as { range?: readonly number[] } | undefined)?.range ??
      (document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined)?.range
    if (at !== undefined) return lines.linePos(at[0] ?? 0).line
  }
  return 1
}

function fieldText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, step) => (typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  )
}

function bad(file: string, line: number, problem: string): FalkirkError {
  return new FalkirkError('FK_SCENARIO', `${file}, line ${line}, ${problem}`)
}
