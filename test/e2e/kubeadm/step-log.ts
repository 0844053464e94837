import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'

/** Steps of recipes that were begun on hosts, each as `HOST RECIPE STEP`, as often as it was begun; hosts write it down themselves. */
export async function begunSteps({ hosts }: KubeadmCluster): Promise<string[]> {
  const logs = await Promise.all(
    hosts.map(async ({ name, run }) =>
      (await run('cat /var/lib/falkirk/steps.log 2> /dev/null || true'))
        .split('\n')
        .filter((line) => line.endsWith(' started'))
        .map((line) => `${name} ${line.split(' ').slice(1, 3).join(' ')}`),
    ),
  )
  return logs.flat()
}

/** Those that are there more than once. */
export function repeated(steps: readonly string[]): string[] {
  return steps.filter((step, index) => steps.indexOf(step) !== index)
}
