import type { StructuralSchema } from '../kubernetes/structural-schema.ts'
import { formatGoDuration, parseGoDuration } from './go-duration.ts'
import type { Plan } from './plan.ts'
import { planSchema } from './plan-crd.ts'

/**
 * Fields that tell "not set" from zero: a Go program writes them even when they are zero, while it leaves out any other optional field
 * that is empty. The list holds for scalars; an object that is set is always written.
 */
const pointers: ReadonlySet<string> = new Set([
  'allowPrivilegeEscalation',
  'defaultMode',
  'deleteEmptydirData',
  'deleteLocalData',
  'gmsaCredentialSpec',
  'gmsaCredentialSpecName',
  'gracePeriod',
  'hostProcess',
  'ignoreDaemonSets',
  'jobActiveDeadlineSecs',
  'localhostProfile',
  'optional',
  'privileged',
  'procMount',
  'readOnlyRootFilesystem',
  'runAsGroup',
  'runAsNonRoot',
  'runAsUser',
  'runAsUserName',
  'timeout',
  'tolerationSeconds',
])

let schema: StructuralSchema | undefined

/**
 * A Plan as the JSON of system-upgrade-controller's own type, which the digest annotation points into: empty optional fields are absent,
 * `postCompleteDelay` is normalised (`90s` is `1m30s`), `status` is always there, `apiVersion` and `kind` never are.
 */
export function typedPlan(plan: Plan): Readonly<Record<string, unknown>> {
  schema ??= planSchema()
  const { spec, status = {} } = plan
  const delay = spec.postCompleteDelay === undefined ? undefined : parseGoDuration(spec.postCompleteDelay)
  const normalised = delay === undefined ? spec : { ...spec, postCompleteDelay: formatGoDuration(delay) }
  return {
    metadata: withoutEmpty(plan.metadata),
    spec: typedValue(normalised, schema.properties?.spec),
    status: typedValue(status, schema.properties?.status),
  }
}

function typedValue(value: unknown, schema: StructuralSchema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => typedValue(item, schema?.items))
  const { properties, required = [] } = schema ?? {}
  if (properties === undefined || typeof value !== 'object' || value === null) return value
  const typed = Object.entries(value)
    .map(([name, field]): [string, unknown] => [name, typedField(name, field, properties[name])])
    .filter(
      ([name, field]) => required.includes(name) || pointers.has(name) || properties[name]?.properties !== undefined || !isEmpty(field),
    )
  return Object.fromEntries('resource' in properties ? [['divisor', '0'], ...typed] : typed)
}

/** A quantity is written as a string, whichever way it was given; one that is not set is written too, as `0`. */
function typedField(name: string, field: unknown, schema: StructuralSchema | undefined): unknown {
  return name === 'divisor' ? String(field) : typedValue(field, schema)
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0
  return value === undefined || value === '' || value === 0 || value === false
}

function withoutEmpty(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)))
}
