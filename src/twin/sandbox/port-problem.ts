import { FalkirkError } from '../../core/falkirk-error.ts'

const explanations: Readonly<Record<string, (port: number) => string>> = {
  EADDRINUSE: (port) => `--port ${port} is taken by another program: name another one, or leave the flag out for one that is free`,
  EACCES: (port) => `--port ${port} may not be opened by this user: name one above 1023, or leave the flag out for one that is free`,
}

/** Why nobody can listen on a port, as one sentence; what is no fault of the port stays what it is. */
export function portProblem(error: unknown, port: number): unknown {
  const explain = explanations[String((error as { code?: unknown } | undefined)?.code)]
  return explain === undefined ? error : new FalkirkError('FK_BAD_SETTING', explain(port), { cause: error })
}
