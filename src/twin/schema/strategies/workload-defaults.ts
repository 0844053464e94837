import type { DraftObject } from '../../kube-object.ts'
import { changeField, changeItems, type Fields, fieldsOf, fill } from './json-fields.ts'
import { podSpecDefaults } from './pod-spec-defaults.ts'
import { canonicalResources } from './resource-quantities.ts'
import { claimSpecDefaults } from './volume-defaults.ts'

/** The pod template of a workload's spec with what the API server fills in; there is always one. */
function templateDefaults(spec: Fields, minor: number): Fields {
  return givenTemplateDefaults(fill(spec, { template: {} }), minor)
}

function givenTemplateDefaults(spec: Fields, minor: number): Fields {
  return changeField(spec, 'template', (template) =>
    changeField(fill(template, { metadata: {}, spec: {} }), 'spec', (podSpec) => podSpecDefaults(podSpec, minor)),
  )
}

/** Source: Kubernetes API reference, Deployment v1. */
export function deploymentDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(fill(draft, { spec: {} }), 'spec', (spec) => {
    const filled = fill(templateDefaults(spec, minor), {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: {},
    })
    return changeField(filled, 'strategy', rollingDefaults({ maxSurge: '25%', maxUnavailable: '25%' }))
  })
}

/** Source: Kubernetes API reference, ReplicaSet v1. */
export function replicaSetDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(fill(draft, { spec: {} }), 'spec', (spec) => fill(templateDefaults(spec, minor), { replicas: 1 }))
}

/** Source: Kubernetes API reference, DaemonSet v1. */
export function daemonSetDefaults(draft: DraftObject, minor: number): DraftObject {
  // maxSurge is written only where the server knows it.
  const rolling = minor >= 22 ? { maxUnavailable: 1, maxSurge: 0 } : { maxUnavailable: 1 }
  return changeField(fill(draft, { spec: {} }), 'spec', (spec) => {
    const filled = fill(templateDefaults(spec, minor), { revisionHistoryLimit: 10, updateStrategy: {} })
    return changeField(filled, 'updateStrategy', rollingDefaults(rolling))
  })
}

/** Source: Kubernetes API reference, StatefulSet v1. */
export function statefulSetDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(fill(draft, { spec: {} }), 'spec', (spec) => {
    const always = { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', updateStrategy: {} }
    const retention = minor >= 27 ? { persistentVolumeClaimRetentionPolicy: {} } : {}
    let filled = fill(templateDefaults(spec, minor), { ...always, ...retention })
    filled = changeField(filled, 'updateStrategy', rollingDefaults({ partition: 0 }))
    filled = changeField(filled, 'persistentVolumeClaimRetentionPolicy', (policy) =>
      fill(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
    )
    return changeItems(filled, 'volumeClaimTemplates', claimTemplateDefaults)
  })
}

function claimTemplateDefaults(claim: Fields): Fields {
  const filled = fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: {} })
  const pending = changeField(filled, 'status', (status) => fill(status, { phase: 'Pending' }))
  return changeField(pending, 'spec', (spec) => canonicalResources(claimSpecDefaults(spec)))
}

function rollingDefaults(rolling: Fields): (strategy: Fields) => Fields {
  return (strategy) => {
    const typed = fill(strategy, { type: 'RollingUpdate' })
    if (typed.type !== 'RollingUpdate') return typed
    return changeField(fill(typed, { rollingUpdate: {} }), 'rollingUpdate', (fields) => fill(fields, rolling))
  }
}

/** A ReplicationController without labels or selector gets those of its template. Source: Kubernetes API reference, ReplicationController. */
export function replicationControllerDefaults(draft: DraftObject, minor: number): DraftObject {
  const labels = templateLabels(draft)
  const filled = changeField(fill(draft, { spec: {} }), 'spec', (spec) => {
    const templated = fill(givenTemplateDefaults(spec, minor), { replicas: 1 })
    return labels === undefined ? templated : fill(templated, { selector: labels })
  })
  return labelledLikeTemplate(filled)
}

/** Source: Kubernetes API reference, Job v1. */
export function jobDefaults(draft: DraftObject, minor: number): DraftObject {
  return labelledLikeTemplate(changeField(fill(draft, { spec: {} }), 'spec', (spec) => jobSpecDefaults(spec, minor)))
}

/** A Job that limits the failures of each index has no limit of its own. */
const mostInt32 = 2_147_483_647

function jobSpecDefaults(spec: Fields, minor: number): Fields {
  const template = templateDefaults(spec, minor)
  const counted =
    template.completions === undefined && template.parallelism === undefined ? { completions: 1, parallelism: 1 } : { parallelism: 1 }
  const filled = fill(template, { ...counted, backoffLimit: minor >= 29 && template.backoffLimitPerIndex !== undefined ? mostInt32 : 6 })
  const moded = minor >= 22 ? fill(filled, { completionMode: 'NonIndexed', suspend: false }) : filled
  if (minor < 29) return moded
  return fill(moded, { podReplacementPolicy: moded.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed' })
}

/** Source: Kubernetes API reference, CronJob v1. */
export function cronJobDefaults(draft: DraftObject, minor: number): DraftObject {
  return changeField(fill(draft, { spec: {} }), 'spec', (spec) => {
    const always = { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }
    // What is the Job's own is filled in when the Job is created; only its pods are completed here.
    return changeField(fill(spec, always), 'jobTemplate', (template) =>
      changeField(fill(template, { metadata: {} }), 'spec', (job) => templateDefaults(job, minor)),
    )
  })
}

function labelledLikeTemplate(draft: DraftObject): DraftObject {
  const labels = templateLabels(draft)
  if (labels === undefined || Object.keys(fieldsOf(draft.metadata?.labels) ?? {}).length > 0) return draft
  return { ...draft, metadata: { ...draft.metadata, labels: labels as Readonly<Record<string, string>> } }
}

function templateLabels(draft: DraftObject): Fields | undefined {
  const template = fieldsOf(fieldsOf(draft.spec)?.template)
  const labels = fieldsOf(fieldsOf(template?.metadata)?.labels)
  return labels === undefined || Object.keys(labels).length === 0 ? undefined : labels
}
