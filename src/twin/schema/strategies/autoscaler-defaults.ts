import type { DraftObject } from '../../kube-object.ts'
import { changeField, type Fields, fill } from './json-fields.ts'

const cpuAt80Percent = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }
const upPolicies = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
]
const downPolicies = [{ type: 'Percent', value: 100, periodSeconds: 15 }]

/** Source: Kubernetes API reference, HorizontalPodAutoscaler v2. */
export function autoscalerDefaults(draft: DraftObject): DraftObject {
  return changeField(draft, 'spec', (spec) => {
    const filled = fill(spec, { minReplicas: 1 })
    const metrics = Array.isArray(filled.metrics) && filled.metrics.length > 0 ? filled : { ...filled, metrics: [cpuAt80Percent] }
    return changeField(metrics, 'behavior', behaviorDefaults)
  })
}

function behaviorDefaults(behavior: Fields): Fields {
  const both = fill(behavior, { scaleUp: {}, scaleDown: {} })
  const up = changeField(both, 'scaleUp', (rules) =>
    fill(rules, { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: upPolicies }),
  )
  return changeField(up, 'scaleDown', (rules) => fill(rules, { selectPolicy: 'Max', policies: downPolicies }))
}
