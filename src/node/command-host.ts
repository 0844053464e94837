import { type Host, type HostInput, type HostOutput, type HostResult, outputLimit } from './host.ts'
import { outputFile } from './output-file.ts'
import { inputStream, readableText, runProcess } from './run-process.ts'

/**
 * A host on which a command of this machine starts a shell: `command` gets `-c SCRIPT falkirk WORD` behind its own arguments. Nothing of this
 * process's environment goes there.
 */
export function commandHost(name: string, command: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}): Host {
  return {
    name,
    run: (script, word, input, output) => run([...command, '-c', script, 'falkirk', word], env, input, output),
  }
}

/** The host of this pod: the namespaces of its first process, which a privileged pod with `hostPID` may enter. */
export function nsenterHost(name: string): Host {
  return commandHost(name, ['/usr/bin/nsenter', '--target', '1', '--mount', '--uts', '--ipc', '--net', '--pid', '--', '/bin/sh'])
}

async function run(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  input?: HostInput,
  output?: HostOutput,
): Promise<HostResult> {
  const end = await runProcess({
    program,
    args,
    env,
    keep: outputLimit,
    input: inputStream(input),
    ...(output === undefined ? {} : { stdoutTo: outputFile(output) }),
  })
  return { exitCode: end.exitCode, stdout: readableText(end.stdout.head), stderr: readableText(end.stderr.head) }
}
