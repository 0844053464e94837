import type { Container, PodSpec, Probe } from 'kubernetes-types/core/v1'
import { type CheckedPod, containersOf, counted, namesOf, quoted, setters, sortedSet, type Violation } from './pod-containers.ts'

/** What of a pod is more than the level allows; `minor` is that of the policy, not of the server. */
export type Check = (pod: CheckedPod, minor: number) => Violation | undefined

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

export function appArmorProfiles({ annotations }: CheckedPod): Violation | undefined {
  const allowed = (profile: string) => profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/')
  const forbidden = Object.entries(annotations).filter(([key, profile]) => key.startsWith(appArmorPrefix) && !allowed(profile))
  if (forbidden.length === 0) return undefined
  const detail = sortedSet(forbidden.map(([key, profile]) => `${key}=${JSON.stringify(profile)}`)).join(', ')
  return { reason: `forbidden AppArmor profile${forbidden.length === 1 ? '' : 's'}`, detail }
}

/** Those that a container runtime gives anyway. */
const usualCapabilities: ReadonlySet<string> = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
])

export function addedCapabilities({ spec }: CheckedPod): Violation | undefined {
  const added = ({ securityContext }: Container) => (securityContext?.capabilities?.add ?? []).filter((one) => !usualCapabilities.has(one))
  const bad = containersOf(spec).filter((container) => added(container).length > 0)
  if (bad.length === 0) return undefined
  const what = quoted(sortedSet(bad.flatMap(added)))
  return {
    reason: 'non-default capabilities',
    detail: `${counted('container', namesOf(bad))} must not include ${what} in securityContext.capabilities.add`,
  }
}

export function hostNamespaces({ spec }: CheckedPod): Violation | undefined {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true)
  return used.length === 0 ? undefined : { reason: 'host namespaces', detail: used.map((name) => `${name}=true`).join(', ') }
}

export function hostPathVolumes({ spec }: CheckedPod): Violation | undefined {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => name)
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: counted('volume', names) }
}

export function hostPorts({ spec }: CheckedPod): Violation | undefined {
  const used = ({ ports = [] }: Container) => ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : String(hostPort)))
  const bad = containersOf(spec).filter((container) => used(container).length > 0)
  if (bad.length === 0) return undefined
  const ports = sortedSet(bad.flatMap(used))
  const verb = bad.length === 1 ? 'uses' : 'use'
  return {
    reason: 'hostPort',
    detail: `${counted('container', namesOf(bad))} ${verb} hostPort${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`,
  }
}

export function probeHosts({ spec }: CheckedPod, minor: number): Violation | undefined {
  if (minor < 34) return undefined
  const bad = containersOf(spec).filter((container) => probedHosts(container).length > 0)
  if (bad.length === 0) return undefined
  const verb = bad.length === 1 ? 'uses' : 'use'
  const hosts = counted('probe or lifecycle host', sortedSet(bad.flatMap(probedHosts)))
  return { reason: 'probe or lifecycle host', detail: `${counted('container', sortedSet(namesOf(bad)))} ${verb} ${hosts}` }
}

function probedHosts({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): readonly string[] {
  const actions: readonly (Pick<Probe, 'httpGet' | 'tcpSocket'> | undefined)[] = [
    ...[livenessProbe, readinessProbe, startupProbe],
    ...[lifecycle?.postStart, lifecycle?.preStop],
  ]
  return actions.flatMap((action) => [action?.httpGet?.host, action?.tcpSocket?.host].flatMap((host) => host || []))
}

export function privilegedContainers({ spec }: CheckedPod): Violation | undefined {
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.privileged === true)
  if (bad.length === 0) return undefined
  return { reason: 'privileged', detail: `${counted('container', namesOf(bad))} must not set securityContext.privileged=true` }
}

export function procMounts({ spec }: CheckedPod): Violation | undefined {
  const mountOf = ({ securityContext }: Container) => securityContext?.procMount ?? 'Default'
  const bad = containersOf(spec).filter((container) => mountOf(container) !== 'Default')
  if (bad.length === 0) return undefined
  const what = quoted(sortedSet(bad.map(mountOf)))
  return { reason: 'procMount', detail: `${counted('container', namesOf(bad))} must not set securityContext.procMount to ${what}` }
}

type SeLinux = NonNullable<NonNullable<PodSpec['securityContext']>['seLinuxOptions']>

export function seLinuxOptions({ spec }: CheckedPod, minor: number): Violation | undefined {
  const types: readonly string[] = [
    '',
    'container_t',
    'container_init_t',
    'container_kvm_t',
    ...(minor >= 31 ? ['container_engine_t'] : []),
  ]
  const isBad = ({ type = '', user, role }: SeLinux) => !types.includes(type) || Boolean(user) || Boolean(role)
  const ofPod = [spec.securityContext?.seLinuxOptions ?? {}].filter(isBad)
  const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions ?? {}))
  const options = [...ofPod, ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions ?? {})]
  if (options.length === 0) return undefined
  const badTypes = sortedSet(options.flatMap(({ type = '' }) => (types.includes(type) ? [] : type)))
  const what = [
    ...(badTypes.length > 0 ? [counted('type', badTypes)] : []),
    ...(options.some(({ user }) => user) ? ['user may not be set'] : []),
    ...(options.some(({ role }) => role) ? ['role may not be set'] : []),
  ]
  return {
    reason: 'seLinuxOptions',
    detail: `${setters(ofPod.length > 0, bad)} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`,
  }
}

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/'

function isSeccompProfile(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost'
}

export function seccompBaseline(pod: CheckedPod, minor: number): Violation | undefined {
  return minor < 19 ? seccompAnnotations(pod) : badSeccompProfiles(pod)
}

function seccompAnnotations({ annotations, spec }: CheckedPod): Violation | undefined {
  const allowed = (value: string) => value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
  const keys = [seccompPod, ...namesOf(containersOf(spec)).map((name) => seccompContainer + name)]
  const bad = keys.flatMap((key) => {
    const value = annotations[key]
    return value === undefined || allowed(value) ? [] : `${key}=${JSON.stringify(value)}`
  })
  if (bad.length === 0) return undefined
  return { reason: 'seccompProfile', detail: `forbidden annotation${bad.length === 1 ? '' : 's'} ${sortedSet(bad).join(', ')}` }
}

/** Profiles that are said, and that no pod may have. */
export function badSeccompProfiles({ spec }: CheckedPod): Violation | undefined {
  const typeOf = (context: { seccompProfile?: { type: string } } | undefined) => context?.seccompProfile?.type ?? 'RuntimeDefault'
  const ofPod = typeOf(spec.securityContext)
  const bad = containersOf(spec).filter(({ securityContext }) => !isSeccompProfile(typeOf(securityContext)))
  const types = [...[ofPod].filter((type) => !isSeccompProfile(type)), ...bad.map(({ securityContext }) => typeOf(securityContext))]
  if (types.length === 0) return undefined
  const who = setters(!isSeccompProfile(ofPod), bad)
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(sortedSet(types))}` }
}

/** Kernel parameters that concern the pod alone, with the first minor that allows them. */
const safeSysctls: ReadonlyMap<string, number> = new Map([
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
])

export function sysctls({ spec }: CheckedPod, minor: number): Violation | undefined {
  const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name)
  const forbidden = names.filter((name) => minor < (safeSysctls.get(name) ?? Number.POSITIVE_INFINITY))
  return forbidden.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: forbidden.join(', ') }
}

export function hostProcesses({ spec }: CheckedPod): Violation | undefined {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess === true
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true)
  if (!ofPod && bad.length === 0) return undefined
  return { reason: 'hostProcess', detail: `${setters(ofPod, bad)} must not set securityContext.windowsOptions.hostProcess=true` }
}
