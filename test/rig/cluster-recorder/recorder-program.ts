import { appendFileSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FollowedObject, type Following, follow } from '../follow.ts'
import { plainApi } from '../plain-api.ts'
import type { RecordedBudget, RecordedLine, RecordedNode, RecordedPod } from './recording.ts'

/** What the program is told, as its only argument. */
export interface RecorderOrder {
  readonly kubeconfig: string
  /** File for one JSON object a line. */
  readonly out: string
  /** `v1` from Kubernetes v1.21 on. */
  readonly policyVersion: 'v1' | 'v1beta1'
  /** Asked in turn, again and again; none of them waits for another. */
  readonly urls: readonly string[]
  readonly requestEveryMs: number
}

interface RawNode extends FollowedObject {
  readonly metadata: FollowedObject['metadata'] & { labels?: Record<string, string>; annotations?: Record<string, string> }
  readonly spec?: { unschedulable?: boolean; taints?: { key: string }[] }
  readonly status?: { conditions?: { type: string; status: string }[]; nodeInfo?: { kubeletVersion: string } }
}

interface RawPod extends FollowedObject {
  readonly metadata: FollowedObject['metadata'] & {
    labels?: Record<string, string>
    deletionTimestamp?: string
    ownerReferences?: { kind: string; controller?: boolean }[]
  }
  readonly spec: { nodeName?: string }
  readonly status?: { conditions?: { type: string; status: string }[] }
}

interface RawBudget extends FollowedObject {
  readonly status?: { currentHealthy?: number; desiredHealthy?: number }
}

const answerWithinMs = 3_000

const order = JSON.parse(process.argv[2] ?? '') as RecorderOrder
const api = plainApi(order.kubeconfig)
const latest = new Map<string, string>()
let stopping = false
let answered = 0

function write(line: RecordedLine): void {
  appendFileSync(order.out, `${JSON.stringify(line)}\n`)
}

function record<R extends FollowedObject>(kind: 'Node' | 'Pod' | 'Budget', path: string, facts: (raw: R) => object): Following {
  const note = ({ metadata: { namespace, name } }: R, seen: object | null) => {
    const key = namespace === undefined ? name : `${namespace}/${name}`
    const text = JSON.stringify(seen)
    if (latest.get(`${kind} ${key}`) === text) return
    latest.set(`${kind} ${key}`, text)
    write({ atMs: Date.now(), kind, key, facts: seen } as RecordedLine)
  }
  return follow<R>(api, path, {
    seen: (raw) => note(raw, facts(raw)),
    gone: (raw) => note(raw, null),
    relisted: () => write({ kind: 'Gap', atMs: Date.now(), path }),
  })
}

function nodeFacts({ metadata: { labels = {}, annotations = {} }, spec = {}, status = {} }: RawNode): RecordedNode {
  const keys = [...Object.keys(labels), ...Object.keys(annotations), ...(spec.taints ?? []).map(({ key }) => key)]
  return {
    version: status.nodeInfo?.kubeletVersion ?? '',
    ready: isReady(status.conditions),
    unschedulable: spec.unschedulable === true,
    marks: keys.filter((key) => key.startsWith('falkirk.dev/')).sort(),
  }
}

function podFacts({ metadata: { labels = {}, deletionTimestamp, ownerReferences = [] }, spec, status }: RawPod): RecordedPod {
  return {
    node: spec.nodeName ?? '',
    ready: isReady(status?.conditions),
    ending: deletionTimestamp !== undefined,
    app: labels.app ?? '',
    owner: ownerReferences.find(({ controller }) => controller)?.kind ?? '',
  }
}

function budgetFacts({ status = {} }: RawBudget): RecordedBudget {
  return { healthy: status.currentHealthy ?? 0, desired: status.desiredHealthy ?? 0 }
}

function isReady(conditions: readonly { type: string; status: string }[] = []): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

/** One request on a connection of its own, as a client makes it that has never been here. */
function ask(url: string): void {
  const refused = (why: string) => write({ kind: 'Refused', atMs: Date.now(), url, why })
  const request = get(url, { agent: false, timeout: answerWithinMs }, (answer) => {
    answer.resume()
    answer.once('error', (error) => refused(error.message))
    answer.once('end', () => {
      if (answer.statusCode === 200) answered += 1
      else refused(`answered ${answer.statusCode}`)
    })
  })
  request.once('timeout', () => request.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`)))
  request.once('error', (error) => refused(error.message))
}

async function askForEver(): Promise<void> {
  for (let turn = 0; !stopping && order.urls.length > 0; turn += 1) {
    ask(order.urls[turn % order.urls.length] ?? '')
    if (turn % 100 === 99) tell()
    await sleep(order.requestEveryMs)
  }
}

function tell(): void {
  write({ kind: 'Answered', atMs: Date.now(), count: answered })
  answered = 0
}

const following = [
  record('Node', '/api/v1/nodes', nodeFacts),
  record('Pod', '/api/v1/pods', podFacts),
  record('Budget', `/apis/policy/${order.policyVersion}/poddisruptionbudgets`, budgetFacts),
]
process.once('SIGTERM', async () => {
  stopping = true
  await sleep(answerWithinMs)
  tell()
  await Promise.all(following.map((one) => one.stop()))
  process.exit(0)
})
void Promise.all(following.map(({ started }) => started)).then(() => {
  process.stdout.write('recording\n')
  return askForEver()
})
