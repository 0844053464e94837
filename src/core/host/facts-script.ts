import { shellAssignments } from '../recipe/shell-quote.ts'
import { apiFacts } from './scripts/api-facts.ts'
import { certificateDates } from './scripts/certificate-dates.ts'
import { controlPlaneFacts } from './scripts/control-plane-facts.ts'
import { diskFacts } from './scripts/disk-facts.ts'
import { diskIdentity } from './scripts/disk-identity.ts'
import { jsonWriter } from './scripts/json-writer.ts'
import { kubernetesFacts } from './scripts/kubernetes-facts.ts'
import { packageFacts } from './scripts/package-facts.ts'
import { systemFacts } from './scripts/system-facts.ts'

/**
 * Reads what is on a host and changes nothing: prints one JSON document below 64 KiB, which `parseHostFacts` reads. Fixed text; needs a POSIX shell and
 * coreutils, no rights (what it may not read, it names).
 *
 * @param disk path of a block device that is told of, too: one that may be reformatted
 * @param root a folder instead of `/`, and `tools` with the programs of it: for tests alone
 */
export function hostFactsScript({ disk = '', root = '', tools = '' }: HostFactsOptions = {}): string {
  const parts = [
    jsonWriter,
    systemFacts,
    packageFacts,
    kubernetesFacts,
    apiFacts,
    certificateDates,
    diskIdentity,
    diskFacts,
    controlPlaneFacts,
  ]
  return [shellAssignments({ disk, root, tools }), ...parts].join('')
}

/** What has to be asked for where a disk may be reformatted. */
export function namedDisk(runtime: { readonly reformatDisk?: string } | undefined): Pick<HostFactsOptions, 'disk'> {
  return runtime?.reformatDisk === undefined ? {} : { disk: runtime.reformatDisk }
}

export interface HostFactsOptions {
  readonly disk?: string
  readonly root?: string
  readonly tools?: string
}
