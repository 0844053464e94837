import type { Shell } from './shell.ts'

/** While servers are upgraded the API server answers with another version: guards must not judge by the old one for long. */
const intervalMs = 30_000

/** Asks the API server for its version twice a minute; `onChange` hears of another one. */
export function watchServerVersion(
  { client, clock, log }: Pick<Shell, 'client' | 'clock' | 'log'>,
  onChange: () => void,
): { current: () => string; stop: () => void } {
  let current = client.capabilities.gitVersion
  let cancel = () => {}
  let stopped = false
  const ask = async () => {
    try {
      const { gitVersion } = await client.transport.json<{ gitVersion?: string }>({ method: 'GET', path: '/version' })
      if (gitVersion !== undefined && gitVersion !== current) {
        log.info({ from: current, to: gitVersion }, 'the API server has another version')
        current = gitVersion
        onChange()
      }
    } catch (err) {
      log.debug({ err }, 'the API server does not tell its version')
    }
    if (!stopped) cancel = clock.after(intervalMs, () => void ask())
  }
  cancel = clock.after(intervalMs, () => void ask())
  return {
    current: () => current,
    stop: () => {
      stopped = true
      cancel()
    },
  }
}
