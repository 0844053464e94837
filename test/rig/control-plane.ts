import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditedRequest, auditPolicy, countRequests, readAuditLog } from './audit-log.ts'
import { type ControlPlaneBinaries, controlPlaneBinaries } from './control-plane-binaries.ts'
import {
  apiServerCommand,
  auditLogFile,
  auditPolicyFile,
  type ControlPlaneLayout,
  type ControlPlanePorts,
  controllerManagerCommand,
  etcdCommand,
  featureGates,
  schedulerCommand,
} from './control-plane-commands.ts'
import { makeKeys } from './control-plane-keys.ts'
import { type ControlPlaneUser, type UserFiles, writeUsers } from './control-plane-users.ts'
import { freePorts } from './free-port.ts'
import { type Kubectl, kubectlWith } from './kubectl.ts'
import { logTail, type OwnedProcess, startProcess } from './owned-process.ts'
import { type PlainApi, plainApi } from './plain-api.ts'

export interface ControlPlaneOptions {
  /** One of the versions that the rig has built, e.g. `v1.20.2+k3s1`. */
  readonly version?: string
  /** Users beside the standard ones; they have a token and no rights until RBAC grants them some. */
  readonly users?: readonly ControlPlaneUser[]
  /** Users whose requests are recorded; `sut` unless told. Service accounts by their full name, `system:serviceaccount:NS:NAME`. */
  readonly auditedUsers?: readonly string[]
  readonly gates?: Readonly<Record<string, boolean>>
  /** Ten hours unless told: simulated kubelets need not send heartbeats. */
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
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-control-plane-'))
  mkdirSync(join(folder, 'log'))
  const processes = new Map<string, OwnedProcess>()
  try {
    return await assemble(folder, binaries, options, processes)
  } catch (error) {
    await Promise.all([...processes.values()].map((owned) => owned.stop('SIGKILL')))
    throw new Error(`the control plane did not start; its logs are in ${folder}/log`, { cause: error })
  }
}

async function assemble(
  folder: string,
  binaries: ControlPlaneBinaries,
  options: ControlPlaneOptions,
  processes: Map<string, OwnedProcess>,
): Promise<ControlPlane> {
  const ports = await choosePorts()
  const keys = await makeKeys(folder)
  const server = `https://127.0.0.1:${ports.apiServer}`
  const users = writeUsers(folder, { server, ca: keys.ca }, options.users ?? [])
  writeFileSync(auditPolicyFile(folder), auditPolicy(options.auditedUsers ?? ['sut']))
  const layout: ControlPlaneLayout = {
    folder,
    binaries,
    ports,
    keys,
    tokenFile: users.tokenFile,
    featureGates: featureGates(binaries.version, options.gates ?? {}),
    nodeGraceSeconds: options.nodeGraceSeconds ?? 36_000,
  }
  const start = (name: string, command: readonly [string, ...string[]]) => {
    processes.set(name, startProcess({ name, command, logFile: join(folder, 'log', `${name}.log`) }))
  }
  const startApiServer = async () => {
    start('kube-apiserver', apiServerCommand(layout))
    await untilReady(users, processes)
  }
  start('etcd', etcdCommand(layout))
  await startApiServer()
  start('kube-controller-manager', controllerManagerCommand(layout, users.kubeconfigOf('system:kube-controller-manager')))
  start('kube-scheduler', schedulerCommand(layout, users.kubeconfigOf('system:kube-scheduler')))
  const api = plainApi(users.credentialsOf('admin'))
  await untilDefaultAccount(api, processes)
  const kubeconfig = users.kubeconfigOf('admin')
  const requests = (user: string) => readAuditLog(auditLogFile(folder)).filter((request) => request.user === user)
  return {
    version: binaries.version,
    server,
    folder,
    kubeconfig,
    api,
    kubectl: kubectlWith(binaries.kubectl, kubeconfig),
    kubeconfigFor: users.kubeconfigOf,
    kubeconfigForServiceAccount: (namespace, name) => serviceAccountKubeconfig(api, users, namespace, name),
    requests,
    requestsOf: (user) => countRequests(requests(user)),
    startApiServer,
    async killApiServer() {
      await processes.get('kube-apiserver')?.stop('SIGKILL')
    },
    async down({ keepLogs = false } = {}) {
      await api.close()
      await Promise.all([...processes.values()].map((owned) => owned.stop('SIGKILL')))
      if (keepLogs) process.stderr.write(`logs of the control plane: ${folder}/log\n`)
      else rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function choosePorts(): Promise<ControlPlanePorts> {
  const [apiServer = 0, etcdClient = 0, etcdPeer = 0, controllerManager = 0, scheduler = 0] = await freePorts(5)
  return { apiServer, etcdClient, etcdPeer, controllerManager, scheduler }
}

async function untilReady(users: UserFiles, processes: ReadonlyMap<string, OwnedProcess>): Promise<void> {
  // a client of its own: the shared one may hold connections to a server that has been killed
  const api = plainApi(users.credentialsOf('admin'), { connections: 1 })
  try {
    await eventually('the API server answers on /readyz', processes, () => api.text('/readyz'))
  } finally {
    await api.close()
  }
}

// pods are refused before their namespace has its service account; the controller manager makes it
function untilDefaultAccount(api: PlainApi, processes: ReadonlyMap<string, OwnedProcess>): Promise<void> {
  return eventually('the controller manager has made service accounts', processes, () =>
    api.get('/api/v1/namespaces/default/serviceaccounts/default'),
  )
}

async function eventually(what: string, processes: ReadonlyMap<string, OwnedProcess>, probe: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 90_000
  for (;;) {
    const failure = await probe().then(
      () => undefined,
      (error: Error) => error,
    )
    if (failure === undefined) return
    const dead = [...processes.values()].find((owned) => !owned.running)
    if (dead !== undefined) throw new Error(`${dead.name} ended by itself:\n${logTail(dead.logFile)}`)
    if (Date.now() > deadline) throw new Error(`not within 90 s: ${what}: ${failure.message}`)
    await sleep(100)
  }
}

async function serviceAccountKubeconfig(api: PlainApi, users: UserFiles, namespace: string, name: string): Promise<string> {
  const answer = await api.post<{ status: { token: string } }>(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 24 * 3600 },
  })
  return users.addToken(`system:serviceaccount:${namespace}:${name}`, answer.status.token)
}
