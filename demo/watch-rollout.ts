import { setTimeout as sleep } from 'node:timers/promises'
import { createLogUpdate } from 'log-update'
import { elapsed } from '../scripts/progress.mjs'
import type { PlainApi } from '../test/rig/plain-api.ts'
import { type ClusterSnapshot, clusterSnapshot, describeChanges, type NodeObject, type PlanObject, type PodObject } from './cluster-view.ts'
import { drawFrame, type Frame, paintFrame } from './frame.ts'

const lookEveryMs = 300
const answersWithinMs = 2000

/** Shows the nodes and Plans of a cluster until all Plans are complete (true) or `signal` aborts (false): a live view on a terminal, lines elsewhere. */
export async function watchRollout(api: PlainApi, signal: AbortSignal): Promise<boolean> {
  const view = process.stdout.isTTY ? liveView() : lineView()
  try {
    while (!signal.aborted) {
      // the API server is away for a moment while its own node is upgraded
      const snapshot = await look(api).catch(() => undefined)
      view.seen(snapshot)
      if (snapshot !== undefined && snapshot.plans.length > 0 && snapshot.plans.every(({ complete }) => complete)) return true
      await sleep(lookEveryMs, undefined, { signal }).catch(() => {})
    }
    return false
  } finally {
    view.end()
  }
}

interface View {
  /** Nothing: the API server has not answered. */
  seen(snapshot: ClusterSnapshot | undefined): void
  end(): void
}

function lineView(): View {
  const begin = performance.now()
  let before: ClusterSnapshot | undefined
  return {
    seen(snapshot) {
      if (snapshot === undefined) return
      for (const line of describeChanges(before, snapshot)) process.stdout.write(`${elapsed(begin).padStart(12)}  ${line}\n`)
      before = snapshot
    },
    end() {},
  }
}

function liveView(): View {
  const begin = performance.now()
  const frame = createLogUpdate(process.stdout)
  const history: string[] = []
  let snapshot: ClusterSnapshot = { nodes: [], plans: [], pods: new Set() }
  let state: Frame['state'] = 'Answers'
  const draw = () => {
    const { columns, rows } = process.stdout
    const drawn = drawFrame({ snapshot, state, history, elapsed: elapsed(begin) }, { columns, rows })
    frame(process.env.NO_COLOR ? drawn : paintFrame(drawn))
  }
  // the clock goes on while nobody answers
  const timer = setInterval(draw, 500)
  return {
    seen(next) {
      state = next === undefined ? 'Away' : 'Answers'
      if (next !== undefined) {
        // how it was at the start is in the table
        const changes = snapshot.nodes.length === 0 ? [] : describeChanges(snapshot, next)
        history.push(...changes.map((line) => `${elapsed(begin).padStart(10)}  ${line}`))
        snapshot = next
      }
      draw()
    },
    end() {
      clearInterval(timer)
      state = 'Ended'
      draw()
      frame.done()
    },
  }
}

async function look(api: PlainApi): Promise<ClusterSnapshot> {
  const list = async <T>(path: string) => (await api.get<{ items: T[] }>(path)).items
  const lists = Promise.all([
    list<NodeObject>('/api/v1/nodes'),
    list<PodObject>('/api/v1/pods'),
    list<PlanObject>('/apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans'),
  ])
  const late = new AbortController()
  const answer = await Promise.race([lists, sleep(answersWithinMs, undefined, { signal: late.signal }).then(() => undefined)])
  late.abort()
  if (answer === undefined) throw new Error('the API server does not answer')
  return clusterSnapshot(...answer)
}
