import { performance } from 'node:perf_hooks'

/** Steps that are at work; of steps within steps only the innermost has the live line. */
const atWork = /** @type {symbol[]} */ ([])

/**
 * Runs one long step and says on stderr what it does and for how long: a live line on a terminal, a first and a last line elsewhere.
 * @template T
 * @param {string} title What the step does: `installing packages`.
 * @param {() => Promise<T>} work
 * @param {(result: T) => boolean} [isGood] Whether what came out is what was wanted; an error never is.
 * @returns {Promise<T>}
 */
export async function step(title, work, isGood = () => true) {
  const begin = performance.now()
  const own = Symbol(title)
  const live = process.stderr.isTTY === true
  const show = (/** @type {string} */ mark) =>
    process.stderr.write(`${live ? '\r\u001b[K' : ''}${mark} ${title} ${elapsed(begin)}${live ? '' : '\n'}`)
  const tick = () => atWork.at(-1) === own && show('…')
  atWork.push(own)
  if (!live) process.stderr.write(`… ${title}\n`)
  const timer = live ? setInterval(tick, 1000) : undefined
  if (live) tick()
  try {
    const result = await work()
    show(isGood(result) ? '✔' : '✘')
    return result
  } catch (error) {
    show('✘')
    throw error
  } finally {
    clearInterval(timer)
    atWork.splice(atWork.indexOf(own), 1)
    if (live) process.stderr.write('\n')
  }
}

/**
 * Time since `begin` (of `performance.now()`), for people: `0.8 s`, `43 s`, `2 min 05 s`.
 * @param {number} begin
 */
export function elapsed(begin) {
  const seconds = (performance.now() - begin) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
}
