import type { CertificateSigningRequest } from 'kubernetes-types/certificates/v1'
import type { RoleBinding } from 'kubernetes-types/rbac/v1'
import { as, type KubeObject } from '../../kube-object.ts'
import { humanDuration, sinceText } from './human-duration.ts'
import { ageColumn, type Cell, nameColumn, type PrintContext, printer, shown, type TablePrinter, wide } from './table-column.ts'

/** Source: Kubernetes, pkg/printers printRoleBinding and printClusterRoleBinding. */
export const roleBindingTable = printer<RoleBinding>(
  [nameColumn, shown('Role'), ageColumn, wide('Users'), wide('Groups'), wide('ServiceAccounts')],
  ({ metadata, roleRef, subjects }, { nowMs }) => {
    const all = subjects ?? []
    const named = (kind: string) => all.filter((subject) => subject.kind === kind).map(({ name }) => name)
    const accounts = all.filter(({ kind }) => kind === 'ServiceAccount').map(({ namespace, name }) => `${namespace ?? ''}/${name}`)
    return [
      metadata?.name ?? '',
      `${roleRef.kind}/${roleRef.name}`,
      sinceText(metadata?.creationTimestamp, nowMs),
      named('User').join(', '),
      named('Group').join(', '),
      accounts.join(', '),
    ]
  },
)

/** Since 1.22 it is told for how long a certificate is asked for. */
const durationSince = 22

/** Source: Kubernetes, pkg/printers printCertificateSigningRequest. */
export const signingRequestTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    ageColumn,
    shown('SignerName'),
    shown('Requestor'),
    ...(minor >= durationSince ? [shown('RequestedDuration')] : []),
    shown('Condition'),
  ],
  cells: signingRequestCells,
}

function signingRequestCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const request = as<CertificateSigningRequest>(object)
  const { signerName, username, expirationSeconds } = request.spec
  const duration = expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000)
  return [
    object.metadata.name,
    sinceText(object.metadata.creationTimestamp, nowMs),
    signerName || '<none>',
    username ?? '',
    ...(minor >= durationSince ? [duration] : []),
    requestCondition(request),
  ]
}

function requestCondition({ status }: CertificateSigningRequest): string {
  const has = (wanted: string) => status?.conditions?.some(({ type }) => type === wanted) ?? false
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${verdict}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`
}
