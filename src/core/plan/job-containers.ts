import type { Container, EnvVar, SecurityContext, VolumeMount } from 'kubernetes-types/core/v1.js'
import type { ContainerSpec } from './container-spec.ts'
import { drainArguments } from './drain-arguments.ts'
import { taggedImage } from './image-reference.ts'
import { isWindows, type JobInput } from './job-input.ts'
import type { JobVolumes } from './job-volumes.ts'

/** How a container on a Windows node gets at its host. */
const windowsContext: SecurityContext = { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM' } }

/**
 * The containers that run before the upgrade: `prepare`, then `drain` or, without a drain, `cordon`; none where the controller drains.
 * Source: system-upgrade-controller v0.20.
 */
export function initContainers(input: JobInput, volumes: JobVolumes): Container[] {
  const { prepare, cordon, drain } = input.plan.spec
  const { name } = input.node
  const containers: Container[] = []
  if (input.drainBy === 'Controller' && input.stage !== 'Prepare') return containers
  if (prepare !== undefined) containers.push(prepareContainer(input, prepare, volumes.prepareMounts))
  if (input.drainBy === 'Controller') return containers
  if (drain !== undefined) containers.push(kubectlContainer(input, 'drain', drainArguments(name, drain), volumes))
  else if (cordon === true) containers.push(kubectlContainer(input, 'cordon', ['cordon', name], volumes))
  return containers
}

/** The container that does the upgrade. On Linux it is privileged (a setting) and may reboot the host, unless the Plan says otherwise. */
export function upgradeContainer(input: JobInput, volumes: JobVolumes): Container {
  const { upgrade } = input.plan.spec
  const privileged: SecurityContext = { privileged: input.settings.jobPrivileged, capabilities: { add: ['CAP_SYS_BOOT'] } }
  const context = upgrade.securityContext ?? (isWindows(input.node) ? windowsContext : privileged)
  return container(input, 'upgrade', fromSpec(upgrade, input.latestVersion), { context, mounts: volumes.upgradeMounts })
}

function prepareContainer(input: JobInput, prepare: ContainerSpec, mounts: VolumeMount[]): Container {
  const context = isWindows(input.node) ? windowsContext : prepare.securityContext
  return container(input, 'prepare', fromSpec(prepare, input.latestVersion), { context, mounts })
}

function kubectlContainer(input: JobInput, name: 'drain' | 'cordon', args: string[], volumes: JobVolumes): Container {
  const { kubectlImage, kubectlImageWindows } = input.settings
  const onWindows = isWindows(input.node)
  const content = { image: onWindows ? kubectlImageWindows : kubectlImage, args }
  return container(input, name, content, { context: onWindows ? windowsContext : undefined, mounts: volumes.upgradeMounts })
}

/** What a Plan says of a container. */
type Content = Pick<Container, 'command' | 'args' | 'env' | 'envFrom'> & { image: string }

function fromSpec({ image, command, args, envs, envFrom }: ContainerSpec, version: string): Content {
  return {
    image: taggedImage(image, version).image,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...(envs === undefined ? {} : { env: envs as EnvVar[] }),
    ...(envFrom === undefined ? {} : { envFrom }),
  }
}

interface Means {
  readonly context: SecurityContext | undefined
  readonly mounts: VolumeMount[]
}

function container(input: JobInput, name: string, { image, command, args, env, envFrom }: Content, { context, mounts }: Means): Container {
  return {
    name,
    image,
    imagePullPolicy: input.settings.jobImagePullPolicy,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: environment(input, env ?? []),
    ...(envFrom === undefined ? {} : { envFrom }),
    ...(context === undefined ? {} : { securityContext: context as SecurityContext }),
    volumeMounts: mounts,
  }
}

/** The last of two variables of one name holds: a Plan may replace what tells of the pod, but not what tells of the Plan. */
function environment({ plan, latestHash, latestVersion }: JobInput, own: EnvVar[]): EnvVar[] {
  return [
    { name: 'SYSTEM_UPGRADE_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'SYSTEM_UPGRADE_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'SYSTEM_UPGRADE_POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
    ...own,
    { name: 'SYSTEM_UPGRADE_PLAN_NAME', value: plan.metadata.name },
    { name: 'SYSTEM_UPGRADE_PLAN_LATEST_HASH', value: latestHash },
    { name: 'SYSTEM_UPGRADE_PLAN_LATEST_VERSION', value: latestVersion },
  ]
}
