import { onTestFinished } from 'vitest'
import { type LeaderElection, type LeaderElectionOptions, runLeaderElection } from '../../src/cluster/leader-election.ts'
import type { LeaseSpec } from '../../src/cluster/lease-record.ts'
import type { FalkirkError } from '../../src/core/falkirk-error.ts'
import { type ObjectServer, startObjectServer } from './object-server.ts'
import { createSettledTime, type SettledTime } from './settled-time.ts'
import { type LogLine, recordingLog } from './watched-collection.ts'

/** Of the Lease that they contend for. */
export const leasePath = '/apis/coordination.k8s.io/v1/namespaces/system-upgrade/leases/falkirk'

/** One that stands for election. */
export interface Contender {
  readonly election: LeaderElection
  readonly log: LogLine[]
  readonly lost: FalkirkError[]
  /** The times at which its work began and was told to end. */
  readonly terms: { beganMs: number; endedMs?: number }[]
  /** From now on it reaches nothing, as if its host was cut off or had died. */
  cut(): void
}

/** A server with one Lease, in virtual time. */
export interface ElectionStage {
  readonly server: ObjectServer
  readonly time: SettledTime
  /** Advances in seconds. */
  pass(seconds: number): Promise<void>
  contend(identity: string, options?: Partial<LeaderElectionOptions>): Contender
  spec(): LeaseSpec
  requests(): string[]
}

/** Everything on it ends with the test. */
export async function electionStage(): Promise<ElectionStage> {
  const server = await startObjectServer()
  const time = createSettledTime(server)
  const contend = (identity: string, options: Partial<LeaderElectionOptions> = {}): Contender => {
    let isCut = false
    const log: LogLine[] = []
    const terms: Contender['terms'] = []
    const lost: FalkirkError[] = []
    const onStarted = async (signal: AbortSignal) => {
      const term: Contender['terms'][number] = { beganMs: time.clock.now() }
      terms.push(term)
      signal.addEventListener('abort', () => {
        term.endedMs = time.clock.now()
      })
    }
    const election = runLeaderElection({
      transport: time.connect(() => isCut),
      namespace: 'system-upgrade',
      name: 'falkirk',
      identity,
      clock: time.clock,
      random: () => 0.5,
      log: recordingLog(log),
      onStarted,
      onLost: (error) => lost.push(error),
      ...options,
    })
    onTestFinished(async () => {
      isCut = true
      const stopping = election.stop().catch(() => {})
      await time.clock.advance(60_000)
      await stopping
    })
    const cut = () => {
      isCut = true
    }
    return { election, log, lost, terms, cut }
  }
  return {
    server,
    time,
    pass: (seconds) => time.clock.advance(seconds * 1_000),
    contend,
    spec: () => server.objects.get(leasePath)?.spec as LeaseSpec,
    requests: () => server.seen.map(({ method }) => method),
  }
}
