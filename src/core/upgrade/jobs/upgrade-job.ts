import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Job } from 'kubernetes-types/batch/v1.js'
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js'
import { ownedByRun, runLabel } from '../../kubernetes/run-label.ts'
import type { ContainerSpec } from '../../plan/container-spec.ts'
import { taggedImage } from '../../plan/image-reference.ts'
import { jobVolumes } from '../../plan/job-volumes.ts'
import { hostnameOf } from '../../plan/node-selection.ts'
import { mungeVersion } from '../../version/kubernetes-version.ts'
import { recipePodSpec } from './recipe-pod.ts'
import type { UpgradeWork } from './upgrade-image.ts'
import type { UpgradeJobInput } from './upgrade-job-input.ts'

/** On Jobs: name of the node, shortened where it is no label value; the whole one is an annotation. */
export const jobNodeAnnotation = 'falkirk.dev/node'
/** On Jobs: what it is for. */
export const jobStepLabel = 'falkirk.dev/step'
export const jobAttemptLabel = 'falkirk.dev/attempt'

/** Ended Jobs are kept this long, for people; the run does not need them any more then. */
const ttlSeconds = 3_600

/** The Job that does one step on one node. The same input gives the same name: a Job is never made twice. */
export function upgradeJob(input: UpgradeJobInput): Job {
  const { runName, runUid, namespace, node, step, attempt } = input
  const labels = {
    [runLabel]: runUid,
    [jobStepLabel]: step,
    [jobAttemptLabel]: String(attempt),
    'app.kubernetes.io/managed-by': 'falkirk',
  }
  const annotations = { [jobNodeAnnotation]: node.name }
  // what changes a node goes on when its run is deleted
  const owner = step === 'Change' ? {} : ownedByRun({ name: runName, uid: runUid })
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: upgradeJobName(input), namespace, labels, annotations, ...owner },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: ttlSeconds,
      template: { metadata: { labels, annotations }, spec: podSpec(input, input.work) },
    },
  }
}

/** `falkirk-change-NODE-DIGEST`: the digest tells apart runs, versions and attempts. */
export function upgradeJobName({ runUid, node, step, version, attempt }: Omit<UpgradeJobInput, 'work' | 'namespace' | 'runName'>): string {
  const digest = bytesToHex(sha256(utf8ToBytes(JSON.stringify([runUid, node.name, step, version, attempt])))).slice(0, 10)
  const name = (node.name.split('.', 1)[0] ?? '').slice(0, 30).replace(/-+$/, '')
  return `falkirk-${step.toLowerCase()}-${name}-${digest}`
}

/** A pod like that of a Plan, so that the same upgrade images work; it has no rights in the cluster. */
function podSpec(input: UpgradeJobInput, work: UpgradeWork): PodSpec {
  if (work.kind === 'Recipe') return recipePodSpec(input, work)
  const { volumes } = jobVolumes({ upgrade: work.container })
  return {
    hostIPC: true,
    hostPID: true,
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    nodeSelector: { 'kubernetes.io/hostname': hostnameOf(input.node) },
    tolerations: [{ operator: 'Exists' }],
    containers: [container(input, work.container)],
    volumes: input.step === 'Stage' ? [] : volumes,
  }
}

function container({ version, runName, runUid, step }: UpgradeJobInput, spec: ContainerSpec): Container {
  const image = taggedImage(spec.image, mungeVersion(version)).image
  const env = [
    { name: 'SYSTEM_UPGRADE_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'SYSTEM_UPGRADE_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'SYSTEM_UPGRADE_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
    ...(spec.envs ?? []),
    { name: 'SYSTEM_UPGRADE_PLAN_NAME', value: runName },
    { name: 'SYSTEM_UPGRADE_PLAN_LATEST_HASH', value: runUid },
    { name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: mungeVersion(version) },
  ] as Container['env']
  if (step === 'Stage') return { name: 'stage', image, imagePullPolicy: 'IfNotPresent', command: ['true'] }
  return {
    name: 'upgrade',
    image,
    imagePullPolicy: 'IfNotPresent',
    ...(spec.command === undefined ? {} : { command: spec.command }),
    ...(spec.args === undefined ? {} : { args: spec.args }),
    ...(env === undefined ? {} : { env }),
    ...(spec.envFrom === undefined ? {} : { envFrom: spec.envFrom }),
    securityContext: (spec.securityContext as Container['securityContext']) ?? {
      privileged: true,
      capabilities: { add: ['CAP_SYS_BOOT'] },
    },
    volumeMounts: jobVolumes({ upgrade: spec }).upgradeMounts,
  }
}
