import { invalidValue } from '../../api/field-problem.ts'
import type { StatusCause } from '../../api/status-error.ts'

const levels = ['privileged', 'baseline', 'restricted'] as const
type Level = (typeof levels)[number]

/** What pods are held to; without a `minor` what the server holds for the latest. */
export interface LevelVersion {
  readonly level: Level
  readonly minor?: number
}

/** Refused is what breaks `enforce`; of what breaks `warn` the client is told. */
export interface NamespacePolicy {
  readonly enforce: LevelVersion
  readonly warn: LevelVersion
}

type Labels = Readonly<Record<string, string>> | undefined
type Mode = 'enforce' | 'audit' | 'warn'

const prefix = 'pod-security.kubernetes.io/'
/** Since then who enforces a level and says nothing of warnings is warned of it, so that templates are told as well. */
const warnsOfEnforcedSince = 25

/** The policy of a namespace by its labels; what cannot be read is as strict as can be, or warns of nothing. */
export function namespacePolicy(labels: Labels, serverMinor: number): NamespacePolicy {
  const enforce = levelVersion(labels, 'enforce', 'restricted')
  const inherits = serverMinor >= warnsOfEnforcedSince && labels?.[`${prefix}warn`] === undefined
  return { enforce, warn: inherits ? { ...enforce, ...versionOf(labels, 'warn') } : levelVersion(labels, 'warn', 'privileged') }
}

function levelVersion(labels: Labels, mode: Mode, unreadable: Level): LevelVersion {
  const text = labels?.[prefix + mode]
  const level = text === undefined ? 'privileged' : (levels.find((one) => one === text) ?? unreadable)
  return { level, ...versionOf(labels, mode) }
}

function versionOf(labels: Labels, mode: Mode): { readonly minor?: number } {
  const text = labels?.[`${prefix}${mode}-version`]
  if (text === undefined) return {}
  const minor = /^v1\.(0|[1-9]\d*)$/.exec(text)?.[1]
  return minor === undefined ? {} : { minor: Number(minor) }
}

/** `restricted:v1.24`, `baseline:latest`. */
export function policyText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`
}

export function isStricter(a: Level, b: Level): boolean {
  return levels.indexOf(a) > levels.indexOf(b)
}

/** Labels that say nothing the server knows. */
export function policyProblems(labels: Labels): readonly StatusCause[] {
  return (['enforce', 'audit', 'warn'] as const).flatMap((mode) => [
    ...problemOf(labels, mode, (text) => (levels.some((one) => one === text) ? undefined : `must be one of ${levels.join(', ')}`)),
    ...problemOf(labels, `${mode}-version`, (text) =>
      /^(?:latest|v1\.(?:0|[1-9]\d*))$/.test(text) ? undefined : 'must be "latest" or "v1.x"',
    ),
  ])
}

function problemOf(labels: Labels, name: string, problem: (text: string) => string | undefined): readonly StatusCause[] {
  const text = labels?.[prefix + name]
  const why = text === undefined ? undefined : problem(text)
  return why === undefined ? [] : [invalidValue(`metadata.labels[${prefix}${name}]`, text, why)]
}
