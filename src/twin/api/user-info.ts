/** Who asks. Source: Kubernetes API reference, UserInfo. */
export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** As whom the components inside the API server write. Source: Kubernetes, system:apiserver. */
export const apiServerUser: UserInfo = { username: 'system:apiserver', groups: ['system:masters'] }

const kubeletPrefix = 'system:node:'

/** The node whose kubelet a user is; `undefined` for everybody else. Source: Kubernetes, Using Node Authorization. */
export function nodeOfUser({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(kubeletPrefix) && groups.includes('system:nodes') ? username.slice(kubeletPrefix.length) : undefined
}
