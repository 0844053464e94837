import { assertNever } from '../assert-never.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'
import { nearestText } from '../nearest-text.ts'
import { drainStatusAnnotation } from './drain-status.ts'
import { parseRetry, type RetryPolicy } from './retry-policy.ts'

/** A guard that a Plan may switch off: lowering a version, skipping a minor, a kubelet above its API server. */
export type Allowance = 'downgrade' | 'skip' | 'skew'

/** What the annotations of a Plan ask for beyond its spec. */
export interface PlanOptions {
  readonly retry: RetryPolicy
  /** Nodes are started only while the window is open, not just the first one. */
  readonly strictWindow: boolean
  /** Nodes that have to be Ready on the new version before the next one starts. */
  readonly healthGate: 'ControlPlane' | 'All' | 'None'
  /** Who drains: an init container of the Job, or the controller itself. */
  readonly drainBy: 'Job' | 'Controller'
  readonly allow: ReadonlySet<Allowance>
}

/** What holds without any annotation: nothing but the guards differs from system-upgrade-controller v0.20. */
export const defaultPlanOptions: PlanOptions = {
  retry: { count: 0, backoffMs: 30_000, maxBackoffMs: 600_000 },
  strictWindow: false,
  healthGate: 'ControlPlane',
  drainBy: 'Job',
  allow: new Set(),
}

const prefix = 'falkirk.dev/'
const optionNames = ['allow', 'drain', 'health-gate', 'retry', 'window'] as const
type OptionName = (typeof optionNames)[number]

const allowances: readonly Allowance[] = ['downgrade', 'skip', 'skew']
const healthGates = { 'control-plane': 'ControlPlane', all: 'All', none: 'None' } as const
const drainers = { job: 'Job', controller: 'Controller' } as const

/**
 * Reads the `falkirk.dev/` annotations of a Plan. What cannot be read keeps its default and is told in `problem`, one clause for each
 * annotation: its key, its value (cut to 40 characters), what it may be. A key that is no option is a problem too: a guard that someone
 * believes to have set must not be missing in silence.
 */
export function planOptions(annotations: StringMap): { readonly options: PlanOptions; readonly problem?: string } {
  const problems: string[] = []
  let options = defaultPlanOptions
  for (const key of Object.keys(annotations).sort()) {
    if (!key.startsWith(prefix) || key === drainStatusAnnotation) continue
    const name = optionNames.find((known) => key === prefix + known)
    if (name === undefined) {
      problems.push(unknownAnnotation(key))
      continue
    }
    const text = (annotations[key] ?? '').trim()
    const read = readOption(name, text)
    if (typeof read === 'string') problems.push(`annotation ${key} is ${shown(text)}: ${read}`)
    else options = { ...options, ...read }
  }
  return problems.length === 0 ? { options } : { options, problem: problems.join('; ') }
}

/** The part of the options that one annotation sets, or what it may be. */
function readOption(name: OptionName, text: string): Partial<PlanOptions> | string {
  switch (name) {
    case 'allow':
      return readAllow(text)
    case 'drain':
      return isKeyOf(drainers, text) ? { drainBy: drainers[text] } : 'set it to job or controller'
    case 'health-gate':
      return isKeyOf(healthGates, text) ? { healthGate: healthGates[text] } : 'set it to control-plane, all or none'
    case 'retry': {
      const retry = parseRetry(text, defaultPlanOptions.retry)
      return typeof retry === 'string' ? retry : { retry }
    }
    case 'window':
      return text === 'strict' ? { strictWindow: true } : 'set it to strict, or remove it'
    default:
      return assertNever(name)
  }
}

function readAllow(text: string): Partial<PlanOptions> | string {
  const entries = text.split(',').map((entry) => entry.trim())
  const known = entries.filter((entry): entry is Allowance => allowances.some((allowance) => allowance === entry))
  return known.length === entries.length ? { allow: new Set(known) } : 'set it to one or more of downgrade, skip, skew, separated by commas'
}

function isKeyOf<T extends object>(object: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(object, key)
}

function unknownAnnotation(key: string): string {
  const nearest = nearestText(key.slice(prefix.length), optionNames)
  const known = optionNames.map((name) => prefix + name).join(', ')
  const fix = nearest === undefined ? `remove it, or use one of ${known}` : `did you mean ${prefix}${nearest}?`
  return `annotation ${shownKey(key)} is not known: ${fix}`
}

function shownKey(key: string): string {
  return key.length > 80 ? `${key.slice(0, 80)}…` : key
}

function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
}
