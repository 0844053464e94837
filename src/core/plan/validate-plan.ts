import { selectorProblem } from '../kubernetes/label-selector.ts'
import { isLabelKey, isLabelValue } from '../kubernetes/label-syntax.ts'
import { mungeVersion } from '../version/kubernetes-version.ts'
import { planWindow } from '../window/plan-window.ts'
import { expandVariables } from './completed-labels.ts'
import { parseGoDuration } from './go-duration.ts'
import { taggedImage } from './image-reference.ts'
import type { Plan } from './plan.ts'
import type { PlanSpec } from './plan-spec.ts'
import { volumeProblem } from './volume-problem.ts'

/** What a Plan is judged by. */
export interface PlanToValidate {
  readonly plan: Plan
  /** `problem` of `planOptions`. */
  readonly optionsProblem?: string | undefined
  /** Names of Secrets that do not exist; those with `ignoreUpdates` may be missing. */
  readonly missingSecrets: readonly string[]
  /** As in the status; empty or absent while the version is not resolved. */
  readonly latestVersion?: string | undefined
}

/**
 * The first thing that is wrong with a Plan, as one sentence for the condition Validated; `undefined` when nothing is.
 *
 * First what system-upgrade-controller v0.20 judges, in its order and words; then what there would only come to light as an invalid Job or
 * a node that can never be marked as done.
 */
export function validatePlan(input: PlanToValidate): string | undefined {
  const { plan, optionsProblem, latestVersion = '' } = input
  const { spec } = plan
  return (
    drainProblem(spec) ??
    windowProblem(spec) ??
    delayProblem(spec) ??
    secretsProblem(spec, input.missingSecrets) ??
    optionsProblem ??
    nameProblem(plan.metadata.name) ??
    drainTimeoutProblem(spec) ??
    nodeSelectorProblem(spec) ??
    channelProblem(spec) ??
    versionProblem(spec, latestVersion) ??
    imageProblem('spec.upgrade.image', spec.upgrade.image) ??
    (spec.prepare && imageProblem('spec.prepare.image', spec.prepare.image)) ??
    volumeProblem(spec) ??
    postCompleteLabelsProblem(spec, latestVersion)
  )
}

function drainProblem({ drain }: PlanSpec): string | undefined {
  if (drain === undefined) return undefined
  if (drain.deleteEmptydirData !== undefined && drain.deleteLocalData !== undefined) {
    return 'spec.drain cannot specify both deleteEmptydirData and deleteLocalData'
  }
  return drain.podSelector && selectorProblem(drain.podSelector)
}

function windowProblem({ window }: PlanSpec): string | undefined {
  const parsed = window && planWindow(window)
  return parsed?.kind === 'Invalid' ? `spec.window is invalid, ${parsed.cause}` : undefined
}

function delayProblem({ postCompleteDelay = '0' }: PlanSpec): string | undefined {
  return (parseGoDuration(postCompleteDelay) ?? 0) < 0 ? 'spec.postCompleteDelay is negative' : undefined
}

function secretsProblem({ secrets = [] }: PlanSpec, missing: readonly string[]): string | undefined {
  const needed = secrets.filter((secret) => secret.ignoreUpdates !== true && missing.includes(secret.name))
  return needed.length === 0 ? undefined : needed.map(({ name }) => `secrets ${JSON.stringify(name)} not found`).join(', ')
}

function nameProblem(name: string): string | undefined {
  return name.length > 63
    ? `metadata.name has ${name.length} characters: it becomes part of labels, so give the Plan a name of at most 63`
    : undefined
}

/** kubectl would refuse it on the node, after the upgrade's Job has begun. */
function drainTimeoutProblem({ drain }: PlanSpec): string | undefined {
  const { timeout } = drain ?? {}
  if (timeout === undefined) return undefined
  const ns = typeof timeout === 'number' ? timeout : parseGoDuration(timeout)
  return ns !== undefined && ns >= 0 ? undefined : `spec.drain.timeout is ${JSON.stringify(timeout)}: write a duration such as "5m"`
}

function nodeSelectorProblem({ nodeSelector }: PlanSpec): string | undefined {
  const problem = nodeSelector && selectorProblem(nodeSelector)
  return problem && `spec.nodeSelector cannot be used: ${problem}`
}

/** Of a Plan with a version the channel is never asked. */
function channelProblem({ channel = '', version = '' }: PlanSpec): string | undefined {
  if (version !== '' || channel === '' || /^https?:\/\/([^\s/?#@]*@)?[^\s/?#@]+([/?#]\S*)?$/i.test(channel)) return undefined
  return `spec.channel ${shown(channel)} is no URL: write one that begins with https:// or http://, such as https://update.k3s.io/v1-release/channels/stable`
}

/** The version becomes a label of the Job and the tag of its images. */
function versionProblem({ version = '' }: PlanSpec, latestVersion: string): string | undefined {
  if (version === '') {
    if (isLabelValue(latestVersion)) return undefined
    return `spec.channel led to ${shown(latestVersion)}, which cannot be the value of a label: use a channel that redirects to a version`
  }
  if (isLabelValue(mungeVersion(version))) return undefined
  return `spec.version ${shown(version)} cannot be the value of a label: ${labelValueRule}`
}

function imageProblem(field: string, image: string): string | undefined {
  if (taggedImage(image, 'v1').problem === undefined) return undefined
  return `${field} ${shown(image)} is no image reference: write it as [REGISTRY/]NAME[:TAG][@DIGEST], the name in lower-case letters`
}

/** Stands in for the hash, which always has this length, and for a version that is not known yet. */
const sampleHash = '0'.repeat(56)
const sampleVersion = 'v1.0.0'

function postCompleteLabelsProblem({ postCompleteLabels = {} }: PlanSpec, latestVersion: string): string | undefined {
  const variables = { LATEST_HASH: sampleHash, LATEST_VERSION: latestVersion || sampleVersion }
  for (const [key, value] of Object.entries(postCompleteLabels)) {
    if (!isLabelKey(key)) {
      return `spec.postCompleteLabels: ${shown(key)} cannot be the key of a label: write [PREFIX/]NAME with letters, digits, "-", "_" and "."`
    }
    const expanded = expandVariables(value, variables)
    if (!isLabelValue(expanded)) {
      return `spec.postCompleteLabels[${JSON.stringify(key)}] ${shown(value)} cannot be the value of a label once it is filled in: ${labelValueRule}`
    }
  }
  return undefined
}

const labelValueRule = 'write at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends'

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
