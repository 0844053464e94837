import type { TLSSocket } from 'node:tls'
import type { UserInfo } from '../user-info.ts'

/** Who a connection belongs to by its certificate. */
export type CertificateUser =
  | { readonly kind: 'None' }
  /** Signed by nobody who is trusted, or over. */
  | { readonly kind: 'Refused' }
  | { readonly kind: 'User'; readonly user: UserInfo }

/** The user is the common name, the groups are the organizations. Source: Kubernetes, Authenticating, X509 client certificates. */
export function certificateUser(socket: TLSSocket): CertificateUser {
  const certificate = socket.getPeerCertificate()
  // Without one there is an object without anything.
  if (certificate?.subject === undefined) return { kind: 'None' }
  const [username] = listOf(certificate.subject.CN)
  if (!socket.authorized || !username) return { kind: 'Refused' }
  return { kind: 'User', user: { username, groups: [...listOf(certificate.subject.O), 'system:authenticated'] } }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}
