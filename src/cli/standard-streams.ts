/** What is used of `process`. */
interface Program {
  readonly stdout: StreamOfProcess
  readonly stderr: StreamOfProcess & { write(text: string): boolean }
  exitCode?: number | string | null | undefined
  on(event: 'exit', listener: () => void): unknown
}

interface StreamOfProcess {
  readonly isTTY?: boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

/**
 * Keeps output that cannot be written from ending the program with a stack trace. A reader that has gone (`| head -1`) or a terminal that was closed is
 * no fault. A full disk is: it is told once, and what would have ended with 0 ends with 1.
 */
export function watchStreams(program: Program): void {
  let isLost = false
  program.stderr.on('error', () => {})
  program.stdout.on('error', (error) => {
    if (isLost || error.code === 'EPIPE' || (error.code === 'EIO' && program.stdout.isTTY === true)) return
    isLost = true
    program.stderr.write(`falkirk failed: standard output cannot be written (${error.message})\n`)
  })
  program.on('exit', () => {
    if (isLost && (program.exitCode ?? 0) === 0) program.exitCode = 1
  })
}
