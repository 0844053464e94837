import { z } from 'zod'
import { DrainRuleSpec } from '../../drain/drain-rule.ts'
import { StrictSelector } from '../../kubernetes/strict-selector.ts'
import { ContainerSpec } from '../../plan/container-spec.ts'
import { parseGoDuration } from '../../plan/go-duration.ts'
import { DiskPath } from '../../recipe/runtime/disk-path.ts'
import { RecipeSpec, strayField } from './recipe-spec.ts'

const duration = z.string().refine((text) => (parseGoDuration(text) ?? -1) >= 0, {
  error: 'is no duration: write a number with a unit, such as 30s or 1h30m',
})

/** Elsewhere 0 means for ever; here it would end at once what nobody has had the time for, with Force past all budgets. */
const limit = duration.refine((text) => parseGoDuration(text) !== 0, {
  error: 'is no time at all: write a duration such as 30m, or leave it out',
})

const Batches = z
  .strictObject({
    first: z
      .int32()
      .min(1)
      .max(200)
      .describe('Nodes of the first batch, and of the first one after a pause or a failure; 1 when left out.')
      .exactOptional(),
    factor: z.int32().min(1).describe('How many times larger each batch is than the one before; 2 when left out.').exactOptional(),
    max: z.int32().min(1).max(200).describe('The most nodes of a batch; 10 when left out.').exactOptional(),
  })
  .describe('How many nodes are worked on at the same time.')

/** A node pool: which nodes, and how many of them at a time. */
export const PoolSpec = z
  .strictObject({
    name: z.string().min(1).max(63).describe('Name of the pool, for status and commands.'),
    nodeSelector: StrictSelector.describe(
      'Nodes of the pool. A node belongs to the first pool that selects it; control-plane nodes belong to none.',
    ),
    batches: Batches.exactOptional(),
    maxUnavailable: z
      .int32()
      .min(1)
      .describe('The most nodes of the pool that may be NotReady or cordoned, whoever did it; as many as batches.max when left out.')
      .exactOptional(),
    spread: z
      .string()
      .min(1)
      .describe('Label of nodes, such as topology.kubernetes.io/zone: the nodes of a batch share its value.')
      .exactOptional(),
  })
  .describe('A node pool.')
export type PoolSpec = z.infer<typeof PoolSpec>

const UpgradeDrainSpec = z
  .strictObject({
    timeout: limit
      .describe(
        'How long the drain of a node may take, and after it the detaching of its volumes, before whenBlocked says what happens; 30m when left out.',
      )
      .exactOptional(),
    whenBlocked: z
      .enum(['Pause', 'Quarantine', 'Force'])
      .describe(
        'What follows a drain that does not end in time: Pause stops the run, Quarantine leaves the node cordoned and goes on, Force deletes past the budgets, and changes the node with volumes attached. Pause when left out.',
      )
      .exactOptional(),
    force: z.boolean().describe('Also evicts pods that nobody creates again.').exactOptional(),
    deleteEmptyDirData: z.boolean().describe('Also evicts pods whose emptyDir volumes are lost; true when left out.').exactOptional(),
    rules: z
      .array(DrainRuleSpec)
      .max(50)
      .describe('Rules for classes of pods. They do not touch static pods, pods of DaemonSets and pods that have finished.')
      .exactOptional(),
    preferDoneNodes: z
      .boolean()
      .describe(
        'Evicted pods are to land on nodes that are done: those that are still to come carry a soft taint (PreferNoSchedule) meanwhile. True when left out.',
      )
      .exactOptional(),
    gracePeriodSeconds: z.int32().min(0).describe("Grace of each pod in seconds; the pod's own when left out.").exactOptional(),
  })
  .describe('How nodes are drained.')

const SoakSpec = z
  .strictObject({
    displacedPodsReady: z
      .boolean()
      .describe('Waits until the pods that took the place of the evicted ones are Ready; true when left out.')
      .exactOptional(),
    for: duration.describe('How long all of it has to hold; 10s when left out.').exactOptional(),
    timeout: limit.describe('How long is waited for it before the run stops; 10m when left out.').exactOptional(),
  })
  .describe('What has to hold after a node before it counts as done.')

const FailureSpec = z
  .strictObject({
    retries: z.int32().min(0).max(10).describe('How often the change of a node is tried again; 2 when left out.').exactOptional(),
    budget: z
      .int32()
      .min(0)
      .describe(
        'How many nodes may fail before the run stops; those are labelled, and left cordoned where they do not serve any more. 0 when left out: it stops at the first.',
      )
      .exactOptional(),
    pauseExpiry: limit.describe('After a pause of this length the run is given up and cleaned away; 168h when left out.').exactOptional(),
  })
  .describe('What follows a failure.')

const OsSpec = z
  .strictObject({
    packages: z
      .enum(['None', 'Security', 'All'])
      .describe(
        'Which packages are upgraded, without those of Kubernetes, its runtime and etcd, and without what somebody holds. All when left out.',
      )
      .exactOptional(),
    reboot: z
      .enum(['Never', 'IfRequired', 'Always'])
      .describe('Whether the host is rebooted afterwards, on the drained node; IfRequired when left out.')
      .exactOptional(),
  })
  .describe("Upgrades the packages of each node's operating system, once in a run, in the first drain of the node. With via: SSH.")

const RuntimeSpec = z
  .strictObject({
    name: z.enum(['containerd']).describe('The runtime that each node is to have; nodes with docker are moved to it.'),
    version: z
      .string()
      .refine((text) => /^\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(text), { error: 'is no version of containerd: write one such as 1.7.28' })
      .describe('At least this version, such as 1.7.28; any when left out. None is lowered.')
      .exactOptional(),
    reformatDisk: DiskPath.describe(
      'Path of the disk that docker has for itself, such as /dev/vg0/docker, which containerd gets: ALL THAT IS ON IT IS LOST. Nodes that have containerd already are left as they are. No disk is touched when left out.',
    ).exactOptional(),
  })
  .describe('Changes the container runtime of each node, in the first drain of the node. With via: SSH.')

/** Strict: a command with a typo would leave a privileged container to the command of its image. */
const UpgradeContainer = z.strictObject({ ...ContainerSpec.shape, image: ContainerSpec.shape.image.min(1) })

const NodeSpec = z
  .strictObject({
    via: z
      .enum(['Job', 'SSH'])
      .describe(
        'How a node is changed. Job: by a privileged Job on it. SSH: by steps on its host, from where falkirk run --inventory FILE runs. Job when left out.',
      )
      .exactOptional(),
    upgrade: UpgradeContainer.describe(
      "Container that brings a node to the version, as in a Plan; the distribution's own upgrade image when left out.",
    ).exactOptional(),
    recipe: RecipeSpec.exactOptional(),
    os: OsSpec.exactOptional(),
    runtime: RuntimeSpec.exactOptional(),
  })
  .refine(({ upgrade, recipe }) => upgrade === undefined || recipe === undefined, {
    error: 'has upgrade and recipe, and a node is changed by one of them: remove the other',
  })
  .refine(({ via, upgrade }) => via !== 'SSH' || upgrade === undefined, {
    error: 'has via: SSH beside upgrade, which is for Jobs: remove it, or write via: Job',
  })
  .superRefine(({ via = 'Job', recipe }, { addIssue }) => {
    const stray = recipe === undefined ? undefined : strayField(recipe, via)
    if (stray !== undefined)
      addIssue(`has ${stray}, which is of no use with via: ${via}: remove it, or write via: ${via === 'SSH' ? 'Job' : 'SSH'}`)
  })
  .refine(({ via, os }) => via === 'SSH' || os === undefined, { error: 'has os, which Jobs do not carry out: write via: SSH beside it' })
  .refine(({ via, runtime }) => via === 'SSH' || runtime === undefined, {
    error: 'has runtime, which Jobs do not carry out: write via: SSH beside it',
  })
  .describe('How a node is changed.')

const AcceptedRisk = z
  .strictObject({
    check: z
      .string()
      .min(1)
      .describe(
        'UnsupportedSkew: nodes stay behind until the end. PreRelease: the version may be one. ApiPath: a balancer in front of the API may leave out a control plane. ManualEdits: kubeadm may write manifests anew that were changed by hand. Or the name of a way-point, such as etcd-3.5.26. Any other name is refused.',
      ),
    reason: z.string().min(1).describe('Why it is accepted, for whoever reads it later.'),
  })
  .describe('A risk that people take by its name.')

/** What people want of an upgrade of a whole cluster. Durations are those of Go. What is not built yet is no field here, and is refused. */
export const ClusterUpgradeSpec = z
  .strictObject({
    version: z.string().describe('Exact version to bring the cluster to, such as v1.34.2+k3s1.'),
    scope: z
      .enum(['Cluster', 'ControlPlane', 'Pools', 'Hosts'])
      .describe(
        'Cluster: control plane, then all nodes, hop by hop. ControlPlane: that alone. Pools: the named pools, or spec.nodes alone, as far as the control plane is. Hosts: no version is changed, only what node.os and node.runtime say.',
      )
      .exactOptional(),
    action: z.enum(['Run', 'Pause', 'Cancel']).describe('What is wanted now; Run when left out.').exactOptional(),
    continueFrom: z
      .int32()
      .min(0)
      .describe('Number of the stop (status.stop.number) from which the run may go on, after a failure or a stop of stopAfter.')
      .exactOptional(),
    stopAfter: z
      .enum(['Hop', 'ControlPlane', 'Pool', 'Batch', 'Node'])
      .describe('Pauses by itself each time that one of these has ended.')
      .exactOptional(),
    workers: z
      .enum(['Lazy', 'EveryHop'])
      .describe(
        'Lazy: nodes skip hops as far as the version-skew policy allows, and are drained less often. EveryHop: they do not. Lazy when left out.',
      )
      .exactOptional(),
    acceptedRisks: z
      .array(AcceptedRisk)
      .max(50)
      .describe('Rules of the path that are known not to hold and are taken into account, each with a reason.')
      .exactOptional(),
    pools: z.array(PoolSpec).max(100).describe('One pool after another, in this order; nodes of no pool come last.').exactOptional(),
    nodes: z
      .array(z.string())
      .min(1)
      .max(5000)
      .describe(
        'Only these nodes, besides the control plane; all when left out. node.os and node.runtime are for these alone, and for none of the control plane that is not named.',
      )
      .exactOptional(),
    drain: UpgradeDrainSpec.exactOptional(),
    soak: SoakSpec.exactOptional(),
    failure: FailureSpec.exactOptional(),
    node: NodeSpec.exactOptional(),
  })
  .refine(({ scope, node }) => scope !== 'Hosts' || node?.os !== undefined || node?.runtime !== undefined, {
    error: 'has scope: Hosts and nothing that is to be changed there: write node.os or node.runtime, or another scope',
  })
  .refine(({ scope, pools = [], nodes }) => scope !== 'Pools' || pools.length > 0 || nodes !== undefined, {
    error: 'has scope: Pools and names none: write pools, or nodes',
  })
  .describe('Where the cluster should be, and how it may be brought there.')
export type ClusterUpgradeSpec = z.infer<typeof ClusterUpgradeSpec>
