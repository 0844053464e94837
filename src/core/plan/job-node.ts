import type { JobFacts } from '../kubernetes/job-facts.ts'
import { nodeAnnotation } from './job-metadata.ts'

/** Name of the node that a Job is for; a name too long for a label stands in an annotation. */
export function nodeOf(job: JobFacts): string {
  return job.annotations[nodeAnnotation] ?? job.labels['upgrade.cattle.io/node'] ?? ''
}
