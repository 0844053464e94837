import { z } from 'zod'
import { nearestText } from '../../nearest-text.ts'
import { schemaProblem } from '../../schema-problem.ts'
import { ClusterUpgradeSpec } from './upgrade-spec.ts'
import { ClusterUpgradeStatus } from './upgrade-status.ts'

/** The part of the metadata that is read. Only `name` is always there: an object from a file has no more. */
const Metadata = z.object({
  name: z.string(),
  uid: z.string().default(''),
  resourceVersion: z.string().default(''),
  generation: z.int().default(0),
  creationTimestamp: z.string().exactOptional(),
  deletionTimestamp: z.string().exactOptional(),
})

const ClusterUpgradeObject = z.object({ metadata: Metadata, spec: ClusterUpgradeSpec, status: ClusterUpgradeStatus.exactOptional() })
/** A ClusterUpgrade of `falkirk.dev/v1alpha1`: where a cluster should be. */
export type ClusterUpgrade = z.infer<typeof ClusterUpgradeObject>

/** A ClusterUpgrade, or why it is none; of a malformed one as much is told as can be read. */
export type ParsedUpgrade =
  | { readonly kind: 'Upgrade'; readonly upgrade: ClusterUpgrade }
  | {
      readonly kind: 'Malformed'
      readonly metadata: z.infer<typeof Metadata>
      readonly status: ClusterUpgradeStatus
      readonly message: string
    }

const hints: Readonly<Record<string, string>> = {
  spec: 'say there where the cluster should be, such as {version: v1.34.2+k3s1}',
  'spec.version': 'name the version to bring the cluster to, such as v1.34.2+k3s1',
}

/**
 * Reads a ClusterUpgrade as the API gives it. A field of the spec that this Falkirk does not know is not passed over: whoever wrote it expects
 * something of it. `Malformed` has one sentence that names the field and the fix; such an object touches nothing.
 */
export function parseUpgrade(object: unknown): ParsedUpgrade {
  const parsed = ClusterUpgradeObject.safeParse(object)
  if (parsed.success) return { kind: 'Upgrade', upgrade: parsed.data }
  const { metadata, status } = (object ?? {}) as { metadata?: unknown; status?: unknown }
  const known = Metadata.safeParse(metadata)
  const told = ClusterUpgradeStatus.safeParse(status)
  return {
    kind: 'Malformed',
    metadata: known.success ? known.data : { name: '', uid: '', resourceVersion: '', generation: 0 },
    status: told.success ? told.data : {},
    message: unknownField(parsed.error) ?? schemaProblem(object, parsed.error, hints),
  }
}

function unknownField({ issues }: z.ZodError): string | undefined {
  const issue = issues.find((one) => one.code === 'unrecognized_keys')
  const [key] = issue?.keys ?? []
  if (issue === undefined || key === undefined) return undefined
  const at = issue.path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text && '.'}${String(step)}`),
    '',
  )
  if (/[sS]elector$/.test(String(issue.path.at(-1)))) return `${at}.${key} is no field of a selector: write labels below ${at}.matchLabels`
  const nearest = issue.path.length === 1 ? nearestText(key, Object.keys(ClusterUpgradeSpec.shape)) : undefined
  const fix = nearest === undefined ? 'remove it, or use a Falkirk that has it' : `did you mean ${at}.${nearest}?`
  return `${at}.${key} is no field that this Falkirk knows: ${fix}`
}
