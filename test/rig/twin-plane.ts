import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/cluster/clock.ts'
import { type ServedTwin, serveTwin } from '../../src/twin/api/serve/serve-twin.ts'
import { ObjectStore } from '../../src/twin/store/object-store.ts'
import { seededRandom } from '../../src/twin/time/seeded-random.ts'
import { createTwin, type Twin } from '../../src/twin/twin.ts'
import { createAuthority, issueServer } from '../loopback/certificates.ts'
import { countRequests } from './audit-log.ts'
import { AuditedRequests } from './audited-requests.ts'
import type { ControlPlane, ControlPlaneOptions } from './control-plane.ts'
import { serviceAccountKubeconfig } from './control-plane.ts'
import { type UserFiles, writeUsers } from './control-plane-users.ts'
import { freePorts } from './free-port.ts'
import { kubectlWith } from './kubectl.ts'
import { kubectlRelease } from './kubectl-releases.ts'
import { kubeletLogs } from './kubelet-logs.ts'
import { plainApi } from './plain-api.ts'

/**
 * A control plane that is none: a twin over HTTPS in this process, used by the same tests as a real one. It has neither etcd nor processes:
 * a killed API server is one whose connections are reset and that no longer listens, and `gates` mean nothing.
 */
export async function startTwinPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { version = 'v1.20.2+k3s1', users: extra = [], auditedUsers = ['sut'] } = options
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-twin-plane-'))
  mkdirSync(join(folder, 'log'))
  const authority = await createAuthority()
  const [port = 0] = await freePorts(1)
  const users = writeUsers(folder, { server: `https://127.0.0.1:${port}`, ca: authority.cert }, extra)
  const tokens = tokensOf(users)
  const defects: string[] = []
  const store = new ObjectStore()
  const logs = kubeletLogs(store)
  const twin = await createTwin({
    clock: systemClock,
    random: seededRandom(port),
    version,
    store,
    // one range for each of hundreds of nodes
    clusterCidr: '10.0.0.0/8',
    api: { logs },
    access: { tokens, rootCertificate: authority.cert },
    onDefect: (where, error) => defects.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`),
  })
  await twin.start()
  const audited = new AuditedRequests(auditedUsers, (token) => tokens.find((one) => one.token === token)?.user.username ?? '')
  const keys = await issueServer(authority)
  const serve = () => serveTwin({ server: { handle: audited.around((request) => twin.api.server.handle(request)) }, port, ...keys })
  return await planeOf({ version, folder, users, audited, twin, logs, serve, defects, served: await serve() })
}

interface TwinParts {
  readonly version: string
  readonly folder: string
  readonly users: UserFiles
  readonly audited: AuditedRequests
  readonly twin: Twin
  readonly logs: { close(): Promise<void> }
  readonly serve: () => Promise<ServedTwin>
  readonly served: ServedTwin
  readonly defects: readonly string[]
}

async function planeOf({ version, folder, users, audited, twin, logs, serve, defects, ...begun }: TwinParts): Promise<ControlPlane> {
  let { served } = begun
  const kubeconfig = users.kubeconfigOf('admin')
  const credentials = users.credentialsOf('admin')
  const api = plainApi(credentials)
  return {
    version,
    server: credentials.server,
    folder,
    kubeconfig,
    api,
    kubectl: kubectlWith([await kubectlRelease('1.20')], kubeconfig),
    kubeconfigFor: users.kubeconfigOf,
    kubeconfigForServiceAccount: (namespace, name) => serviceAccountKubeconfig(api, users, namespace, name),
    requests: (user) => audited.of(user),
    requestsOf: (user) => countRequests(audited.of(user)),
    killApiServer: () => served.close(),
    async startApiServer() {
      served = await serve()
    },
    async down() {
      await api.close()
      await served.close()
      await logs.close()
      twin.close()
      if (defects.length > 0) writeFileSync(join(folder, 'log/twin.log'), defects.join('\n'))
      rmSync(folder, { recursive: true, force: true })
      if (defects.length > 0) throw new Error(`the twin had defects:\n${[...new Set(defects)].slice(0, 5).join('\n')}`)
    },
  }
}

/** The users of a token file, as the twin knows them. */
function tokensOf({ tokenFile }: UserFiles) {
  const lines = readFileSync(tokenFile, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [token = '', username = '', uid = '', groups = ''] = line.split(/,(?![^"]*"$)/)
    const named = groups
      .replaceAll('"', '')
      .split(',')
      .filter((group) => group !== '')
    return { token, user: { username, uid, groups: [...named, 'system:authenticated'] } }
  })
}
