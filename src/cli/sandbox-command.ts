import { Command } from 'commander'
import { type SandboxFlags, sandboxSettings } from './sandbox-flags.ts'

/** `falkirk sandbox`: serves a twin until it is stopped. */
export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('serve a Kubernetes that is within this program, for trying things out')
    .requiredOption('--kubeconfig <file>', "where the administrator's kubeconfig is put; removed at the end")
    .option('--nodes <count>', 'nodes, control planes among them')
    .option('--pods <count>', 'pods of all kinds')
    .option('--distribution <name>', 'k3s, rke2 or kubeadm (k3s)')
    .option('--version <version>', 'version of Kubernetes, v1.14 to v1.37')
    .option('--scenario <name>', 'a story of docs/scenarios.md, or a file like these')
    .option('--load <file>', 'a snapshot, or objects as kubectl get -o yaml prints them')
    .option('--speed <factor>', 'how many times as fast as real time (1x)')
    .option('--seed <number>', 'another number makes another run (1)')
    .option('--port <port>', 'port on the loopback address (a free one)')
    .action(run)
}

async function run(flags: SandboxFlags): Promise<void> {
  const settings = sandboxSettings(flags)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  // the controller is started without all that a twin is made of
  const { runSandbox } = await import('./run-sandbox.ts')
  await runSandbox(settings, { say: (text) => process.stdout.write(`${text}\n`), signal: stop.signal })
}
