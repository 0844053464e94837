/** Exit code of what somebody interrupted. */
export const interruptedCode = 130

/** Aborts at Ctrl-C, at a request to end, and when the terminal is closed: all that was started is ended then, however often somebody asks. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) process.stderr.write('everything is being ended, one moment\n')
      interrupted.abort(new Error('interrupted'))
    })
  }
  // a terminal that is closed cannot be written to, and what was started is to be ended all the same
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return interrupted.signal
}
