import type { StepLook } from './recipe-step.ts'

/** Reads what `look` of `scripts/step-runtime.ts` printed; undefined when that is something else. */
export function parseStepLook(text: string): StepLook | undefined {
  if (text.trimEnd() === 'active=yes') return { active: true, done: false, output: '' }
  const match = /^(?:attempt=(\d{1,9})\nexit_code=(\d{1,3})\n)?(begun=yes\n)?probe=(yes|no)\noutput\n/.exec(text)
  if (match === null) return undefined
  const [head, attempt, exitCode, begun, probe] = match
  return {
    active: false,
    done: probe === 'yes',
    ...(begun === undefined ? {} : { begun: true }),
    ...(attempt === undefined ? {} : { outcome: { attempt: Number(attempt), exitCode: Number(exitCode) } }),
    output: text.slice(head.length),
  }
}
