import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { program } from './run.mjs'

/**
 * Shows Falkirk at work: on a twin, a Kubernetes within this program, of three servers and six agents, which are upgraded while you watch.
 * `--real` takes a real cluster of one server and two agents on this machine instead. `--exit` ends when the nodes are upgraded.
 */
await program(async () => {
  const { values } = parseArgs({ options: { real: { type: 'boolean' }, exit: { type: 'boolean' } } })
  await bootstrap()
  await build()
  const { main } = await loadTypeScript(values.real ? 'demo/real-cluster.ts' : 'demo/sandbox.ts')
  const code = await /** @type {(options: { exit: boolean }) => Promise<number>} */ (main)({ exit: values.exit ?? false })
  // what still waits for hosts that have been ended is not waited for
  process.exit(code)
})
