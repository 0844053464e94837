import type { PlanAction } from '../../core/plan/plan-decision.ts'

/** What a log line says of an action: no object, no secret. */
export function actionFields(action: PlanAction): object {
  switch (action.kind) {
    case 'PatchNode':
      return { action: action.kind, node: action.node, unschedulable: action.patch.unschedulable, labels: action.patch.labels }
    case 'CreateJob':
      return { action: action.kind, node: action.node, job: action.job.metadata?.name }
    case 'StartJob':
    case 'SetDeadline':
    case 'DeleteJob':
      return { action: action.kind, job: action.name }
    case 'ReadFailure':
      return { action: action.kind, job: action.jobName }
    case 'EvictPod':
    case 'DeletePod':
      return { action: action.kind, node: action.node, pod: `${action.pod.namespace}/${action.pod.name}` }
  }
}
