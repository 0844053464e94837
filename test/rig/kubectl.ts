import { spawn } from 'node:child_process'

/** The real kubectl against one cluster. */
export interface Kubectl {
  /** Standard output; throws with standard error when kubectl fails. */
  (args: readonly string[], options?: { input?: string }): Promise<string>
  /** Adds `-o json` and parses the answer. */
  json<T>(args: readonly string[]): Promise<T>
  /** `kubectl apply -f -` with this text. */
  apply(yaml: string): Promise<string>
  /** Whether it failed or not: exit code and both streams. */
  attempt(args: readonly string[], options?: { input?: string }): Promise<KubectlResult>
}

export interface KubectlResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** `command` is kubectl and whatever stands before its own arguments. */
export function kubectlWith(command: readonly [string, ...string[]], kubeconfig: string): Kubectl {
  const attempt: Kubectl['attempt'] = (args, options = {}) => run([...command, '--kubeconfig', kubeconfig, ...args], options.input)
  const kubectl = async (args: readonly string[], options: { input?: string } = {}) => {
    const { exitCode, stdout, stderr } = await attempt(args, options)
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${exitCode}: ${stderr.trim()}`)
    return stdout
  }
  return Object.assign(kubectl, {
    attempt,
    json: async <T>(args: readonly string[]) => JSON.parse(await kubectl([...args, '-o', 'json'])) as T,
    apply: (yaml: string) => kubectl(['apply', '-f', '-'], { input: yaml }),
  })
}

function run(command: readonly string[], input = ''): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command
    // nothing of the developer's own KUBECONFIG or proxies may leak in
    const child = spawn(program, args, { env: { PATH: process.env.PATH, HOME: process.env.HOME }, stdio: 'pipe' })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => undefined) // it may end without reading
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ exitCode: code ?? 1, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    )
    child.stdin.end(input)
  })
}
