import type { ApiClient } from '../../cluster/api-client.ts'
import { listApiNodes } from '../../cluster/list-api-nodes.ts'
import { apiMembers } from '../../core/api-path/api-members.ts'
import { kubeconfigProblem } from '../../core/api-path/kubeconfig-way.ts'

/** Says so where a command reaches the cluster by one control plane alone, which is to be worked on as well. `server`: that of its kubeconfig. */
export async function warnOfOneMember(
  client: Pick<ApiClient, 'transport'>,
  server: string,
  warn: (message: string) => void,
): Promise<void> {
  const problem = kubeconfigProblem(server, apiMembers(await listApiNodes(client), new Map()))
  if (problem !== undefined) warn(problem)
}
