import type { PodSpec } from 'kubernetes-types/core/v1'
import type { DraftObject, KubeObject } from '../../kube-object.ts'
import { mirrorPods } from '../../kubelet/static-pods.ts'
import { addDaemonSet } from './daemon-application.ts'
import { addDeployment } from './deployed-application.ts'
import type { Ground } from './ground.ts'
import { ageSeconds } from './ground.ts'
import type { GeneratedNode } from './node-objects.ts'
import type { ObjectMaker } from './object-maker.ts'

const small = { requests: { cpu: '20m', memory: '40Mi' } }

/** The StorageClass of all volumes: one zone each, bound when the first pod comes. */
export function addStorageClass(maker: ObjectMaker): KubeObject {
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
  const draft = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations },
    provisioner: 'block.csi.example',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  }
  return maker.make('storageclasses.storage.k8s.io', draft, ageSeconds)
}

/** The namespaces, as they stand when they are in use. */
export function addNamespaces(maker: ObjectMaker, names: readonly string[]): void {
  for (const name of names) {
    const metadata = { name, labels: maker.shape.minor >= 21 ? { 'kubernetes.io/metadata.name': name } : {} }
    const draft = { apiVersion: 'v1', kind: 'Namespace', metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }
    maker.make('namespaces', draft, ageSeconds)
  }
}

/** What a distribution brings with it: DNS, metrics, what runs on every node; `daemons` of the latter. */
export function addSystem(ground: Ground, daemons: number): void {
  const { maker } = ground
  const { distribution } = maker.shape
  const container = (name: string, image: string) => ({ name, image, resources: small })
  const spec = (name: string, image: string, fields: Partial<PodSpec> = {}) =>
    maker.podSpec({ containers: [container(name, image)], ...fields })
  const namespace = 'kube-system'
  const onNodes = [
    ...(distribution === 'kubeadm' ? ['kube-proxy', 'calico-node'] : distribution === 'rke2' ? ['rke2-canal'] : ['svclb-traefik']),
    'node-exporter',
  ]
  for (const name of onNodes.slice(0, daemons)) {
    addDaemonSet({ name, namespace, spec: spec(name, `registry.example/${name}:1.0`, { hostNetwork: name !== 'svclb-traefik' }) }, ground)
  }
  if (ground.workers.length === 0) return
  const dns = { name: 'coredns', namespace, replicas: 2, kind: 'Deployment' as const, budget: { maxUnavailable: 1 } }
  addDeployment({ ...dns, spec: spec('coredns', 'registry.example/coredns:1.11.1') }, ground)
  addDeployment(
    {
      name: 'metrics-server',
      namespace,
      replicas: 1,
      kind: 'Deployment',
      spec: spec('metrics-server', 'registry.example/metrics-server:0.7.2'),
    },
    ground,
  )
}

/** The mirror pods of the control planes of kubeadm. */
export function addStaticPods(node: GeneratedNode, { maker, pods, room }: Ground): void {
  for (const pod of mirrorPods(node.machine, { name: node.machine.name, uid: node.object.metadata.uid })) {
    const spec = { ...maker.podSpec(pod.spec as PodSpec), tolerations: pod.spec?.tolerations ?? [] }
    room.book(node, spec)
    pods.add(pod as unknown as DraftObject, spec, node, ageSeconds)
  }
}
