import { shellAssignments } from '../recipe/shell-quote.ts'
import { apiFacts } from './scripts/api-facts.ts'
import { certificateDates } from './scripts/certificate-dates.ts'
import { controlPlaneFacts } from './scripts/control-plane-facts.ts'
import { jsonWriter } from './scripts/json-writer.ts'
import { kubernetesFacts } from './scripts/kubernetes-facts.ts'
import { packageFacts } from './scripts/package-facts.ts'
import { systemFacts } from './scripts/system-facts.ts'

/**
 * Reads what is on a host and changes nothing: prints one JSON document below 64 KiB, which `parseHostFacts` reads. Fixed text; needs a POSIX shell and
 * coreutils, no rights (what it may not read, it names).
 *
 * @param root a folder instead of `/`, and `tools` with the programs of it: for tests alone
 */
export function hostFactsScript({ root = '', tools = '' }: { readonly root?: string; readonly tools?: string } = {}): string {
  const parts = [jsonWriter, systemFacts, packageFacts, kubernetesFacts, apiFacts, certificateDates, controlPlaneFacts]
  return [shellAssignments({ root, tools }), ...parts].join('')
}
