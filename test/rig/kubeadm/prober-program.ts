import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the program is told, as its only argument. */
export interface ProberOrder {
  readonly url: string
  readonly everyMs: number
  /** File for one `ProbeResult`, written at SIGTERM. */
  readonly out: string
}

/** How an API was to somebody who asked it again and again, each time over a connection of its own. */
export interface ProbeResult {
  readonly asked: number
  readonly failed: number
  /** Longest time between two answers that were as they should be. */
  readonly longestGapMs: number
  /** When it ended (ISO). */
  readonly longestGapEnd: string
  /** When each failure was (ISO), and why; the first hundred. */
  readonly failures: readonly { readonly at: string; readonly why: string }[]
}

const answerWithinMs = 1000

const order = JSON.parse(process.argv[2] ?? '') as ProberOrder
const failures: { at: string; why: string }[] = []
let asked = 0
let failed = 0
let longestGapMs = 0
let longestGapEnd = ''
let lastAnswer = performance.now()
let stopping = false

function ask(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = request(order.url, { agent: false, rejectUnauthorized: false, timeout: answerWithinMs }, (answer) => {
      answer.resume()
      answer.once('error', (error) => resolve(error.message))
      answer.once('end', () => resolve(answer.statusCode === 200 ? undefined : `answered ${answer.statusCode}`))
    })
    // of the whole request: a connection that is never taken is no answer either
    const late = setTimeout(() => asking.destroy(new Error(`no answer within ${answerWithinMs / 1000} s`)), answerWithinMs)
    asking.once('close', () => clearTimeout(late))
    asking.once('error', (error) => resolve(error.message))
    asking.end()
  })
}

function note(why: string | undefined): void {
  const now = performance.now()
  asked += 1
  if (why !== undefined) {
    failed += 1
    if (failures.length < 100) failures.push({ at: new Date().toISOString(), why })
    return
  }
  noteGap(now)
  lastAnswer = now
}

function noteGap(now: number): void {
  const gapMs = Math.round(now - lastAnswer)
  if (gapMs <= longestGapMs) return
  longestGapMs = gapMs
  longestGapEnd = new Date().toISOString()
}

process.once('SIGTERM', () => {
  stopping = true
})

async function askUntilStopped(): Promise<void> {
  // another begins although the last has no answer yet: each is somebody else who asks
  const open = new Set<Promise<void>>()
  while (!stopping) {
    const one = ask().then((why) => {
      open.delete(one)
      note(why)
    })
    open.add(one)
    await sleep(order.everyMs)
  }
  await Promise.all(open)
  noteGap(performance.now())
  writeFileSync(order.out, JSON.stringify({ asked, failed, longestGapMs, longestGapEnd, failures } satisfies ProbeResult))
}

process.stdout.write('probing\n')
void askUntilStopped()
