/** Who asks. Source: Kubernetes API reference, UserInfo. */
export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** As whom the components inside the API server write. Source: Kubernetes, system:apiserver. */
export const apiServerUser: UserInfo = { username: 'system:apiserver', groups: ['system:masters'] }
