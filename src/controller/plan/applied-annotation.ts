import { gunzipSync, gzipSync } from 'node:zlib'
import type { Job } from 'kubernetes-types/batch/v1.js'
import { appliedAnnotation } from '../../core/kubernetes/job-facts.ts'
import { appliedObject } from '../../core/plan/applied-object.ts'

/** A Job is at most 1.5 MiB on the server; what claims to be more is none. */
const maximumBytes = 2 * 1024 * 1024

/** All annotations of an object together may have 256 KiB. */
const maximumLength = 128 * 1024

/**
 * The Job with annotation `objectset.rio.cattle.io/applied`, which a system-upgrade-controller needs to see that nothing has to be replaced.
 * A Job for which it would be too large comes back as it is.
 */
export function withAppliedAnnotation(job: Job): Job {
  const text = encodeApplied(appliedObject(job))
  if (text.length > maximumLength) return job
  return { ...job, metadata: { ...job.metadata, annotations: { ...job.metadata?.annotations, [appliedAnnotation]: text } } }
}

/** JSON, gzip, base64 without padding. Source: system-upgrade-controller v0.20. */
export function encodeApplied(object: object): string {
  return gzipSync(JSON.stringify(object)).toString('base64').replace(/=+$/, '')
}

/**
 * The object in the text of an `applied` annotation; also of one that is plain JSON, as older controllers wrote it.
 * `undefined` when it is anything else, or larger than a Job can be: the annotation is anybody's to edit.
 */
export function decodeApplied(text: string): unknown {
  try {
    const json = text.startsWith('{') ? text : gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: maximumBytes }).toString('utf8')
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
