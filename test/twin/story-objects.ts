import type { DraftObject } from '../../src/twin/kube-object.ts'
import type { Machine } from '../../src/twin/machine/machine.ts'
import { newMachine } from '../../src/twin/machine/new-machine.ts'
import { type PlanStory, type StoryNode, type StoryPlan, type StoryTarget, type StoryWorkload, versionText } from './plan-story.ts'
import { namespace } from './virtual-cluster.ts'

export const foreignTaint = { key: 'example.org/broken-disk', value: 'sda', effect: 'NoSchedule' }

/** Its nodes in the order of the story: `server-0`, `agent-0` … */
export function storyMachines({ servers, agents, minor }: PlanStory): readonly Machine[] {
  const machine = (role: 'Server' | 'Agent', { version, pool, foreign }: StoryNode, index: number) => {
    const name = `${role.toLowerCase()}-${index}`
    return newMachine({
      name,
      version: versionText(version, minor),
      role,
      distribution: 'k3s',
      bootId: `boot-${name}`,
      labels: { 'kubernetes.io/hostname': name, pool },
      taints: foreign.endsWith('Taint') ? [foreignTaint] : [],
    })
  }
  return [...servers.map((node, i) => machine('Server', node, i)), ...agents.map((node, i) => machine('Agent', node, i))]
}

const image = { Upgrades: 'rancher/k3s-upgrade', Fails: 'rig/upgrade-fails', DoesNothing: 'rig/upgrade-nothing' }

export function planObject(plan: StoryPlan, minor: number, name: string): DraftObject {
  const { concurrency, cordon, exclusive, postCompleteSeconds } = plan
  return {
    metadata: { namespace, name, annotations: planAnnotations(plan) },
    spec: {
      version: targetText(plan.target, minor),
      concurrency,
      cordon,
      exclusive,
      nodeSelector: nodeSelector(plan.nodes),
      serviceAccountName: 'system-upgrade',
      tolerations: [{ key: foreignTaint.key, operator: 'Exists' }],
      ...(postCompleteSeconds === 0 ? {} : { postCompleteDelay: `${postCompleteSeconds}s` }),
      ...(plan.drain === 'None' ? {} : { drain: { force: plan.drain !== 'Controller', timeout: '3m' } }),
      upgrade: { image: plan.target === 'Packages' ? 'debian' : image[plan.image] },
    },
  }
}

/** What a Plan says under `version`. */
export function targetText(target: StoryTarget, minor: number): string {
  return target === 'Packages' ? 'bookworm' : versionText(target, minor)
}

function planAnnotations({ drain, retries, healthGate }: StoryPlan): Record<string, string> {
  return {
    'falkirk.dev/health-gate': healthGate,
    ...(retries === 0 ? {} : { 'falkirk.dev/retry': `count=${retries},backoff=30s` }),
    ...(drain === 'None' ? {} : { 'falkirk.dev/drain': drain === 'Job' ? 'job' : 'controller' }),
  }
}

function nodeSelector(nodes: StoryPlan['nodes']): object {
  const role = 'node-role.kubernetes.io/control-plane'
  switch (nodes) {
    case 'Servers':
      return { matchExpressions: [{ key: role, operator: 'Exists' }] }
    case 'Agents':
      return { matchExpressions: [{ key: role, operator: 'DoesNotExist' }] }
    case 'Blue':
      return { matchLabels: { pool: 'blue' } }
    case 'All':
      return {}
  }
}

/** What a workload is made of: resource and draft. */
export function workloadObjects(workload: StoryWorkload, name: string): readonly (readonly [resource: string, draft: DraftObject])[] {
  const labels = { app: name }
  const metadata = { namespace: 'default', name, labels }
  const annotations = { 'twin.falkirk.dev/ready-seconds': String(workload.readySeconds) }
  const spec = { containers: [{ name: 'app', image: `registry.example.org/${name}:1` }] }
  const template = { metadata: { labels, annotations }, spec }
  const selector = { matchLabels: labels }
  const { minAvailable, replicas } = workload
  const budget = { metadata, spec: { minAvailable, selector } }
  const budgets = minAvailable < 0 ? [] : ([['poddisruptionbudgets.policy', budget]] as const)
  switch (workload.kind) {
    case 'Deployment':
      return [['deployments.apps', { metadata, spec: { replicas, selector, template } }], ...budgets]
    case 'StatefulSet':
      return [['statefulsets.apps', { metadata, spec: { replicas, selector, serviceName: name, template } }], ...budgets]
    case 'DaemonSet':
      return [['daemonsets.apps', { metadata, spec: { selector, template } }]]
    case 'BarePod':
      return [['pods', { metadata: { ...metadata, annotations }, spec }]]
  }
}
