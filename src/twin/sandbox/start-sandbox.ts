import { randomBytes } from 'node:crypto'
import type { Clock } from '../../cluster/clock.ts'
import { storedDescriptions } from '../api/openapi/descriptions/stored-descriptions.ts'
import { serveTwin } from '../api/serve/serve-twin.ts'
import { scaledClock } from '../time/scaled-clock.ts'
import { WarmUpClock } from '../time/warm-up-clock.ts'
import { createTwin, type Twin, type TwinOptions } from '../twin.ts'
import { loopbackCertificate, type ServerCertificate } from './loopback-certificate.ts'
import { portProblem } from './port-problem.ts'
import type { SandboxWorld, WorldSource } from './sandbox-world.ts'

export interface SandboxOptions {
  /** Real time. */
  readonly clock: Clock
  /** Numbers in [0, 1); the same numbers make the same cluster. */
  readonly random: () => number
  readonly world: WorldSource
  /** How many times as fast as real time the cluster lives; 1 unless told. */
  readonly speed?: number
  /**
   * Where the clock of a cluster begins that lives faster than the world. `Now`: it runs ahead of the world from there on; clients that compare
   * times with their own clock (a controller) find little amiss for a while. `Behind`: it stays behind the world for hours; kubectl, which
   * reckons ages by its own clock, never finds anything in the future (`<invalid>`). `Now` unless told.
   */
  readonly begins?: 'Now' | 'Behind'
  /** A free one unless told. */
  readonly port?: number
  /** How long things take; what the world says itself goes before. */
  readonly kubelets?: TwinOptions['kubelets']
  /** Told what went wrong inside; the sandbox goes on. */
  readonly onDefect?: (where: string, error: unknown) => void
}

/** A cluster that can be reached. */
export interface Sandbox {
  /** `https://127.0.0.1:PORT` */
  readonly url: string
  /** PEM of the certificate that it shows. */
  readonly certificate: string
  /** What an administrator shows. */
  readonly token: string
  readonly twin: Twin
  close(): Promise<void>
}

/** Brings a cluster up and serves it on loopback. Throws FK_BAD_SETTING when the port cannot be used, and what the world throws. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port = 0, random, world: source } = options
  const clock = new WarmUpClock(clusterClock(options), source.ageMs)
  const certificate = await loopbackCertificate()
  const token = randomBytes(32).toString('hex')
  const world = await source.make({ clock, random })
  const twin = await createTwin({ clock, ...twinOptions(options, world, { token, certificate }) })
  // before the history is run through: a port that is taken is known at once
  const served = await serveTwin({ server: twin.api.server, cert: certificate.cert, key: certificate.key, port }).catch(
    (error: unknown) => {
      throw portProblem(error, port)
    },
  )
  let endWorld = () => {}
  const close = async () => {
    endWorld()
    await served.close()
    twin.close()
    clock.stop()
  }
  try {
    await bringUp(twin, world, clock)
    endWorld = world.begin?.(twin, clock) ?? endWorld
  } catch (error) {
    await close()
    throw error
  }
  return { url: served.url, certificate: certificate.cert, token, twin, close }
}

/** For so long the clock of a fast cluster stays behind that of the world. */
const behindMs = 4 * 3_600_000

function clusterClock({ clock, speed = 1, begins = 'Now', world }: SandboxOptions): Clock {
  const head = begins === 'Now' || world.times === 'World' ? 0 : Math.max(speed - 1, 0) * behindMs
  return scaledClock(clock, speed, clock.now() - head)
}

interface Credentials {
  readonly token: string
  readonly certificate: ServerCertificate
}

function twinOptions(
  { random, kubelets, onDefect }: SandboxOptions,
  { version, twinOptions: own = {} }: SandboxWorld,
  { token, certificate }: Credentials,
): Omit<TwinOptions, 'clock'> {
  const administrator = { username: 'kubernetes-admin', groups: ['system:masters'] }
  return {
    random,
    version,
    access: {
      tokens: [{ token, user: administrator }],
      // others can reach it: what signs tokens is not to be guessed from the seed of a run
      signingSeed: randomBytes(32),
      rootCertificate: certificate.cert,
    },
    ...own,
    api: { describe: storedDescriptions(), ...own.api },
    kubelets: { ...kubelets, ...own.kubelets },
    ...(onDefect === undefined ? {} : { onDefect }),
  }
}

async function bringUp(twin: Twin, world: SandboxWorld, clock: WarmUpClock): Promise<void> {
  await world.load(twin)
  await twin.start()
  await world.apply(twin, clock)
  await clock.catchUp()
}
