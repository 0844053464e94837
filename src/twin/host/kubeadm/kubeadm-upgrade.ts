import { compareEtcd, parseEtcdVersion } from '../../../core/version/etcd-version.ts'
import { describeBuild } from '../../../core/version/known-builds.ts'
import { parseVersion } from '../../../core/version/kubernetes-version.ts'
import { shippedReleases } from '../../../core/version/shipped-releases.ts'
import { type ComponentName, componentTag } from '../../machine/kubeadm-manifests.ts'
import { type StepCourse, StepFailed, type StepPlace, type StepProgram } from '../step-program.ts'
import { begin, isMarked, mark } from './marks.ts'
import { demandApi, demandHealthyEtcd, replaceComponent, untilServes } from './static-pods.ts'

const servers: readonly ComponentName[] = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** `kubeadm upgrade apply` and `kubeadm upgrade node`: static pods one after the other, and back when one fails; then the files of the kubelet. */
export const upgradeNode: StepProgram = {
  probe: (at) => isMarked(at) && (!isControlPlane(at) || hasManifests(at)),
  *act(at) {
    begin(at)
    yield 3
    demandApi(at)
    const isApply = at.value('kubeadm_verb') === 'apply'
    const version = isApply ? at.value('version') : at.cluster.configured
    if (isControlPlane(at)) yield* orBack(at, version)
    demandApi(at)
    if (isApply) at.cluster.configured = version
    yield 3
    if (isControlPlane(at) && !hasManifests(at))
      throw new StepFailed(`kubeadm has ended well, and the manifests are not all of ${at.value('version')}`)
    if (isControlPlane(at)) yield* untilServes(at)
    mark(at)
  },
}

export function hasManifests(at: StepPlace): boolean {
  return servers.every((name) => componentTag(at.machine(), name) === at.value('version'))
}

function isControlPlane({ value }: StepPlace): boolean {
  return value('control_plane') === 'yes'
}

/** Source: kubeadm puts the manifests back that it has replaced when a component does not come up. */
function* orBack(at: StepPlace, version: string): StepCourse {
  const replaced: { readonly name: ComponentName; readonly tag: string }[] = []
  function* replace(name: ComponentName, tag: string): StepCourse {
    const before = componentTag(at.machine(), name)
    if (before === tag) return
    replaced.push({ name, tag: before })
    yield* replaceComponent(at, name, tag)
    yield 2
  }
  try {
    demandHealthyEtcd(at)
    yield* replace('etcd', etcdTag(componentTag(at.machine(), 'etcd'), version))
    for (const name of servers) yield* replace(name, version)
  } catch (error) {
    for (const { name, tag } of replaced) yield* replaceComponent(at, name, tag)
    throw error
  }
}

/** That of the release, where it is newer: kubeadm never lowers etcd. */
function etcdTag(running: string, version: string): string {
  const target = parseVersion(version)
  const wanted = target === undefined ? undefined : describeBuild(shippedReleases(), 'kubernetes', target).etcd?.atMost
  const is = parseEtcdVersion(running)
  return wanted === undefined || is === undefined || compareEtcd(wanted, is) <= 0 ? running : `${wanted.join('.')}-0`
}
