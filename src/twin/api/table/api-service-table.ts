import { sinceText } from './human-duration.ts'
import { ageColumn, nameColumn, printer, shown } from './table-column.ts'

interface ApiService {
  readonly metadata?: { readonly name?: string; readonly creationTimestamp?: string }
  readonly spec?: { readonly service?: { readonly namespace?: string; readonly name?: string } }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[] }
}

/** Source: Kubernetes, kube-aggregator's table of APIServices. */
export const apiServiceTable = printer<ApiService>(
  [nameColumn, shown('Service'), shown('Available'), ageColumn],
  ({ metadata, spec, status }, { nowMs }) => {
    const available = status?.conditions?.find(({ type }) => type === 'Available')
    const verdict = available === undefined ? 'Unknown' : available.status
    return [
      metadata?.name ?? '',
      spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local',
      available !== undefined && available.status !== 'True' ? `${verdict} (${available.reason ?? ''})` : verdict,
      sinceText(metadata?.creationTimestamp, nowMs),
    ]
  },
)
