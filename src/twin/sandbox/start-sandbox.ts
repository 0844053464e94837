import type { Clock } from '../../cluster/clock.ts'
import { serveTwin } from '../api/serve/serve-twin.ts'
import { StatusError } from '../api/status-error.ts'
import type { PodTimings } from '../kubelet/pod/pod-timings.ts'
import type { SandboxCluster, SandboxObject } from '../load/sandbox-cluster.ts'
import type { KnownImagesOptions } from '../machine/effects/known-images.ts'
import { scaledClock } from '../time/scaled-clock.ts'
import { WarmUpClock } from '../time/warm-up-clock.ts'
import { createTwin, type Twin } from '../twin.ts'
import { adminAccess } from './admin-access.ts'
import { loopbackCertificate } from './loopback-certificate.ts'
import { portProblem } from './port-problem.ts'

export interface SandboxOptions {
  /** Real time. */
  readonly clock: Clock
  /** Numbers in [0, 1); the same numbers make the same cluster. */
  readonly random: () => number
  /** Of the API server at the start. */
  readonly version: string
  readonly cluster: SandboxCluster
  /** What an administrator shows; nobody else is let in. */
  readonly token: string
  /** How many times as fast as real time the cluster lives; 1 unless told. */
  readonly speed?: number
  /** A free one unless told. */
  readonly port?: number
  /** How long pods take. */
  readonly timings?: PodTimings
  /** Seconds that a kubelet is away when it is started again. */
  readonly restartSeconds?: number
  /** Seconds that an upgrade image works before it ends the service. */
  readonly upgradeSeconds?: KnownImagesOptions['workSeconds']
  /** Told what went wrong inside; the sandbox goes on. */
  readonly onDefect?: (where: string, error: unknown) => void
}

/** A cluster that can be reached. */
export interface Sandbox {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  /** PEM of the certificate that it shows. */
  readonly certificate: string
  readonly twin: Twin
  close(): Promise<void>
}

/** How old the cluster is when somebody first sees it: all that was put into it runs by then. */
const ageMs = 20 * 60_000

/** Brings a cluster up and serves it on loopback. Throws FK_BAD_SETTING when the port cannot be used. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock: real, speed = 1, port = 0 } = options
  const clock = new WarmUpClock(scaledClock(real, speed), ageMs)
  const { cert, key } = await loopbackCertificate()
  const twin = await createTwin({ ...twinOptions(options), clock })
  // before the history is run through: a port that is taken is known at once
  const served = await serveTwin({ server: twin.api.server, cert, key, port }).catch((error: unknown) => {
    throw portProblem(error, port)
  })
  const close = async () => {
    await served.close()
    twin.stop()
  }
  try {
    await bringUp(twin, options.cluster, clock)
  } catch (error) {
    await close()
    throw error
  }
  return { url: served.url, certificate: cert, twin, close }
}

type TwinOptions = Omit<Parameters<typeof createTwin>[0], 'clock'>

function twinOptions({ random, version, token, timings, restartSeconds, upgradeSeconds, onDefect }: SandboxOptions): TwinOptions {
  return {
    random,
    version,
    api: { access: adminAccess(token) },
    kubelets: {
      ...(timings === undefined ? {} : { timingsOf: () => timings }),
      ...(restartSeconds === undefined ? {} : { restartSeconds }),
      ...(upgradeSeconds === undefined ? {} : { upgradeSeconds }),
    },
    ...(onDefect === undefined ? {} : { onDefect }),
  }
}

async function bringUp(twin: Twin, { machines, objects }: SandboxCluster, clock: WarmUpClock): Promise<void> {
  await twin.addNodes(machines)
  await twin.start()
  // until the service accounts of the namespaces are there
  await clock.advance(5_000)
  for (const object of objects) await createIn(twin, object, clock)
  await clock.catchUp()
}

/** What is refused for now (the token of a service account is not there yet) is sent again as long as there is past to spend. */
async function createIn(twin: Twin, { resource, draft }: SandboxObject, clock: WarmUpClock): Promise<void> {
  const lastMs = clock.now() + ageMs / 2
  for (;;) {
    try {
      await twin.api.client.create(resource, draft)
      return
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.reason !== 'ServerTimeout' || clock.now() > lastMs) throw error
      await clock.advance(1_000)
    }
  }
}
