import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundledScript } from '../bundled-script.ts'
import { logTail, startProcess } from '../owned-process.ts'
import type { RecorderOrder } from './recorder-program.ts'
import { type RecordedLine, readRecording } from './recording.ts'

/** A process of its own that looks at a cluster by watches of its own, and asks a service without pause. */
export interface ClusterRecorder {
  /** Ends it; all that it has seen, oldest first. */
  stop(): Promise<RecordedLine[]>
}

const startWithinMs = 30_000

/** Resolves when nodes, pods and budgets have been listed. `folder` is for what it writes. */
export async function startClusterRecorder(folder: string, order: Omit<RecorderOrder, 'out'>): Promise<ClusterRecorder> {
  mkdirSync(folder, { recursive: true })
  const out = join(folder, 'recording.jsonl')
  const logFile = join(folder, 'recorder.log')
  const script = await bundledScript(join(import.meta.dirname, 'recorder-program.ts'), folder)
  const recorder = startProcess({
    name: 'recorder',
    command: [process.execPath, script, JSON.stringify({ ...order, out } satisfies RecorderOrder)],
    logFile,
  })
  const endsAtMs = Date.now() + startWithinMs
  while (!readFileSync(logFile, 'utf8').startsWith('recording\n')) {
    if (recorder.running && Date.now() < endsAtMs) await sleep(50)
    else {
      await recorder.stop('SIGKILL')
      throw new Error(`the recorder did not start:\n${logTail(logFile)}`)
    }
  }
  return {
    async stop() {
      const { exitCode } = await recorder.stop('SIGTERM', 20_000)
      if (exitCode !== 0) throw new Error(`the recorder did not end as it should:\n${logTail(logFile)}`)
      return existsSync(out) ? readRecording(readFileSync(out, 'utf8')) : []
    },
  }
}
