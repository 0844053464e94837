import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { program } from './run.mjs'

/**
 * Shows Falkirk at work: on a twin, a Kubernetes within this program, of three servers and six agents, which are upgraded while you watch.
 * `--real` takes a real cluster of one server and two agents on this machine instead. `--exit` ends when the nodes are upgraded.
 * `--speed 4x` lets a twin live so many times as fast as the world.
 */
await program(async () => {
  const { values } = parseArgs({ options: { real: { type: 'boolean' }, exit: { type: 'boolean' }, speed: { type: 'string' } } })
  const speed = speedOf(values.speed ?? '1x')
  await bootstrap()
  await build()
  const { main } = await loadTypeScript(values.real ? 'demo/real-cluster.ts' : 'demo/sandbox.ts')
  const code = await /** @type {(options: { exit: boolean, speed: number }) => Promise<number>} */ (main)({
    exit: values.exit ?? false,
    speed,
  })
  // what still waits for hosts that have been ended is not waited for
  process.exit(code)
})

/** @param {string} text */
function speedOf(text) {
  const speed = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1])
  if (speed >= 0.1 && speed <= 10) return speed
  throw new Error(`--speed is "${text}": write how many times as fast as the world, from 0.1x to 10x`)
}
