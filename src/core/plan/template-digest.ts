import type { Job } from 'kubernetes-types/batch/v1.js'
import { type JobFacts, templateAnnotation } from '../kubernetes/job-facts.ts'
import { templateFingerprint } from '../kubernetes/template-fingerprint.ts'
import { appliedObject } from './applied-object.ts'

/** SHA-256, in hex, of a Job's pod template; annotation `falkirk.dev/template` keeps it on Jobs of Falkirk's. */
export function templateDigest(job: Job): string {
  return templateFingerprint(job.spec?.template)
}

/**
 * Whether a Job was made from the template that is wanted now: a pod template cannot be changed, so a Job of another one has to be replaced.
 * Of a Job that a system-upgrade-controller has made only the cut texts are known: an edit beyond 64 bytes of one is not seen there.
 * `Unknown` when the Job tells nothing.
 */
export function sameTemplate(facts: Pick<JobFacts, 'templateDigest'>, desired: Job): 'Same' | 'Different' | 'Unknown' {
  const [kind, digest] = facts.templateDigest?.split(':') ?? []
  switch (kind) {
    case 'full':
      return digest === (desired.metadata?.annotations?.[templateAnnotation] ?? templateDigest(desired)) ? 'Same' : 'Different'
    case 'cut':
      return digest === templateDigest(appliedObject(desired) as Job) ? 'Same' : 'Different'
    default:
      return 'Unknown'
  }
}
