import { parseVersion } from '../../../core/version/kubernetes-version.ts'
import { type StepCourse, StepFailed, type StepPlace, type StepProgram } from '../step-program.ts'
import { hasManifests } from './kubeadm-upgrade.ts'
import { begin, isMarked, mark, marked } from './marks.ts'
import { programVersion } from './packages.ts'
import { demandApi, restartComponents, untilServes } from './static-pods.ts'

/** Files and versions as they are, once. */
export const backUp: StepProgram = {
  probe: ({ disk, value }) => disk.backups.has(value('change')),
  *act(at) {
    begin(at)
    yield 2
    if (at.value('config_maps') === 'yes') demandApi(at)
    yield 1
    at.disk.backups.set(at.value('change'), at.machine())
  },
}

export const checkPlan = marked(function* (at) {
  yield 3
  demandApi(at)
})

/** Where the leader cannot be moved etcd elects one by itself, so that it never fails. */
export const moveEtcdLeader = marked(function* () {
  yield 1
})

/** Which server of the twin answers is nobody's choice: there is nothing to pass on. */
export const handOverApi = marked(function* () {
  yield 1
})

export const restartKubelet: StepProgram = {
  probe: (at) => isMarked(at) && programVersion(at.machine(), 'kubelet') === at.value('version'),
  *act(at) {
    begin(at)
    yield* restartKubeletAs(at, at.value('version'))
    mark(at)
  },
}

export const verifyControlPlane: StepProgram = {
  probe: (at) => isMarked(at) && hasManifests(at),
  *act(at) {
    begin(at)
    yield* untilServes(at)
    yield 2
    mark(at)
  },
}

/** Until it has stayed up for some seconds. A kubelet of another minor makes the containers of static pods anew. */
export function* restartKubeletAs(at: StepPlace, version: string): StepCourse {
  yield 1
  const before = parseVersion(at.machine().kubeletVersion)?.minor
  at.apply({ kind: 'RestartKubelet' })
  const limit = Number(at.value('wait_seconds'))
  for (let waited = 0; at.machine().kubeletVersion !== version; waited += 1) {
    if (waited >= limit) throw new StepFailed(`kubelet is not up as ${version} after ${limit} seconds`)
    yield 1
  }
  if (at.value('control_plane') === 'yes' && before !== parseVersion(version)?.minor) yield* restartComponents(at)
  yield Number(at.value('steady_seconds'))
}
