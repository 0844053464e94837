import type { Clock } from '../../cluster/clock.ts'
import type { WarmUpClock } from '../time/warm-up-clock.ts'
import type { Twin, TwinOptions } from '../twin.ts'

/** What a world is made with. */
export interface WorldPorts {
  readonly clock: Clock
  /** Numbers in [0, 1). */
  readonly random: () => number
}

/** Where the cluster of a sandbox comes from. */
export interface WorldSource {
  /** How long before the present it begins, ms: a history that is run through before anybody sees it. */
  readonly ageMs: number
  /** `World`: its objects have times of the world's clock, so the cluster's may not be behind it. `Own` unless told. */
  readonly times?: 'Own' | 'World'
  /** Throws `FalkirkError` for what is no cluster. */
  make(ports: WorldPorts): Promise<SandboxWorld>
}

/** The cluster of a sandbox. */
export interface SandboxWorld {
  /** Of the API server. */
  readonly version: string
  /** What the twin has to be made with. */
  readonly twinOptions?: Pick<TwinOptions, 'api' | 'kubelets' | 'clusterCidr' | 'latencies'>
  /** Before the twin is started. */
  load(twin: Twin): Promise<void>
  /** In the past of a twin that runs. */
  apply(twin: Twin, clock: WarmUpClock): Promise<void>
  /** As soon as it can be reached; the returned function ends what has been begun. */
  begin?(twin: Twin, clock: Clock): () => void
}
