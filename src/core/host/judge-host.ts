import type { Finding, HostView } from './finding.ts'
import { certificateFindings } from './findings/certificate-findings.ts'
import { packageFindings } from './findings/package-findings.ts'
import { runtimeFindings } from './findings/runtime-findings.ts'
import { settingFindings } from './findings/setting-findings.ts'
import { systemFindings } from './findings/system-findings.ts'
import { versionFindings } from './findings/version-findings.ts'

const order: readonly Finding['severity'][] = ['Blocks', 'Risk', 'Note']

/** What an upgrade would meet on a host, the worst first. */
export function judgeHost(view: HostView): readonly Finding[] {
  const families = [versionFindings, runtimeFindings, settingFindings, packageFindings, certificateFindings, systemFindings]
  return families.flatMap((family) => family(view)).toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
}
