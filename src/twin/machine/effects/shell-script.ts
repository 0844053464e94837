import type { Container } from 'kubernetes-types/core/v1'

/** What of a script can be told without running it. */
export interface ScriptCourse {
  /** Sum of its sleeps; Infinity for `sleep infinity` and `tail -f /dev/null`. */
  readonly seconds: number
  readonly exitCode: number
  readonly log: string
}

/** The script that a container runs in a shell, or its words in a row; `undefined` when it names no command. */
export function scriptOf({ command = [], args = [] }: Container): string | undefined {
  const words = [...command, ...args]
  return words.length === 0 ? undefined : words.join(' ')
}

/**
 * Reads what plain test images do: `sleep N`, `exit N`, `false`, `echo TEXT`, until the first end. Everything else takes no time and works.
 * `undefined` when nothing of it is known.
 */
export function readScript(script: string): ScriptCourse | undefined {
  // what ends a loop or a branch is not where the script ends
  if (/\b(?:while\s+(?:true|:)|until\s+false)\b/.test(script)) return { seconds: Number.POSITIVE_INFINITY, exitCode: 0, log: '' }
  const steps = [
    ...script.matchAll(
      /\bsleep\s+(infinity|\d+(?:\.\d+)?)|(?<!(?:\|\||\bthen|\belse)\s*\{?\s*)(?:\bexit\s+(\d+)|(?<![\w/-])(false)\b)|\becho\s+([^;&|\n]+)|(tail -f \/dev\/null)/g,
    ),
  ]
  if (steps.length === 0) return undefined
  let seconds = 0
  let log = ''
  for (const [, sleep, exit, failure, text, tail] of steps) {
    seconds += tail === undefined ? secondsOf(sleep) : Number.POSITIVE_INFINITY
    if (text !== undefined) log += `${text.trim().replaceAll(/^["']|["']$/g, '')}\n`
    if (exit !== undefined || failure !== undefined) return { seconds, exitCode: Number(exit ?? 1) & 255, log }
  }
  return { seconds, exitCode: 0, log }
}

function secondsOf(sleep: string | undefined): number {
  return sleep === 'infinity' ? Number.POSITIVE_INFINITY : Number(sleep ?? 0)
}
