import { type ApiMember, memberServer, readPlace } from './api-way.ts'

/** What follows where the kubeconfig of whoever works on a cluster leads to one of several control planes, and has no authority to prove the others by; one sentence, undefined where it does not. */
export function kubeconfigProblem(server: string, members: readonly ApiMember[]): string | undefined {
  const place = readPlace(server)
  const member = members.find(({ address, port }) => address.toLowerCase() === place?.host && port === place.port)
  if (member === undefined || members.length < 2) return undefined
  const { name } = member
  return `the kubeconfig leads to the API server of ${name} alone (${memberServer(member)}), and no other can be proven, as it has no certificate authority: while ${name} is worked on nothing is heard of the cluster; add certificate-authority-data, or name the address that all control planes are behind`
}
