import { setTimeout as sleep } from 'node:timers/promises'
import { kubectlWith } from '../rig/kubectl.ts'
import type { Answer, SomeObject } from './answer.ts'
import { RecordedWatch, type WatchEvent } from './recorded-watch.ts'
import type { Sent, SideClient } from './side-client.ts'
import type { Side } from './sides/side.ts'
import { aliasesIn } from './transcript/aliases.ts'
import { normalise } from './transcript/normalise.ts'
import type { Transcript, TranscriptEntry } from './transcript/transcript.ts'

export interface UntilOptions {
  /** What of the last answer is compared; all of it unless told. */
  readonly pick?: (object: SomeObject) => unknown
  readonly timeoutMs?: number
}

export interface StepsParts {
  readonly side: Side
  readonly client: SideClient
  readonly namespace: string
  readonly kubectl: string
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/**
 * The steps of one case on one side. Paths may be short: `configmaps/a` is in the case's namespace and the core group,
 * `apps/v1:deployments/web` in that of the group. `{ns}` is the namespace, in paths and bodies.
 */
export class Steps {
  readonly ns: string
  /** Whether `managedFields` are compared too. */
  managedFields = false
  /** Whether what controllers write at their own pace is compared: not where a case is about requests alone. */
  controllers = true
  readonly #parts: StepsParts
  readonly #entries: TranscriptEntry[] = []
  /** All answers, compared or not: names and IDs are learnt from them. */
  readonly #answers: unknown[] = []
  readonly #watches: RecordedWatch[] = []
  readonly #leftovers: string[] = []

  constructor(parts: StepsParts) {
    this.#parts = parts
    this.ns = parts.namespace
  }

  /** Whether this is the side that is compared with; its controllers hear of what they do a moment later. */
  get isReal(): boolean {
    return this.#parts.side.title === 'real'
  }

  async request(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await this.quietly(method, path, sent)
    this.#entries.push({ step: `${method} ${path}`, ...answer })
    return answer
  }

  /** A request that is not compared. */
  async quietly(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const body = sent.body === undefined ? {} : { body: JSON.parse(JSON.stringify(sent.body).replaceAll('{ns}', this.ns)) as unknown }
    const raw = typeof sent.raw === 'string' ? { raw: sent.raw.replaceAll('{ns}', this.ns) } : {}
    const answer = await this.#parts.client.request(method, this.#fullPath(path), { ...sent, ...body, ...raw })
    this.#answers.push(answer.body)
    return answer
  }

  get(path: string, sent: Sent = {}): Promise<Answer> {
    return this.request('GET', path, sent)
  }
  post(path: string, body: unknown, sent: Sent = {}): Promise<Answer> {
    return this.request('POST', path, { ...sent, body })
  }
  put(path: string, body: unknown, sent: Sent = {}): Promise<Answer> {
    return this.request('PUT', path, { ...sent, body })
  }
  delete(path: string, body?: unknown, sent: Sent = {}): Promise<Answer> {
    return this.request('DELETE', path, body === undefined ? sent : { ...sent, body })
  }
  patch(kind: keyof typeof patchTypes, path: string, body: unknown): Promise<Answer> {
    return this.request('PATCH', path, { body, contentType: patchTypes[kind] })
  }

  /** Creates objects that the case needs and is not about. */
  async make(path: string, ...bodies: readonly unknown[]): Promise<void> {
    for (const body of bodies) {
      const { status, body: answer } = await this.quietly('POST', path, { body })
      if (status >= 300) this.#entries.push({ step: `make ${path}`, status, body: answer })
    }
  }

  /** Asks again and again until it holds; the last answer is compared, or that it never did. */
  async until(path: string, holds: (object: SomeObject) => boolean, options: UntilOptions = {}): Promise<SomeObject> {
    const { pick = (object: SomeObject): unknown => object, timeoutMs = 40_000 } = options
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const { body } = await this.quietly('GET', path)
      const object = body as SomeObject
      const held = safely(() => holds(object)) ?? false
      if (held || Date.now() > deadline) {
        const missed = held ? {} : { missed: `not within ${timeoutMs / 1000} s` }
        this.#entries.push({ step: `until ${path}`, body: safely(() => pick(object)), ...missed })
        return object
      }
      await sleep(100)
    }
  }

  /** Asks again and again until it holds; only that it never did is compared. What one part of a server has been told another may hear of later. */
  async settled(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 20_000
    while (!(await holds())) {
      if (Date.now() > deadline) {
        this.#entries.push({ step: `until ${what}`, missed: 'not within 20 s' })
        return
      }
      await sleep(50)
    }
  }

  /** Opens a watch; what it has seen is compared where `seen` is called. */
  async watch(path: string): Promise<RecordedWatch> {
    const watch = await RecordedWatch.open(this.#parts.client, this.#fullPath(path))
    this.#watches.push(watch)
    if (watch.status !== 200) this.#entries.push({ step: `WATCH ${path}`, status: watch.status, body: watch.refusal })
    return watch
  }

  /** Waits for so many events, and notes them. */
  async seen(watch: RecordedWatch, count: number, pick: (event: WatchEvent) => unknown = (event) => event): Promise<void> {
    const complete = await watch.until((events) => events.length >= count)
    const missed = complete ? {} : { missed: `${count} events` }
    this.#entries.push({ step: `events`, body: watch.events.map(pick), ...missed })
  }

  /** Waits for the first event that holds, and notes it: what is written after that may depend on chance. */
  async first(watch: RecordedWatch, holds: (object: SomeObject) => boolean, pick: (object: SomeObject) => unknown): Promise<void> {
    const found = ({ object }: WatchEvent) => safely(() => holds(object)) ?? false
    const complete = await watch.until((events) => events.some(found))
    const object = watch.events.find(found)?.object
    const missed = complete ? {} : { missed: 'an event that holds' }
    this.#entries.push({ step: 'first event', body: object === undefined ? 'none' : pick(object), ...missed })
  }

  /** Lets a second pass: controllers tell by whole seconds which of two objects is the older one, and by chance within one. */
  async apart(): Promise<void> {
    await sleep(1_050)
  }

  /** Something that the case found out itself. */
  note(step: string, body: unknown): void {
    this.#entries.push({ step, body })
  }

  /** Runs the kubectl of the suite; exit code and both streams are compared. */
  kubectl(...args: readonly string[]): Promise<void> {
    return this.kubectlWith('', ...args)
  }

  /** The same with something on its standard input. */
  async kubectlWith(input: string, ...args: readonly string[]): Promise<void> {
    const { kubectl, side } = this.#parts
    const { exitCode, stdout, stderr } = await kubectlWith([kubectl], side.kubeconfig).attempt([...args, '--namespace', this.ns], { input })
    this.#entries.push({ step: `kubectl ${args.join(' ')}`, body: { exitCode, stdout: stdout.split('\n'), stderr: stderr.split('\n') } })
  }

  /** Deleted when the case is over: what lies in no namespace. */
  leaves(...paths: readonly string[]): void {
    this.#leftovers.push(...paths)
  }

  transcript(): Transcript {
    const aliases = aliasesIn([this.#entries, this.#answers], this.ns)
    return this.#entries.map(
      (entry) => normalise(entry, { aliases, managedFields: this.managedFields, controllers: this.controllers }) as TranscriptEntry,
    )
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.close()
    for (const path of this.#leftovers) await this.quietly('DELETE', path)
  }

  #fullPath(path: string): string {
    const named = path.replaceAll('{ns}', this.ns)
    if (named.startsWith('/')) return named
    const [group = '', rest] = named.split(/:(.*)/s)
    return rest === undefined ? `/api/v1/namespaces/${this.ns}/${named}` : `/apis/${group}/namespaces/${this.ns}/${rest}`
  }
}

function safely<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
