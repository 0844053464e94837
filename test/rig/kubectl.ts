import { setTimeout as sleep } from 'node:timers/promises'
import { attempt as attemptCommand, type CommandResult } from './command.ts'

const establishedWithinMs = 30_000

/** The real kubectl against one cluster. */
export interface Kubectl {
  /** Standard output; throws with standard error when kubectl fails. */
  (args: readonly string[], options?: { input?: string }): Promise<string>
  /** Adds `-o json` and parses the answer. */
  json<T>(args: readonly string[]): Promise<T>
  /** `kubectl apply -f -` with this text. */
  apply(yaml: string): Promise<string>
  /** Until the API server serves the resources of a CustomResourceDefinition. `kubectl wait` of v1.20 fails where there are no conditions yet. */
  established(definition: string): Promise<void>
  /** Whether it failed or not: exit code and both streams. */
  attempt(args: readonly string[], options?: { input?: string }): Promise<CommandResult>
}

/** `command` is kubectl and whatever stands before its own arguments. */
export function kubectlWith(command: readonly [string, ...string[]], kubeconfig: string): Kubectl {
  const [program, ...first] = command
  const attempt: Kubectl['attempt'] = (args, options) => attemptCommand(program, [...first, '--kubeconfig', kubeconfig, ...args], options)
  const kubectl = async (args: readonly string[], options: { input?: string } = {}) => {
    const { exitCode, stdout, stderr } = await attempt(args, options)
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${exitCode}: ${stderr.trim()}`)
    return stdout
  }
  return Object.assign(kubectl, {
    attempt,
    json: async <T>(args: readonly string[]) => JSON.parse(await kubectl([...args, '-o', 'json'])) as T,
    apply: (yaml: string) => kubectl(['apply', '-f', '-'], { input: yaml }),
    established: async (definition: string) => {
      const query = '{.status.conditions[?(@.type=="Established")].status}'
      const endMs = Date.now() + establishedWithinMs
      while ((await kubectl(['get', 'crd', definition, '-o', `jsonpath=${query}`])) !== 'True') {
        if (Date.now() > endMs) throw new Error(`${definition} is not established after ${establishedWithinMs / 1_000} s`)
        await sleep(100)
      }
    },
  })
}
