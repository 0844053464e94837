import type { Pod } from 'kubernetes-types/core/v1'
import type { RuntimeClass } from 'kubernetes-types/node/v1'
import { sameJson } from '../../../api/same-json.ts'
import { as, type DraftObject } from '../../../kube-object.ts'
import { type AdmissionVerdict, admitted, type ObjectReader, refused } from './admission-verdict.ts'

/** A new pod with what its runtime class costs and where it runs. Source: Kubernetes, Runtime Class and Pod Overhead. */
export function admitRuntimeClass(draft: DraftObject, reader: ObjectReader): AdmissionVerdict {
  const spec = as<Pod>(draft).spec
  const name = spec?.runtimeClassName
  if (spec === undefined || !name) {
    return spec?.overhead === undefined
      ? admitted(draft)
      : refused('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  }
  const found = reader.get('runtimeclasses.node.k8s.io', undefined, name)
  if (found === undefined) return refused(`pod rejected: RuntimeClass "${name}" not found`)
  const { overhead, scheduling } = as<RuntimeClass>(found)
  if (spec.overhead !== undefined && !sameJson(spec.overhead, overhead?.podFixed)) {
    return refused("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  }
  const selector = scheduling?.nodeSelector ?? {}
  const other = Object.keys(selector).find((key) => spec.nodeSelector?.[key] !== undefined && spec.nodeSelector[key] !== selector[key])
  if (other !== undefined) {
    return refused(
      `conflict: runtimeClass.scheduling.nodeSelector[${other}] = ${selector[other]}; pod.spec.nodeSelector[${other}] = ${spec.nodeSelector?.[other]}`,
    )
  }
  const tolerations = [...(spec.tolerations ?? []), ...(scheduling?.tolerations ?? [])]
  return admitted({
    ...draft,
    spec: {
      ...spec,
      ...(overhead?.podFixed === undefined ? {} : { overhead: overhead.podFixed }),
      ...(Object.keys(selector).length === 0 ? {} : { nodeSelector: { ...spec.nodeSelector, ...selector } }),
      ...(tolerations.length === 0 ? {} : { tolerations }),
    },
  })
}
