import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  apiServerCommand,
  type ControlPlaneLayout,
  controllerManagerCommand,
  etcdCommand,
  schedulerCommand,
} from './control-plane-commands.ts'
import type { UserFiles } from './control-plane-users.ts'
import { logTail, type OwnedProcess, startProcess } from './owned-process.ts'
import { type PlainApi, plainApi } from './plain-api.ts'

/** The four processes of one control plane. */
export class ControlPlaneProcesses {
  private readonly layout: ControlPlaneLayout
  private readonly users: UserFiles
  private readonly processes = new Map<string, OwnedProcess>()

  constructor(layout: ControlPlaneLayout, users: UserFiles) {
    this.layout = layout
    this.users = users
  }

  /** Resolves when pods can be created: before a namespace has its service account, they are refused. */
  async startAll(): Promise<void> {
    const { layout, users } = this
    this.start('etcd', etcdCommand(layout))
    await this.startApiServer()
    this.start('kube-controller-manager', controllerManagerCommand(layout, users.kubeconfigOf('system:kube-controller-manager')))
    this.start('kube-scheduler', schedulerCommand(layout, users.kubeconfigOf('system:kube-scheduler')))
    await this.eventually('the controller manager has made service accounts', (api) =>
      api.get('/api/v1/namespaces/default/serviceaccounts/default'),
    )
  }

  async startApiServer(): Promise<void> {
    this.start('kube-apiserver', apiServerCommand(this.layout))
    await this.eventually('the API server answers on /readyz', (api) => api.text('/readyz'))
  }

  async killApiServer(): Promise<void> {
    await this.processes.get('kube-apiserver')?.stop('SIGKILL')
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((owned) => owned.stop('SIGKILL')))
  }

  private start(name: string, command: readonly [string, ...string[]]): void {
    this.processes.set(name, startProcess({ name, command, logFile: join(this.layout.folder, 'log', `${name}.log`) }))
  }

  private async eventually(what: string, probe: (api: PlainApi) => Promise<unknown>): Promise<void> {
    // a client of its own: an older one may hold connections to a server that has been killed
    const api = plainApi(this.users.credentialsOf('admin'), { connections: 1 })
    const deadline = Date.now() + 90_000
    try {
      for (;;) {
        const failure = await probe(api).then(
          () => undefined,
          (error: Error) => error,
        )
        if (failure === undefined) return
        const dead = [...this.processes.values()].find((owned) => !owned.running)
        if (dead !== undefined) throw new Error(`${dead.name} ended by itself:\n${logTail(dead.logFile)}`)
        if (Date.now() > deadline) throw new Error(`not within 90 s: ${what}: ${failure.message}`)
        await sleep(100)
      }
    } finally {
      await api.close()
    }
  }
}
