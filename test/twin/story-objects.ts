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
  const shared = workload.volume === true && workload.kind === 'DaemonSet' ? sharedVolume(name) : undefined
  const containers = [{ name: 'app', image: `registry.example.org/${name}:1` }]
  const spec = { containers, ...(shared === undefined ? {} : { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] }) }
  const template = { metadata: { labels, annotations }, spec }
  const selector = { matchLabels: labels }
  const { minAvailable, replicas } = workload
  const budget = { metadata, spec: { minAvailable, selector } }
  const budgets = minAvailable < 0 ? [] : ([['poddisruptionbudgets.policy', budget]] as const)
  switch (workload.kind) {
    case 'Deployment':
      return [['deployments.apps', { metadata, spec: { replicas, selector, template } }], ...budgets]
    case 'StatefulSet':
      return [
        ...ownVolumes(workload, name),
        ['statefulsets.apps', { metadata, spec: { replicas, selector, serviceName: name, template, ...volumeClaims(workload, name) } }],
        ...budgets,
      ]
    case 'DaemonSet':
      return [...(shared ?? []), ['daemonsets.apps', { metadata, spec: { selector, template } }]]
    case 'BarePod':
      return [['pods', { metadata: { ...metadata, annotations }, spec }]]
  }
}

type StoryObject = readonly [resource: string, draft: DraftObject]

/** What of a StatefulSet makes a volume for each of its pods. */
function volumeClaims({ volume = false }: StoryWorkload, name: string): object {
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: name, resources: { requests: { storage: '1Gi' } } }
  return volume ? { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }] } : {}
}

/** The class of the volumes that are made for the pods of a StatefulSet: disks that are attached to one machine at a time. */
function ownVolumes({ volume }: StoryWorkload, name: string): readonly StoryObject[] {
  if (volume !== true) return []
  const draft = { metadata: { name }, provisioner: 'ebs.csi.aws.com', volumeBindingMode: 'WaitForFirstConsumer', reclaimPolicy: 'Delete' }
  return [['storageclasses.storage.k8s.io', draft]]
}

/** A volume that may be attached to every machine, and its claim. */
function sharedVolume(name: string): readonly StoryObject[] {
  const [accessModes, storage] = [['ReadWriteMany'], '1Gi']
  const csi = { driver: 'shared.example.org', volumeHandle: name }
  const claimRef = { namespace: 'default', name }
  return [
    ['persistentvolumes', { metadata: { name }, spec: { accessModes, capacity: { storage }, storageClassName: '', csi, claimRef } }],
    [
      'persistentvolumeclaims',
      {
        metadata: { namespace: 'default', name },
        spec: { accessModes, storageClassName: '', volumeName: name, resources: { requests: { storage } } },
      },
    ],
  ]
}
