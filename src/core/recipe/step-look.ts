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

/**
 * Reads what `tell_all` of `scripts/step-runtime.ts` printed of these steps: without outputs, and up to one that is at work. Undefined when that is something
 * else, or when a step is missing.
 */
export function parseStepLooks(text: string, names: readonly string[]): ReadonlyMap<string, StepLook> | undefined {
  if (!text.endsWith('\nend\n')) return undefined
  const looks = new Map<string, StepLook>()
  for (const part of text
    .slice(0, -'end\n'.length)
    .split(/^step=/m)
    .slice(1)) {
    const [name = '', ...lines] = part.split('\n')
    const state = lines.join('\n')
    const look = parseStepLook(state === 'active=yes\n' ? state : `${state}output\n`)
    if (look === undefined || !names.includes(name)) return undefined
    looks.set(name, look)
  }
  const isWhole = names.every((name) => looks.has(name)) || [...looks.values()].some(({ active }) => active)
  return isWhole ? looks : undefined
}
