import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kubeconfigText, type PlainKubeconfig } from './plain-kubeconfig.ts'

/** A user of the API server; without `system:masters` it may do only what RBAC grants it. */
export interface ControlPlaneUser {
  readonly name: string
  readonly groups?: readonly string[]
}

/**
 * Users that each control plane has, all with every right: `admin` for tests, `sut` for the program under test (audited),
 * `observer` and `simulated-kubelets` for those parts of the rig, and the two Kubernetes components.
 */
const standardUsers: readonly ControlPlaneUser[] = [
  'admin',
  'sut',
  'observer',
  'simulated-kubelets',
  'system:kube-controller-manager',
  'system:kube-scheduler',
].map((name) => ({ name, groups: ['system:masters'] }))

/** Tokens of a set of users, and a kubeconfig file for each. */
export interface UserFiles {
  readonly tokenFile: string
  kubeconfigOf(user: string): string
  credentialsOf(user: string): PlainKubeconfig
  /** Writes a kubeconfig for a token that the API server itself has issued. */
  addToken(user: string, token: string): string
}

/** Writes a token file and the kubeconfigs. A user in `extra` replaces the standard user of its name. */
export function writeUsers(folder: string, at: { server: string; ca: string }, extra: readonly ControlPlaneUser[]): UserFiles {
  const users = new Map([...standardUsers, ...extra].map((user) => [user.name, user]))
  const tokens = new Map<string, string>()
  const lines: string[] = []
  for (const { name, groups = [] } of users.values()) {
    const token = randomBytes(16).toString('hex')
    tokens.set(name, token)
    lines.push(`${token},${name},${name},"${groups.join(',')}"`)
  }
  const tokenFile = join(folder, 'tokens.csv')
  writeFileSync(tokenFile, `${lines.join('\n')}\n`, { mode: 0o600 })
  const credentialsOf = (user: string): PlainKubeconfig => {
    const token = tokens.get(user)
    if (token === undefined) throw new Error(`the control plane was started without a user ${user}`)
    return { server: at.server, ca: at.ca, token }
  }
  const kubeconfigOf = (user: string) => {
    const path = join(folder, `${user.replaceAll(':', '_')}.kubeconfig`)
    writeFileSync(path, kubeconfigText(credentialsOf(user), user), { mode: 0o600 })
    return path
  }
  return {
    tokenFile,
    credentialsOf,
    kubeconfigOf,
    addToken(user, token) {
      tokens.set(user, token)
      return kubeconfigOf(user)
    },
  }
}
