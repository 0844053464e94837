import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { program } from './run.mjs'

/**
 * Shows Falkirk at work on a real cluster on this machine: one server and two agents are upgraded while you watch.
 * `--real` asks for that very cluster; it is the only one there is, and so the default. `--exit` ends when the nodes are upgraded.
 */
await program(async () => {
  const { values } = parseArgs({ options: { real: { type: 'boolean' }, exit: { type: 'boolean' } } })
  await bootstrap()
  await build()
  const { main } = await loadTypeScript('demo/real-cluster.ts')
  const code = await /** @type {(options: { exit: boolean }) => Promise<number>} */ (main)({ exit: values.exit ?? false })
  // what still waits for hosts that have been ended is not waited for
  process.exit(code)
})
