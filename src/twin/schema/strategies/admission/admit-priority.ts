import type { Pod } from 'kubernetes-types/core/v1'
import type { PriorityClass } from 'kubernetes-types/scheduling/v1'
import { as, type DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, type ObjectReader, refused } from './admission-verdict.ts'

/** Since then a pod is told whether it preempts. */
const policySince = 19

/** A new pod with the priority of its class, or of the class that is the default. Source: Kubernetes, Pod Priority and Preemption. */
export function admitPriority(draft: DraftObject, reader: ObjectReader, minor: number): AdmissionVerdict {
  const spec = as<Pod>(draft).spec
  if (spec === undefined) return admitted(draft)
  const asked = spec.priorityClassName
  const chosen = asked ? reader.get('priorityclasses.scheduling.k8s.io', undefined, asked) : defaultClass(reader)
  if (asked && chosen === undefined) return refused(`no PriorityClass with name ${asked} was found`)
  const { value = 0, preemptionPolicy = 'PreemptLowerPriority' } = chosen === undefined ? {} : as<Partial<PriorityClass>>(chosen)
  if (spec.priority !== undefined && spec.priority !== value) return refused(wrongPriority(spec.priority, value))
  if (minor >= policySince && spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    return refused(wrongPolicy(spec.preemptionPolicy, preemptionPolicy))
  }
  const named = chosen === undefined ? {} : { priorityClassName: chosen.metadata.name }
  return admitted({ ...draft, spec: { ...spec, ...named, priority: value, ...(minor >= policySince ? { preemptionPolicy } : {}) } })
}

/** Of several, that with the lowest value. */
function defaultClass(reader: ObjectReader) {
  return reader
    .list('priorityclasses.scheduling.k8s.io')
    .filter(({ globalDefault }) => globalDefault === true)
    .sort((a, b) => as<PriorityClass>(a).value - as<PriorityClass>(b).value)[0]
}

function wrongPriority(given: number, computed: number): string {
  const rule = `priority admission controller computed ${computed} from the given PriorityClass name`
  return `the integer value of priority (${given}) must not be provided in pod spec; ${rule}`
}

function wrongPolicy(given: string, computed: string): string {
  const rule = `priority admission controller computed ${computed} from the given PriorityClass name`
  return `the string value of PreemptionPolicy (${given}) must not be provided in pod spec; ${rule}`
}
