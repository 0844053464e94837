import type { ApiClient } from '../../cluster/api-client.ts'
import { listApiNodes } from '../../cluster/list-api-nodes.ts'
import { apiMembers } from '../../core/api-path/api-members.ts'
import { kubeconfigProblem } from '../../core/api-path/kubeconfig-way.ts'

/** Says so where a command reaches the cluster by one control plane alone, which is to be worked on as well. `onlyServer`: the address that it can ask nothing but; undefined where it can. */
export async function warnOfOneMember(
  client: Pick<ApiClient, 'transport'>,
  onlyServer: string | undefined,
  warn: (message: string) => void,
): Promise<void> {
  if (onlyServer === undefined) return
  const problem = kubeconfigProblem(onlyServer, apiMembers(await listApiNodes(client), new Map()))
  if (problem !== undefined) warn(problem)
}
