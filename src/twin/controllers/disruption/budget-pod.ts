import type { Pod } from 'kubernetes-types/core/v1'
import type { BudgetPod } from '../../../core/drain/budget-status.ts'
import { epochMs } from '../../../core/kubernetes/epoch-ms.ts'
import { isPodReady } from '../../../core/kubernetes/pod-state.ts'
import { as, type KubeObject } from '../../kube-object.ts'
import { memoOfObject } from '../../object-memo.ts'

/** What a budget sees of a stored pod. */
export const budgetPod: (object: KubeObject) => BudgetPod = memoOfObject(seenPod)

function seenPod(object: KubeObject): BudgetPod {
  const { name, namespace = '', labels = {}, deletionTimestamp, ownerReferences } = object.metadata
  const deletionAtMs = epochMs(deletionTimestamp)
  const controller = ownerReferences?.find((reference) => reference.controller === true)
  return {
    name,
    namespace,
    labels,
    ready: isPodReady(as<Pod>(object).status),
    ...(deletionAtMs === undefined ? {} : { deletionAtMs }),
    ...(controller === undefined ? {} : { controller }),
  }
}
