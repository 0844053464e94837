import type { Pod } from 'kubernetes-types/core/v1'
import type { Clock } from '../cluster/clock.ts'
import type { ApiTransport } from '../cluster/transport.ts'
import { admissionChain } from './access/admission-chain.ts'
import { serviceAccountUser } from './access/authentication/service-account-tokens.ts'
import { createTwinAccess, type TwinAccess, type TwinAccessOptions } from './access/twin-access.ts'
import type { AnsweringServices } from './access/webhooks/webhook-target.ts'
import type { VirtualResource } from './api/http/server-parts.ts'
import { storedAs } from './api/resource-type.ts'
import { createInProcessTransport } from './api/serve/in-process-transport.ts'
import { StatusError } from './api/status-error.ts'
import { createTwinApi, minorOf, type TwinApi, type TwinApiOptions } from './api/twin-api.ts'
import type { UserInfo } from './api/user-info.ts'
import { componentStatuses } from './component-statuses.ts'
import { ControlLoop } from './control-loop/control-loop.ts'
import type { Controller } from './control-loop/controller.ts'
import { controlPlaneFaults } from './control-plane-faults.ts'
import { clusterControllers } from './controllers/cluster-controllers.ts'
import type { ClusterLatencies } from './controllers/latencies.ts'
import { KubeletPresence } from './controllers/node-lifecycle/kubelet-presence.ts'
import { workloadControllers } from './controllers/workloads/workload-controllers.ts'
import { KubeletFleet } from './kubelet/kubelet-fleet.ts'
import type { KubeletOptions } from './kubelet/kubelet-options.ts'
import { PodLogs } from './kubelet/pod-logs.ts'
import { TwinKubeletApi } from './kubelet/twin-kubelet-api.ts'
import { ControlPlane } from './machine/control-plane.ts'
import { knownImages } from './machine/effects/known-images.ts'
import type { Machine } from './machine/machine.ts'
import { metricsResources } from './metrics/metrics-resources.ts'
import { ApiOutage } from './outage/api-outage.ts'
import { componentClients } from './outage/component-clients.ts'
import { OutageClient } from './outage/outage-client.ts'
import { type Pausable, pauseInOutage } from './outage/outage-pause.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import { builtInAdmission } from './schema/strategies/admission/built-in-admission.ts'
import { StoreAddressPool } from './schema/strategies/admission/service-address-pool.ts'
import { servedLogs } from './served-logs.ts'
import { startObjects } from './start-objects.ts'
import { ObjectStore } from './store/object-store.ts'
import type { TwinClient } from './twin-client.ts'

/** What a twin is made of; all time and all chance in it come from `clock` and `random`. */
export interface TwinOptions {
  readonly clock: Clock
  /** Numbers in [0, 1); the same numbers make the same run. */
  readonly random: () => number
  /** Which release the API server is: `v1.20.2`, `v1.32.1+k3s1`. */
  readonly version: string
  /** Empty unless told. */
  readonly store?: ObjectStore
  /** IPv4 range of all pods, cut into /24s for the nodes; 10.42.0.0/16 unless told. */
  readonly clusterCidr?: string
  /** IPv4 range of the addresses of Services; 10.43.0.0/16 unless told. */
  readonly serviceCidr?: string
  /** Users with tokens, the key of service account tokens, the cluster's CA in PEM. */
  readonly access?: Omit<TwinAccessOptions, 'store' | 'clock' | 'random' | 'minor'> & { readonly rootCertificate?: string }
  /** Services whose admission webhooks really answer, by `namespace/name`; of all others it is only known whether they can be reached. */
  readonly webhooks?: AnsweringServices
  /** What takes the place of parts of the API server, or is added to them; RBAC holds unless `access` is told here. */
  readonly api?: Partial<Pick<TwinApiOptions, 'access' | 'admission' | 'faults' | 'describe' | 'logs'>>
  readonly kubelets?: Partial<
    Pick<KubeletOptions, 'behaviours' | 'timingsOf' | 'registry' | 'events' | 'onContainer' | 'restartSeconds' | 'bootSeconds'>
  > & {
    /** `Elided`: no heartbeats are written, and none are missed; for runs over months. */
    readonly heartbeats?: 'Real' | 'Elided'
    /** Seconds that an upgrade image works before it ends the service; 3 unless told. */
    readonly upgradeSeconds?: number
  }
  /** How long volumes take that are made, attached and detached; as block storage of a cloud unless told. */
  readonly latencies?: ClusterLatencies
  /** Told what went wrong inside; the twin goes on. */
  readonly onDefect?: (where: string, error: unknown) => void
}

/** An embedded Kubernetes. */
export interface Twin {
  readonly api: TwinApi
  /** Whether kubelets, controllers and scheduler reach the API server; what becomes of other clients is a matter of `faults`. */
  readonly outage: ApiOutage
  readonly fleet: KubeletFleet
  /** Reaches the API server without a wire. */
  transport(user: UserInfo): ApiTransport
  /** Registers nodes; before the start or later. */
  addNodes(machines: readonly Machine[]): Promise<void>
  /** Begins to turn. */
  start(): Promise<void>
  /** Everything stands still; the objects stay as they are, and can still be asked for. */
  stop(): void
  /** Ends everything: watches too, and nothing of it waits any more. */
  close(): void
}

/** Puts a twin together; nothing turns before `start`. */
export async function createTwin(options: TwinOptions): Promise<Twin> {
  const { clock, random, onDefect = () => {} } = options
  const onFailure = (where: string, error: unknown) => {
    // what the API server refuses is tried again
    if (!(error instanceof StatusError)) onDefect(where, error)
  }
  const store = options.store ?? new ObjectStore()
  const logs = new PodLogs()
  const controlPlane = new ControlPlane()
  const access = createTwinAccess({ ...options.access, store, clock, random, minor: minorOf(options.version) })
  const api = apiOf(options, { store, logs, controlPlane, access })
  const outage = new ApiOutage()
  const clients = componentClients(new OutageClient(api.client, outage), options.api?.faults, clock)
  followControlPlane(controlPlane, api, outage)
  await startObjects(api.client)
  await access.bootstrap(api.client)
  const presence = options.kubelets?.heartbeats === 'Elided' ? new KubeletPresence() : undefined
  const scheduler = new Scheduler({ client: clients.scheduler, clock, random, minor: api.catalog.minor, onFailure })
  const controllers = controllersOf(api, options, { client: clients.controllers, presence, access })
  const components: readonly Pausable[] = [...controllers.map((one) => componentOf(one, { store, clock, onFailure })), scheduler]
  const transport = (user: UserInfo) => createInProcessTransport({ server: api.server, clock, user })
  const fleet = fleetOf(options, { client: clients.kubelets, logs, controlPlane, transport, presence })
  let endPause = () => {}
  const stop = () => {
    endPause()
    fleet.stop()
    for (const component of components) component.stop()
  }
  return {
    api,
    outage,
    fleet,
    transport,
    addNodes: (machines) => addAll(fleet, machines),
    start: async () => {
      endPause = pauseInOutage(outage, clock, components)
      for (const component of components) component.start()
      await fleet.start()
    },
    stop,
    close: () => {
      stop()
      api.close()
    },
  }
}

async function addAll(fleet: KubeletFleet, machines: readonly Machine[]): Promise<void> {
  for (const machine of machines) await fleet.addNode(machine)
}

interface LoopParts {
  readonly store: ObjectStore
  readonly clock: Clock
  readonly onFailure: (where: string, error: unknown) => void
}

function componentOf(controller: Controller, { onFailure, ...parts }: LoopParts): Pausable {
  const loop = new ControlLoop(controller, { ...parts, onFailure: (name, key, error) => onFailure(`${name} ${key}`, error) })
  return { start: () => loop.start(), stop: () => loop.stop(), restarted: () => controller.restarted?.() }
}

interface ApiParts {
  readonly store: ObjectStore
  readonly logs: PodLogs
  readonly controlPlane: ControlPlane
  readonly access: TwinAccess
}

function apiOf(options: TwinOptions, { store, logs, controlPlane, access }: ApiParts): TwinApi {
  const { clock, random, version, serviceCidr = '10.43.0.0/16', onDefect = () => {} } = options
  const pool = new StoreAddressPool(store, random, serviceCidr)
  const made: Readonly<Record<string, VirtualResource>> = {
    ...metricsResources(store, clock),
    componentstatuses: componentStatuses(controlPlane, () => api.catalog.minor),
  }
  const api = createTwinApi({
    store,
    clock,
    random,
    gitVersion: version,
    logs: servedLogs(logs, clock, store),
    access: access.access,
    ...options.api,
    virtual: (served, subresource) => access.virtual(served, subresource) ?? made[storedAs(served.type)],
    admission: admissionChain({
      store,
      clock,
      random,
      catalog: () => api.catalog,
      plugins: [...builtInAdmission({ reader: store, pool, minor: minorOf(version), random }), ...(options.api?.admission ?? [])],
      last: [access.escalation],
      ...(options.webhooks === undefined ? {} : { webhooks: options.webhooks }),
    }),
    faults: controlPlaneFaults(controlPlane, options.api?.faults),
    onDefect: (error) => onDefect('api', error),
  })
  return api
}

/** The API server is as new as the oldest member, and goes away with the last. Components keep to the minor they were started with. */
function followControlPlane(controlPlane: ControlPlane, api: TwinApi, outage: ApiOutage): void {
  let back = () => {}
  controlPlane.subscribe({
    availabilityChanged: ({ kind }) => {
      const before = back
      back = kind === 'Available' ? () => {} : outage.begin()
      before()
      if (kind === 'NoServer') api.hub.breakAll()
    },
    upgraded: ({ lowest }) => {
      // a machine may be given anything; an API server of no known minor goes on as it was
      if (/^v1\.\d+/.test(lowest)) api.serveRelease(lowest)
    },
  })
}

interface ControllerParts {
  readonly client: TwinClient
  readonly presence: KubeletPresence | undefined
  readonly access: TwinAccess
}

function controllersOf(
  { catalog: { minor } }: TwinApi,
  { clock, random, clusterCidr = '10.42.0.0/16', latencies, access: { rootCertificate } = {} }: TwinOptions,
  { client, presence, access }: ControllerParts,
): readonly Controller[] {
  const options = {
    clock,
    random,
    minor,
    clusterCidr,
    tokenFor: access.tokenFor,
    ...(rootCertificate === undefined ? {} : { rootCertificate }),
    ...(presence === undefined ? {} : { presence }),
    ...(latencies === undefined ? {} : { latencies }),
  }
  return [...workloadControllers(client, { clock, minor }), ...clusterControllers(client, options), ...access.controllers(client)]
}

interface FleetParts {
  readonly client: TwinClient
  readonly logs: PodLogs
  readonly controlPlane: ControlPlane
  readonly transport: (user: UserInfo) => ApiTransport
  readonly presence: KubeletPresence | undefined
}

function fleetOf(
  { clock, random, kubelets = {} }: TwinOptions,
  { client, logs, controlPlane, transport, presence }: FleetParts,
): KubeletFleet {
  const { behaviours = [], upgradeSeconds, ...others } = kubelets
  const ofPod = (pod: Pod) => transport(accountOf(pod))
  return new KubeletFleet({
    api: new TwinKubeletApi(client),
    clock,
    random,
    logs,
    controlPlane,
    ...others,
    ...(presence === undefined ? {} : { onPresence: (change) => presence.change(change) }),
    behaviours: [
      ...behaviours,
      ...knownImages({ api: ofPod, clock, ...(upgradeSeconds === undefined ? {} : { workSeconds: upgradeSeconds }) }),
    ],
  })
}

/** Who the containers of a pod are to the API server. */
function accountOf({ metadata, spec }: Pod): UserInfo {
  return serviceAccountUser(metadata?.namespace ?? 'default', { name: spec?.serviceAccountName || 'default' })
}
