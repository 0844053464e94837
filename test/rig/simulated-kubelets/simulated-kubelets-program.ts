import { numberedNodes } from './node-object.ts'
import { startSimulatedKubelets } from './simulated-kubelets.ts'

/** Settings of simulated kubelets in a process of their own, as its only argument, in JSON. */
export interface SimulatedKubeletsSettings {
  readonly kubeconfig: string
  readonly count: number
  readonly version: string
  readonly jobSeconds: number
  readonly heartbeatsPerSecond: number
  /** Entries in `status.images` of each node. */
  readonly images: number
}

async function main(settings: SimulatedKubeletsSettings): Promise<void> {
  const { count, images, ...options } = settings
  await startSimulatedKubelets({ ...options, nodes: numberedNodes(count, 'node', { images }) })
}

main(JSON.parse(process.argv[2] ?? '{}') as SimulatedKubeletsSettings).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
})
