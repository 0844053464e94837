import { basename } from 'node:path'
import { FalkirkError } from '../core/falkirk-error.ts'
import type { ExecEntry } from './kube-config-schema.ts'

/** FK_EXEC_PLUGIN about one plugin. */
export function pluginError(exec: ExecEntry, problem: string, cause?: unknown): FalkirkError {
  const hint = exec.installHint === undefined ? '' : ` (${exec.installHint.trim().split('\n')[0]})`
  return new FalkirkError('FK_EXEC_PLUGIN', `exec plugin ${basename(exec.command)} ${problem}${hint}`, { cause, retry: 'backoff' })
}
