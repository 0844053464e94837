import { systemClock } from '../../cluster/clock.ts'
import type { ViewPorts } from './run-views.ts'
import { windowSize } from './window-size.ts'

/** Everything that a command of ClusterUpgrades has from its process. */
export interface CommandPorts extends ViewPorts {
  /** Standard error. */
  readonly warn: (text: string) => void
  /** Ctrl-C. */
  readonly signal: AbortSignal
  readonly random: () => number
}

/** The ports of this process. Colours as https://no-color.org, FORCE_COLOR and TERM say, but for who asked for none. */
export function processPorts(wantsColour = true): CommandPorts {
  const { stdout, stderr, env } = process
  let interrupted: AbortSignal | undefined
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb'
  return {
    write: (text) => void stdout.write(text),
    warn: (text) => void stderr.write(`${text}\n`),
    size: () => (isTerminal ? windowSize(stdout) : undefined),
    colours: wantsColour && !isSet(env.NO_COLOR) && (isTerminal || (isSet(env.FORCE_COLOR) && env.FORCE_COLOR !== '0')),
    now: systemClock.now,
    every: (ms, callback) => {
      const timer = setInterval(callback, ms)
      return () => clearInterval(timer)
    },
    onResize: (callback) => {
      stdout.on('resize', callback)
      return () => stdout.off('resize', callback)
    },
    // who does not ask for it ends at Ctrl-C as programs do
    get signal() {
      interrupted ??= interruption()
      return interrupted
    },
    random: Math.random,
  }
}

/** Variables that are there but empty ask for nothing. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

/** Aborts at the first Ctrl-C; the second ends the process. */
function interruption(): AbortSignal {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort())
  return interrupted.signal
}
