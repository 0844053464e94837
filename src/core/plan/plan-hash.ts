import { sha224 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { digestText } from './digest-text.ts'
import type { Plan } from './plan.ts'
import { typedPlan } from './typed-plan.ts'

/** Names, separated by commas, fields of the Plan that take part in its hash: `spec.upgrade.envs,spec.upgrade.envFrom`. */
const digestAnnotation = 'upgrade.cattle.io/digest'

/** What a Plan's hash is made of. */
export interface PlanHashInput {
  readonly plan: Plan
  /** With `+` replaced by `-`, as in the status. */
  readonly latestVersion: string
  /** `secretHash` by name, of every Secret in the spec but those with `ignoreUpdates`. */
  readonly secretHashes: ReadonlyMap<string, string>
}

/**
 * The hash that a node's label must have for the Plan to count as done there: SHA-224 in hex over version, service account, the fields
 * that the digest annotation names, and the Secrets. Nothing else of the spec takes part. It has to be the same byte for byte as that of
 * system-upgrade-controller: with any other value every node would be upgraded again.
 *
 * @throws Error when the hash of a Secret is missing: whoever calls has to see to it first, a hash without it would be a wrong one.
 *
 * Source: system-upgrade-controller v0.20; vectors in the tests.
 */
export function planHash({ plan, latestVersion, secretHashes }: PlanHashInput): string {
  const { spec } = plan
  const secrets = (spec.secrets ?? []).filter((secret) => secret.ignoreUpdates !== true)
  const parts = [
    latestVersion,
    spec.serviceAccountName ?? '',
    ...digestedFields(plan),
    ...secrets.map(({ name }) => known(name, secretHashes)),
  ]
  return bytesToHex(sha224(utf8ToBytes(parts.join(''))))
}

function known(name: string, secretHashes: ReadonlyMap<string, string>): string {
  const hash = secretHashes.get(name)
  if (hash === undefined) throw new Error(`the hash of Secret ${name} is not known`)
  return hash
}

function digestedFields(plan: Plan): readonly string[] {
  const annotation = plan.metadata.annotations?.[digestAnnotation] ?? ''
  if (annotation === '') return []
  const typed = typedPlan(plan)
  return annotation.split(',').map((path) => digestText(fieldAt(typed, path.split('.'))))
}

/** The value at a path; lists cannot be entered. */
function fieldAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isMap && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }, object)
}
