import { rmSync, writeFileSync } from 'node:fs'
import { step } from '../../scripts/progress.mjs'
import { type AuditedRequest, auditPolicy, countRequests, readAuditLog } from './audit-log.ts'
import { type ControlPlaneBinaries, controlPlaneBinaries } from './control-plane-binaries.ts'
import { auditLogFile, auditPolicyFile, type ControlPlaneLayout, featureGates } from './control-plane-commands.ts'
import { keepFolder, newControlPlaneFolder } from './control-plane-folder.ts'
import { makeKeys } from './control-plane-keys.ts'
import { ControlPlaneProcesses } from './control-plane-processes.ts'
import { type ControlPlaneUser, type UserFiles, writeUsers } from './control-plane-users.ts'
import { freePorts } from './free-port.ts'
import { type Kubectl, kubectlWith } from './kubectl.ts'
import { type PlainApi, plainApi } from './plain-api.ts'

export interface ControlPlaneOptions {
  /** One of the versions that the rig has built, e.g. `v1.20.2+k3s1`. */
  readonly version?: string
  /** Users beside the standard ones; they have a token and no rights until RBAC grants them some. */
  readonly users?: readonly ControlPlaneUser[]
  /** Users whose requests are recorded; `sut` unless told. Service accounts by their full name, `system:serviceaccount:NS:NAME`. */
  readonly auditedUsers?: readonly string[]
  readonly gates?: Readonly<Record<string, boolean>>
  /** Without a heartbeat for so long a node is NotReady; ten hours unless told, because simulated kubelets send none by default. */
  readonly nodeGraceSeconds?: number
}

/** A real etcd, kube-apiserver, kube-controller-manager and kube-scheduler on loopback. */
export interface ControlPlane {
  readonly version: string
  readonly server: string
  /** Folder of logs, keys and data; it goes with `down()`. */
  readonly folder: string
  /** Path of the kubeconfig of `admin`. */
  readonly kubeconfig: string
  kubeconfigFor(user: string): string
  /** A kubeconfig with a real token of a service account, which must exist. */
  kubeconfigForServiceAccount(namespace: string, name: string): Promise<string>
  readonly kubectl: Kubectl
  /** The tests' own client, as `admin`. */
  readonly api: PlainApi
  /** What an audited user has asked for since the start, oldest first. */
  requests(user: string): AuditedRequest[]
  /** The same, counted: `{'patch nodes': 100}`. */
  requestsOf(user: string): Record<string, number>
  /** SIGKILL: clients see their connections reset, then refused. */
  killApiServer(): Promise<void>
  /** Starts it again on the same port with the same data; resolves when it is ready. */
  startApiServer(): Promise<void>
  /** Ends all processes and removes the folder; with `keepLogs` the folder stays and its path is printed. */
  down(options?: { keepLogs?: boolean }): Promise<void>
}

/** Starts one; several can run at a time. It takes some seconds; what has been started is ended when a later part fails. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await controlPlaneBinaries(options.version)
  const folder = newControlPlaneFolder()
  const { layout, users } = await layOut(folder, binaries, options)
  const processes = new ControlPlaneProcesses(layout, users)
  try {
    await step(`starting a control plane ${binaries.version}`, () => processes.startAll())
  } catch (error) {
    await processes.stop()
    throw new Error(`the control plane did not start; its logs are in ${keepFolder(folder)}`, { cause: error })
  }
  return controlPlane(layout, users, processes)
}

async function layOut(
  folder: string,
  binaries: ControlPlaneBinaries,
  options: ControlPlaneOptions,
): Promise<{ layout: ControlPlaneLayout; users: UserFiles }> {
  const [apiServer = 0, etcdClient = 0, etcdPeer = 0, controllerManager = 0, scheduler = 0] = await freePorts(5)
  const keys = await makeKeys(folder)
  const users = writeUsers(folder, { server: `https://127.0.0.1:${apiServer}`, ca: keys.ca }, options.users ?? [])
  writeFileSync(auditPolicyFile(folder), auditPolicy(options.auditedUsers ?? ['sut']))
  const layout = {
    folder,
    binaries,
    ports: { apiServer, etcdClient, etcdPeer, controllerManager, scheduler },
    keys,
    tokenFile: users.tokenFile,
    featureGates: featureGates(binaries.version, options.gates ?? {}),
    nodeGraceSeconds: options.nodeGraceSeconds ?? 36_000,
  }
  return { layout, users }
}

function controlPlane({ folder, binaries }: ControlPlaneLayout, users: UserFiles, processes: ControlPlaneProcesses): ControlPlane {
  const credentials = users.credentialsOf('admin')
  const api = plainApi(credentials)
  const kubeconfig = users.kubeconfigOf('admin')
  const requests = (user: string) => readAuditLog(auditLogFile(folder)).filter((request) => request.user === user)
  return {
    version: binaries.version,
    server: credentials.server,
    folder,
    kubeconfig,
    api,
    kubectl: kubectlWith(binaries.kubectl, kubeconfig),
    kubeconfigFor: users.kubeconfigOf,
    kubeconfigForServiceAccount: (namespace, name) => serviceAccountKubeconfig(api, users, namespace, name),
    requests,
    requestsOf: (user) => countRequests(requests(user)),
    startApiServer: () => processes.startApiServer(),
    killApiServer: () => processes.killApiServer(),
    async down({ keepLogs = false } = {}) {
      await api.close()
      await processes.stop()
      if (keepLogs) process.stderr.write(`logs of the control plane: ${keepFolder(folder)}\n`)
      else rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Writes a kubeconfig with a token that the API server gives for a service account. */
export async function serviceAccountKubeconfig(api: PlainApi, users: UserFiles, namespace: string, name: string): Promise<string> {
  const answer = await api.post<{ status: { token: string } }>(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 24 * 3600 },
  })
  return users.addToken(`system:serviceaccount:${namespace}:${name}`, answer.status.token)
}
