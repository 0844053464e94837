import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Job } from 'kubernetes-types/batch/v1.js'
import type { PodSpec, Service } from 'kubernetes-types/core/v1.js'
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js'
import { ownedByRun } from '../../kubernetes/run-label.ts'
import type { NodeAtWork } from '../node/node-turn.ts'
import type { Rollout } from './kube-proxy-rollout.ts'

/** On everything that a canary is made of; the value is its name. */
const canaryLabel = 'falkirk.dev/canary'

/** What has to be sent through the controllers, or looked at again. */
export interface CanaryOrder {
  /** Of all its objects. */
  readonly name: string
  /** The ClusterUpgrade: what is left of a canary goes with it. */
  readonly owner: { readonly name: string; readonly uid: string }
  /** It has not come through in time: who leads, and whether anything forbids its pod, is looked at too. */
  readonly isLate: boolean
  /** How far the cluster's kube-proxy is replaced is looked at too. */
  readonly readsKubeProxy: boolean
}

/** A controller that has not answered. */
export type CanaryPart = 'Service' | 'Job' | 'PodDisruptionBudget'

/** How a canary was found when it was last looked at. */
export interface CanaryFacts {
  readonly name: string
  /** Epoch milliseconds: when it was looked at. */
  readonly atMs: number
  /** Epoch milliseconds: when this controller first sent or found it. */
  readonly sentAtMs: number
  readonly unanswered: readonly CanaryPart[]
  /** Why none can be sent, one clause: a right is missing, or a rule of the cluster forbids it. */
  readonly leftOut?: string
  /** Who holds the Lease of kube-controller-manager, `HOSTNAME_ID`; looked at when it is late. */
  readonly leader?: string
  /** Where the order asks for it, the cluster has such a DaemonSet, and it may be read. */
  readonly kubeProxy?: Rollout
}

/** Another one for each node, version and attempt: what is left of an earlier one has answered already. */
export function canaryName({ node, entry }: Pick<NodeAtWork, 'node' | 'entry'>): string {
  const digest = bytesToHex(sha256(utf8ToBytes(JSON.stringify([entry.run, node.name, entry.version, entry.attempt]))))
  return `falkirk-canary-${digest.slice(0, 10)}`
}

/** The objects of a canary, in the order in which they are made: the budget is there before the pod that it counts. */
export interface CanaryObjects {
  readonly Service: Service
  readonly PodDisruptionBudget: PodDisruptionBudget
  readonly Job: Job
}

/** `policyVersion`: that of `policy` which the API server has. */
export function canaryObjects({ name, owner }: CanaryOrder, namespace: string, policyVersion: string): CanaryObjects {
  const labels = { [canaryLabel]: name, 'app.kubernetes.io/managed-by': 'falkirk' }
  const metadata: ObjectMeta = {
    name,
    namespace,
    labels,
    ...ownedByRun(owner),
  }
  const selector = { [canaryLabel]: name }
  return {
    Service: { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: 'None', selector, ports: [{ name: 'none', port: 9 }] } },
    PodDisruptionBudget: {
      apiVersion: `policy/${policyVersion}` as 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable: 0, selector: { matchLabels: selector } },
    },
    Job: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata,
      spec: { backoffLimit: 0, template: { metadata: { labels }, spec: unplacedPod } },
    },
  }
}

/** A pod that runs nowhere: no scheduler has that name. It keeps to the strictest Pod Security, and has the amounts that a quota may ask for. */
const unplacedPod: PodSpec = {
  schedulerName: 'falkirk.dev-none',
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: { runAsNonRoot: true, runAsUser: 65_534, runAsGroup: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'none',
      image: 'registry.k8s.io/pause:3.9',
      resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1m', memory: '8Mi' } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    },
  ],
}

/** What was found of a canary's objects, and of what controllers have made of them. */
export interface FoundCanary {
  readonly job: unknown
  readonly budget: unknown
  /** There are Endpoints, or an EndpointSlice. */
  readonly hasEndpoints: boolean
  /** The Job's controller has tried to make its pod, and was refused. */
  readonly isPodRefused: boolean
}

/** Controllers that have not done their work on a canary. A pod that is refused shows that its controller is alive, and leaves nothing to count. */
export function unansweredParts({ job, budget, hasEndpoints, isPodRefused }: FoundCanary): readonly CanaryPart[] {
  const { status: { active = 0 } = {} } = (job ?? {}) as Job
  const { status: { observedGeneration = 0, expectedPods = 0 } = {} } = (budget ?? {}) as PodDisruptionBudget
  return [
    ...(hasEndpoints ? [] : ['Service' as const]),
    ...(active > 0 || isPodRefused ? [] : ['Job' as const]),
    ...(observedGeneration > 0 && (expectedPods > 0 || isPodRefused) ? [] : ['PodDisruptionBudget' as const]),
  ]
}
