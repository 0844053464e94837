import { elapsed } from '../scripts/progress.mjs'
import { smallWorld } from '../src/twin/sandbox/small-world.ts'
import type { PlainApi } from '../test/rig/plain-api.ts'
import { createObjects } from './create-objects.ts'
import { type ShowOptions, showOnSandbox } from './sandbox.ts'
import { watchRollout } from './watch-rollout.ts'

/** Where the cluster is before the Plans take it to v1.24.6+k3s1. */
const version = 'v1.23.12+k3s1'

const planFile = new URL('sandbox-plans.yaml', import.meta.url)

/** Shows two Plans at work on a twin of three servers and six agents. Resolves with the exit code. */
export function main({ exit = false, speed = 1 }: Partial<ShowOptions> = {}): Promise<number> {
  const world = smallWorld({ distribution: 'k3s', version })
  return showOnSandbox({ title: `starting a twin of 9 nodes with ${version}`, world, greeting, run }, { exit, speed })
}

async function run(api: PlainApi, { signal }: { readonly signal: AbortSignal }): Promise<number | undefined> {
  await createObjects(api, [planFile])
  const begin = performance.now()
  if (!(await watchRollout(api, signal))) return undefined
  process.stdout.write(`\nEvery node has the new version after ${elapsed(begin)}.\n`)
  return 0
}

function greeting(kubeconfig: string): string {
  return `
A Kubernetes within this program, whose nodes Falkirk upgrades now. Look at it from another terminal:

  export KUBECONFIG=${kubeconfig}
  kubectl get pods -A -o wide -w
  kubectl -n system-upgrade get plans
  kubectl -n system-upgrade logs -l upgrade.cattle.io/plan=server-plan
  kubectl get events -A -w

`
}
