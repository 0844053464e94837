import { type ComponentName, componentTag } from '../../machine/kubeadm-manifests.ts'
import { installedVersion } from '../../machine/kubernetes-service.ts'
import type { Machine } from '../../machine/machine.ts'
import { type StepCourse, StepFailed, type StepPlace, type StepProgram } from '../step-program.ts'
import { restartKubeletAs } from './change-steps.ts'
import { isMarked, mark, unmarkAll } from './marks.ts'
import { changePackages, programVersion } from './packages.ts'
import { replaceComponent } from './static-pods.ts'

const components: readonly ComponentName[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** Files, packages and the kubelet as they were before; not past the point of no return. */
export const takeBack: StepProgram = {
  probe: isMarked,
  *act(at) {
    yield 1
    const before = at.disk.backups.get(at.value('change'))
    if (before !== undefined) yield* back(at, before)
    mark(at)
  },
}

function* back(at: StepPlace, before: Machine): StepCourse {
  refusePastReturn(at, before)
  unmarkAll(at)
  for (const name of components) {
    const tag = componentTag(before, name)
    if (tag !== componentTag(at.machine(), name)) yield* replaceComponent(at, name, tag)
  }
  for (const name of ['kubeadm', 'kubelet', 'kubectl']) {
    if (programVersion(at.machine(), name) === programVersion(before, name)) continue
    yield* changePackages(at, { [name]: before.packages.get(name)?.version ?? '' })
  }
  const was = installedVersion(before)
  if (at.machine().kubeletVersion !== was) yield* restartKubeletAs(at, was)
}

/** By what was kept: whoever tries again finds a node that was changed already. Source: Kubernetes version-skew policy. */
function refusePastReturn({ machine, value }: StepPlace, before: Machine): void {
  const kept = componentTag(before, 'kube-apiserver')
  if (value('control_plane') !== 'yes' || kept === '' || kept.startsWith(`v1.${value('minor')}.`)) return
  const isNewer = componentTag(machine(), 'kube-apiserver') === value('version')
  if (!isNewer && componentTag(machine(), 'etcd') === componentTag(before, 'etcd')) return
  throw new StepFailed('this node is past the point of no return: mend what failed and go on, or restore the cluster by hand as told above')
}
