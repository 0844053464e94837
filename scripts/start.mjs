import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { build } from './build.mjs'
import { loadTypeScript } from './load-typescript.mjs'
import { program } from './run.mjs'

/**
 * Shows Falkirk at work: a ClusterUpgrade on a twin, a Kubernetes within this program, that is upgraded while you watch. `--plans` shows two Plans
 * instead; `--real` shows them on a real cluster of one server and two agents on this machine. `--exit` ends when the nodes are upgraded.
 * `--speed 10x` lets a twin live so many times as fast as the world.
 */
await program(async () => {
  const flag = { type: /** @type {const} */ ('boolean') }
  const { values } = parseArgs({ options: { plans: flag, real: flag, exit: flag, speed: { type: 'string' } } })
  const speed = values.speed === undefined ? {} : { speed: speedOf(values.speed) }
  await bootstrap()
  await build()
  const show = values.real ? 'real-cluster' : values.plans ? 'plans-show' : 'upgrade-show'
  const { main } = await loadTypeScript(`demo/${show}.ts`)
  const code = await /** @type {(options: { exit: boolean, speed?: number }) => Promise<number>} */ (main)({
    exit: values.exit ?? false,
    ...speed,
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
