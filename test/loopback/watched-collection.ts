import { expect, onTestFinished } from 'vitest'
import type { Clock } from '../../src/cluster/clock.ts'
import type { Log } from '../../src/cluster/log.ts'
import { type CacheChange, ObjectCache, objectKey } from '../../src/cluster/object-cache.ts'
import { type Reflector, startReflector } from '../../src/cluster/reflector.ts'
import type { ReflectorOptions } from '../../src/cluster/reflector-options.ts'
import type { ReflectorProblem } from '../../src/cluster/watch-fault.ts'
import { accessTo, openTransport } from './access.ts'
import { createHurriedClock } from './hurried-clock.ts'
import type { MisbehavingServer } from './misbehaving-server.ts'
import type { StoredObject } from './versioned-collection.ts'

/** What is kept of a `StoredObject`. */
export interface StoredFacts {
  readonly name: string
  readonly resourceVersion: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: string
}

/** One line of a log. */
export interface LogLine {
  readonly level: keyof Log
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface WatchedCollection {
  readonly cache: ObjectCache<StoredFacts>
  readonly reflector: Reflector
  readonly clock: Clock
  readonly log: readonly LogLine[]
  readonly problems: (ReflectorProblem | undefined)[]
  /** Name → value as the cache has it. */
  state(): Map<string, string>
  /** Name → value as somebody believes who has only heard the changes. */
  heard(): Map<string, string>
  /** Changes that should not have been told: an addition of what was there, a change of nothing, a deletion of what was not there. */
  readonly wrongChanges: CacheChange<StoredFacts>[]
}

/** Waits for something that comes soon on a machine that has nothing else to do. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 30_000, interval: 10 })
}

/** How much faster than real time these reflectors live. */
const haste = 50

/** Starts a reflector on a collection of `server` and writes down what it tells; it is stopped with the test. */
export function watchCollection(server: MisbehavingServer, options: Partial<ReflectorOptions<StoredFacts>> = {}): WatchedCollection {
  const clock = options.clock ?? createHurriedClock(haste)
  const lines: LogLine[] = []
  const log = recordingLog(lines)
  const cache = options.cache ?? new ObjectCache<StoredFacts>({ trim: storedFacts, log })
  const heard = new Map<string, string>()
  const wrongChanges: CacheChange<StoredFacts>[] = []
  cache.onChange((change) => {
    if (!isRight(change, heard)) wrongChanges.push(change)
    if (change.kind === 'Deleted') heard.delete(objectKey(change.object))
    else heard.set(objectKey(change.object), change.object.value)
  })
  const problems: (ReflectorProblem | undefined)[] = []
  const reflector = startReflector<StoredFacts>({
    transport: openTransport(accessTo(server.url)),
    path: '/api/v1/nodes',
    cache,
    clock,
    random: Math.random,
    log,
    bookmarks: true,
    onProblem: (problem) => problems.push(problem),
    ...options,
  })
  onTestFinished(() => reflector.stop())
  const state = () => new Map([...cache.values()].map(({ name, value }) => [name, value]))
  return { cache, reflector, clock, log: lines, problems, state, heard: () => new Map(heard), wrongChanges }
}

/** Keeps everything that is logged. */
export function recordingLog(lines: LogLine[]): Log {
  const level = (name: keyof Log) => (fields: object, message: string) => lines.push({ level: name, message, fields: { ...fields } })
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }
}

export function storedFacts(raw: unknown): StoredFacts {
  const { metadata, spec } = raw as StoredObject
  return { name: metadata.name, resourceVersion: metadata.resourceVersion, labels: metadata.labels, value: spec.value }
}

function isRight({ kind, object, previous }: CacheChange<StoredFacts>, heard: ReadonlyMap<string, string>): boolean {
  const known = heard.get(objectKey(object))
  if (kind === 'Added') return known === undefined && previous === undefined
  return known !== undefined && known === previous?.value && (kind === 'Deleted' || known !== object.value)
}
