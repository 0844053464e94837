import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { program } from './run.mjs'

/** Measures the controller against a real API server with simulated kubelets, and prints the figures beside the goals. */
await program(async () => {
  await bootstrap()
  const { file } = await build()
  const { main } = await loadTypeScript('test/bench/main.ts')
  return /** @type {(options: { program: string, args: string[] }) => Promise<number | void>} */ (main)({
    program: file,
    args: process.argv.slice(2),
  })
})
