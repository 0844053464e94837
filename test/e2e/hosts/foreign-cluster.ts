import type { Kubectl } from '../../rig/kubectl.ts'

export interface NodeObject {
  readonly metadata: {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: { readonly unschedulable?: boolean }
}

const roles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

export function isControlPlane({ metadata }: NodeObject): boolean {
  return roles.some((role) => metadata.labels?.[role] !== undefined)
}

/** The tests install a controller, and take it away with its namespace: where one is at work already they must not run. */
export async function refuseIfInUse(kubectl: Kubectl, namespace: string): Promise<void> {
  const { stdout } = await kubectl.attempt(['get', 'namespace', namespace, '--ignore-not-found', '-o', 'name'])
  if (stdout.trim() === '') return
  throw new Error(
    `the cluster that FALKIRK_E2E_KUBECONFIG names has a namespace ${namespace} already: these tests would take it away; name a cluster for tests`,
  )
}

/** Takes away what the tests have brought, and gives the nodes back as they were found. */
export async function leaveAsFound(kubectl: Kubectl, nodes: readonly NodeObject[]): Promise<void> {
  await kubectl.attempt(['delete', '-k', 'deploy/base', '--ignore-not-found', '--timeout=120s'])
  const now = (await kubectl.json<{ items: NodeObject[] }>(['get', 'nodes'])).items
  for (const { metadata, spec } of nodes) {
    const node = now.find((each) => each.metadata.name === metadata.name)
    if (node === undefined) continue
    const brought = (key: string) => key.startsWith('plan.upgrade.cattle.io/') && metadata.labels?.[key] === undefined
    const labels = Object.keys(node.metadata.labels ?? {}).filter(brought)
    const patch = {
      metadata: {
        labels: Object.fromEntries(labels.map((key) => [key, null])),
        annotations: { 'falkirk.dev/journal': metadata.annotations?.['falkirk.dev/journal'] ?? null },
      },
      spec: { unschedulable: spec?.unschedulable === true ? true : null },
    }
    await kubectl(['patch', 'node', metadata.name, '--type=merge', '-p', JSON.stringify(patch)])
  }
}
