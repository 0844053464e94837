/** A Plan beside a ClusterUpgrade: the workers of pool `blue`, one at a time, to a patch release. */
export const agentsPlan = {
  metadata: { namespace: 'system-upgrade', name: 'agents' },
  spec: {
    version: 'v1.30.8+k3s1',
    concurrency: 1,
    cordon: true,
    nodeSelector: { matchLabels: { pool: 'blue' } },
    serviceAccountName: 'system-upgrade',
    upgrade: { image: 'rancher/k3s-upgrade' },
  },
}
