import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledScript } from '../bundled-script.ts'
import { logTail, startProcess } from '../owned-process.ts'
import type { ProbeResult, ProberOrder } from './prober-program.ts'

/** A process of its own that asks an API server's /readyz every 100 ms. */
export interface ApiProber {
  stop(): Promise<ProbeResult>
}

const everyMs = 100

/** `endpoint` is `ADDRESS:PORT`, `folder` is for what it writes. */
export async function startApiProber(endpoint: string, folder: string): Promise<ApiProber> {
  mkdirSync(folder, { recursive: true })
  const script = await bundledScript(join(import.meta.dirname, 'prober-program.ts'), folder)
  const out = join(folder, 'probes.json')
  const logFile = join(folder, 'prober.log')
  const order: ProberOrder = { url: `https://${endpoint}/readyz`, everyMs, out }
  const prober = startProcess({ name: 'prober', command: [process.execPath, script, JSON.stringify(order)], logFile })
  return {
    async stop() {
      const { exitCode } = await prober.stop('SIGTERM')
      if (exitCode !== 0) throw new Error(`the prober did not end as it should:\n${logTail(logFile)}`)
      return JSON.parse(readFileSync(out, 'utf8')) as ProbeResult
    },
  }
}
