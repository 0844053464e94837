import { apiAvailability } from '../../machine/etcd-quorum.ts'
import { type ComponentName, componentManifest, componentTag } from '../../machine/kubeadm-manifests.ts'
import { type StepCourse, StepFailed, type StepPlace } from '../step-program.ts'

/** Seconds that a member of etcd and an API server are away while their container is another. */
const etcdSeconds = 4
const serverSeconds = 6

/** Gives a component the image of a tag, and waits until it runs. */
export function* replaceComponent(at: StepPlace, name: ComponentName, tag: string): StepCourse {
  const { path, file } = componentManifest(name, tag)
  yield* away(at, name, () => at.apply({ kind: 'WriteFile', path, file }))
  // its mirror pod could not be written while the API server was away
  at.apply({ kind: 'WriteFile', path, file })
}

/** Their containers are made anew, as by a kubelet of another minor. */
export function* restartComponents(at: StepPlace): StepCourse {
  yield* away(at, 'etcd', () => {})
  yield* away(at, 'kube-apiserver', () => {})
}

function* away({ node, cluster, machine }: StepPlace, name: ComponentName, change: () => void): StepCourse {
  const { controlPlane } = cluster
  if (name === 'etcd') {
    controlPlane.change(node, { etcd: 'Down' })
    change()
    try {
      yield etcdSeconds
    } finally {
      controlPlane.change(node, { etcd: 'Up' })
    }
    return
  }
  if (name !== 'kube-apiserver') {
    change()
    yield 2
    return
  }
  controlPlane.change(node, { serving: false })
  change()
  try {
    yield serverSeconds
  } finally {
    controlPlane.change(node, { serving: true, version: componentTag(machine(), 'kube-apiserver') })
  }
}

/** What kubeadm and kubectl need; through a balancer, any API server will do. */
export function demandApi({ cluster: { controlPlane } }: StepPlace): void {
  const availability = apiAvailability(controlPlane.members)
  if (availability.kind !== 'Available') throw new StepFailed(`the API server does not answer: ${availability.message}`)
}

/** Source: kubeadm, performEtcdStaticPodUpgrade: all members have to answer, whether etcd itself is to be another or not. */
export function demandHealthyEtcd({ cluster: { controlPlane } }: StepPlace): void {
  const down = controlPlane.members.find(({ etcd }) => etcd === 'Down')
  if (down !== undefined) throw new StepFailed(`[upgrade/etcd] etcd cluster is not healthy: ${down.node} does not answer`)
}

/** Waits until the API server of this node says that it is the target, and ready: that takes a quorum. */
export function* untilServes(at: StepPlace): StepCourse {
  const limit = Number(at.value('serve_seconds'))
  for (let waited = 0; !serves(at); waited += 1) {
    if (waited >= limit) throw new StepFailed(`the API server of this node does not say that it is ${at.value('version')} and ready`)
    yield 1
  }
}

function serves({ node, value, cluster: { controlPlane } }: StepPlace): boolean {
  const own = controlPlane.members.find((member) => member.node === node)
  return own?.serving === true && own.version === value('version') && apiAvailability(controlPlane.members).kind === 'Available'
}
