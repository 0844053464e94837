import type { Container, Volume } from 'kubernetes-types/core/v1'
import { badSeccompProfiles } from './baseline-checks.ts'
import {
  type CheckedPod,
  containersOf,
  counted,
  namesOf,
  quoted,
  type SecurityContext,
  setters,
  sortedSet,
  type Violation,
} from './pod-containers.ts'

/** From 1.25 on what only Linux has is not asked of a pod for Windows. */
function isForWindows({ spec }: CheckedPod, minor: number): boolean {
  return minor >= 25 && spec.os?.name === 'windows'
}

export function privilegeEscalation(pod: CheckedPod, minor: number): Violation | undefined {
  if (minor < 8 || isForWindows(pod, minor)) return undefined
  const bad = containersOf(pod.spec).filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${counted('container', namesOf(bad))} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

export function capabilities(pod: CheckedPod, minor: number): Violation | undefined {
  if (minor < 22 || isForWindows(pod, minor)) return undefined
  const containers = containersOf(pod.spec)
  const added = ({ securityContext }: Container) => (securityContext?.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE')
  const keeping = containers.filter(({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'))
  const adding = containers.filter((container) => added(container).length > 0)
  const details = [
    ...(keeping.length === 0 ? [] : [`${counted('container', namesOf(keeping))} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [
          `${counted('container', namesOf(adding))} must not include ${quoted(sortedSet(adding.flatMap(added)))} in securityContext.capabilities.add`,
        ]),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const volumeTypes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret']

export function volumes({ spec }: CheckedPod): Violation | undefined {
  const typeOf = ({ name: _name, ...source }: Volume) => Object.keys(source)[0] ?? 'unknown'
  const bad = (spec.volumes ?? []).filter((volume) => !volumeTypes.includes(typeOf(volume)))
  if (bad.length === 0) return undefined
  const who = counted(
    'volume',
    bad.map(({ name }) => name),
  )
  const types = counted('restricted volume type', sortedSet(bad.map(typeOf)))
  return { reason: 'restricted volume types', detail: `${who} ${bad.length === 1 ? 'uses' : 'use'} ${types}` }
}

/** What a container must say, or the pod for all that do not. */
function unsaid(
  { spec }: CheckedPod,
  said: (context: SecurityContext | CheckedPod['spec']['securityContext']) => boolean,
): readonly Container[] {
  return said(spec.securityContext) ? [] : containersOf(spec).filter(({ securityContext }) => !said(securityContext))
}

export function runAsNonRoot(pod: CheckedPod): Violation | undefined {
  const { spec } = pod
  const reason = 'runAsNonRoot != true'
  const ofPod = spec.securityContext?.runAsNonRoot === false
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsNonRoot === false)
  if (ofPod || bad.length > 0) return { reason, detail: `${setters(ofPod, bad)} must not set securityContext.runAsNonRoot=false` }
  const silent = unsaid(pod, (context) => typeof context?.runAsNonRoot === 'boolean')
  if (silent.length === 0) return undefined
  return { reason, detail: `pod or ${counted('container', namesOf(silent))} must set securityContext.runAsNonRoot=true` }
}

export function runAsUser({ spec }: CheckedPod, minor: number): Violation | undefined {
  const ofPod = spec.securityContext?.runAsUser === 0
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsUser === 0)
  if (minor < 23 || (!ofPod && bad.length === 0)) return undefined
  return { reason: 'runAsUser=0', detail: `${setters(ofPod, bad)} must not set runAsUser=0` }
}

export function seccompRestricted(pod: CheckedPod, minor: number): Violation | undefined {
  if (minor < 19 || isForWindows(pod, minor)) return undefined
  const bad = badSeccompProfiles(pod)
  if (bad !== undefined) return bad
  const silent = unsaid(pod, (context) => context?.seccompProfile !== undefined)
  if (silent.length === 0) return undefined
  const who = counted('container', namesOf(silent))
  return {
    reason: 'seccompProfile',
    detail: `pod or ${who} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  }
}
