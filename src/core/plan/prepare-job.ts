import type { Job } from 'kubernetes-types/batch/v1.js'
import { stageLabel } from './node-work.ts'

/**
 * The part of an upgrade's Job that disturbs nothing: its `prepare` container alone. It runs first when the controller drains the node
 * itself, so that a node which waits in `prepare` (an agent for its servers) is still in service.
 */
export function prepareJob(job: Job): Job {
  const template = job.spec?.template
  const prepare = template?.spec?.initContainers?.find((c) => c.name === 'prepare')
  if (job.spec === undefined || template?.spec === undefined || prepare === undefined) return job
  const { initContainers: _, ...pod } = template.spec
  const labels = { [stageLabel]: 'prepare' }
  return {
    ...job,
    metadata: {
      ...job.metadata,
      name: `${(job.metadata?.name ?? '').slice(0, 61)}-p`,
      labels: { ...job.metadata?.labels, ...labels },
    },
    spec: {
      ...job.spec,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
        spec: { ...pod, containers: [prepare] },
      },
    },
  }
}
