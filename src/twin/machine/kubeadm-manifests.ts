import { type Machine, type MachineFile, withFile } from './machine.ts'

const folder = '/etc/kubernetes/manifests'
const registry = 'registry.k8s.io'

interface Component {
  readonly name: ComponentName
  readonly port: number
  readonly cpu: string
}

export type ComponentName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'

const etcd: Component = { name: 'etcd', port: 2381, cpu: '100m' }
const components: readonly Component[] = [
  { name: 'kube-apiserver', port: 6443, cpu: '250m' },
  { name: 'kube-controller-manager', port: 10257, cpu: '200m' },
  { name: 'kube-scheduler', port: 10259, cpu: '100m' },
]

/** The manifests of a control plane with stacked etcd, by path. Source: kubeadm implementation details, static Pod manifests. */
export function controlPlaneManifests(version: string): ReadonlyMap<string, MachineFile> {
  const tag = version.replace(/[+].*$/, '')
  const files = [...components.map((component) => componentFile(component, tag)), componentFile(etcd, '3.5.16-0')]
  return new Map(files.map(({ path, file }) => [path, file]))
}

/** The manifest of one component, with its image at a tag. */
export function componentManifest(name: ComponentName, tag: string): { readonly path: string; readonly file: MachineFile } {
  return componentFile(components.find((component) => component.name === name) ?? etcd, tag)
}

/** The tag of a component's image as the manifest on a machine says it; empty without one. */
export function componentTag({ files }: Machine, name: ComponentName): string {
  return /"image": "[^"]+:([^":]+)"/.exec(files.get(pathOf(name))?.content ?? '')?.[1] ?? ''
}

/** `kubeadm upgrade` has put other manifests in place; etcd stays as it is. A machine without a control plane stays the same. */
export function withControlPlane(machine: Machine, version: string): Machine {
  let next = machine
  for (const { name } of components) {
    const path = pathOf(name)
    const file = controlPlaneManifests(version).get(path)
    if (machine.files.has(path) && file !== undefined) next = withFile(next, path, file)
  }
  return next
}

function componentFile(component: Component, tag: string): { readonly path: string; readonly file: MachineFile } {
  return { path: pathOf(component.name), file: { content: manifest(component, `${registry}/${component.name}:${tag}`) } }
}

function pathOf(name: ComponentName): string {
  return `${folder}/${name}.yaml`
}

function manifest({ name, port, cpu }: Component, image: string): string {
  const probe = { httpGet: { host: '127.0.0.1', path: '/livez', port, scheme: 'HTTPS' } }
  const container = {
    name,
    image,
    command: [name],
    resources: { requests: { cpu } },
    startupProbe: { ...probe, failureThreshold: 24, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 15 },
  }
  const metadata = { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } }
  const spec = { hostNetwork: true, priority: 2_000_001_000, priorityClassName: 'system-node-critical', containers: [container] }
  // JSON is YAML, and this one is read by the kubelet alone
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec }, undefined, 2)
}
