/**
 * Structured logging as a port: constant message, varying fields (a pino logger fits as it is).
 * Fields never hold secrets; an `err` field holds the error itself.
 */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Says nothing. */
export const silentLog: Log = { debug: noop, info: noop, warn: noop, error: noop }

function noop(): void {}
