import { Command } from 'commander'
import { joinSettings } from './join-flags.ts'
import { type SandboxFlags, sandboxSettings } from './sandbox-flags.ts'

/** `falkirk sandbox`: serves a twin until it is stopped, or nodes of a cluster that is there. */
export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('serve a Kubernetes that is within this program, for trying things out')
    .option('--kubeconfig <file>', "where the administrator's kubeconfig is put; removed at the end")
    .option('--join <kubeconfig>', 'no cluster of its own: --nodes of this one; deleted at the end, with the pods on them')
    .option('--nodes <count>', 'nodes, control planes among them')
    .option('--pods <count>', 'pods of all kinds')
    .option('--distribution <name>', 'k3s, rke2 or kubeadm (k3s)')
    .option('--version <version>', 'version of Kubernetes, v1.14 to v1.37 (v1.33.5)')
    .option('--scenario <name>', 'a story of docs/scenarios.md, or a file like these')
    .option('--load <file>', 'a snapshot, or objects as kubectl get -o yaml prints them')
    .option('--speed <factor>', 'how many times as fast as real time (1x)')
    .option('--seed <number>', 'another number makes another run (1)')
    .option('--port <port>', 'port on the loopback address (a free one)')
    .action(run)
}

async function run(flags: SandboxFlags): Promise<void> {
  const { join } = flags
  const stop = new AbortController()
  const ports = { say: (text: string) => void process.stdout.write(`${text}\n`), signal: stop.signal }
  const untilStopped = async (serve: () => Promise<void>) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
    await serve()
  }
  // the controller is started without all that a twin is made of
  if (join === undefined) {
    const settings = sandboxSettings(flags)
    await untilStopped(async () => (await import('./run-sandbox.ts')).runSandbox(settings, ports))
  } else {
    const settings = joinSettings(join, flags)
    await untilStopped(async () => (await import('./run-join.ts')).runJoin(settings, ports))
  }
}
