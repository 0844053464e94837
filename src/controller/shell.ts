import type { ApiClient } from '../cluster/api-client.ts'
import type { Clock } from '../cluster/clock.ts'
import type { EventRecorder } from '../cluster/event-recorder.ts'
import type { Log } from '../cluster/log.ts'
import type { ReflectorProblem } from '../cluster/watch-fault.ts'
import type { NodeAddress } from '../core/inventory/merge-inventory.ts'
import type { PlanSettings } from '../core/plan/plan-settings.ts'
import type { hostRecipe } from '../core/recipe/host-recipe.ts'
import type { Releases } from '../core/version/releases.ts'
import type { Host } from '../node/host.ts'
import type { ReleaseFolder } from '../node/release-folder.ts'
import type { ControllerMetrics } from './metrics.ts'

/** The ports that every part of the controller acts through; made once, in `run-controller.ts`. */
export interface Shell {
  readonly client: ApiClient
  /** Absent: there is one way to the API. */
  readonly servers?: ApiServers
  readonly clock: Clock
  /** Between 0 (inclusive) and 1 (exclusive). */
  readonly random: () => number
  readonly log: Log
  readonly events: EventRecorder
  readonly metrics: ControllerMetrics
  readonly controllerName: string
  readonly namespace: string
  /** Name of the pod that this runs in, where it is told. */
  readonly podName?: string
  /** Name of the node that this runs on, for events. */
  readonly host: string
  /** Different for each replica: who holds the Lease. */
  readonly identity: string
  /** UID of the namespace kube-system: what a channel server knows this cluster by. */
  readonly clusterId: string
  readonly settings: PlanSettings
  /** Which versions there are. */
  readonly releases: Releases
  /** How many Plans are worked on at the same time. */
  readonly threads: number
  /** `GET` of a channel; tests bring their own. */
  readonly channelFetch: ChannelFetch
  /** Absent: this controller has no inventory. */
  readonly hosts?: HostSource
  readonly onReflectorProblem: (plural: string, problem: ReflectorProblem | undefined) => void
}

/** The API servers of the cluster, of which one is asked. */
export interface ApiServers {
  /** Another one is asked than those at these addresses of nodes, where there is one. */
  keepFrom(addresses: readonly string[]): Promise<void>
}

/** The hosts of nodes, as an inventory and the cluster say where they are. */
export interface HostSource {
  /** Connects when something is to be run. @throws FalkirkError for a node that cannot be reached as it is written */
  of(node: NodeAddress): Host & { close(): Promise<void> }
  /** The steps of an order on a host; those of Falkirk unless told. */
  readonly recipeOf?: typeof hostRecipe
  /** Files of releases on this machine, for a distribution whose release sites are laid out like this; absent: there are none. */
  releases?(layout: string): ReleaseFolder | undefined
}

/** One answer of a channel server, or why there is none. Redirects are not followed. */
export type ChannelAnswer =
  | { readonly kind: 'Answered'; readonly status: number; readonly statusText: string; readonly location?: string }
  | { readonly kind: 'Failed'; readonly message: string }

export type ChannelFetch = (url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<ChannelAnswer>
