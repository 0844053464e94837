import type { HostFacts } from '../../host/host-facts.ts'
import { parseEtcdVersion } from '../../version/etcd-version.ts'
import { describeBuild } from '../../version/known-builds.ts'
import { parseVersion } from '../../version/kubernetes-version.ts'
import { shippedReleases } from '../../version/shipped-releases.ts'
import type { HostOrder } from '../host-order.ts'
import { kubeadmNode } from './kubeadm-node.ts'
import { removedSettings } from './node-parameters.ts'

/** A host as it will be found once an order was carried out: what is shown of later hops beforehand is made from it. An order that does not fit changes nothing. */
export function factsAfter(order: HostOrder, facts: HostFacts): HostFacts {
  const target = parseVersion(order.version)
  if (target === undefined) return facts
  const repositories = facts.packages.repositories.map(({ file, source }) => ({
    file,
    source: source.replace(/\/v1\.\d+\//, `/v1.${target.minor}/`),
  }))
  const staged = { ...facts, packages: { ...facts.packages, repositories } }
  if (order.step === 'Stage') return staged
  const plain = target.text.slice(1)
  const isNew = (name: string) =>
    name === 'kubelet' ||
    name === 'kubeadm' ||
    (name === 'kubectl' && (facts.packages.installed.length > 0 || order.binaries?.kubectl !== undefined))
  return {
    ...staged,
    packages: {
      ...staged.packages,
      installed: facts.packages.installed.map((each) => (isNew(each.name) ? { ...each, version: plain } : each)),
    },
    programs: facts.programs.map((each) => (isNew(each.name) ? { ...each, version: target.text } : each)),
    staticPods: facts.staticPods.map((pod) => ({ ...pod, ...imageAfter(pod.image, target.text, target.minor) })),
    kubelet: kubeletAfter(order, facts),
  }
}

/** Source: kubeadm's own images move to registry.k8s.io at 1.25; it never lowers etcd. */
function imageAfter(image: string | undefined, version: string, minor: number): { readonly image?: string } {
  const match = /^(.+)\/([\w-]+):([^:]+)$/.exec(image ?? '')
  if (match === null) return {}
  const [, registry = '', name = '', tag = ''] = match
  const repository = minor >= 25 && registry === 'k8s.gcr.io' ? 'registry.k8s.io' : registry
  if (name.startsWith('kube-')) return { image: `${repository}/${name}:${version}` }
  return { image: `${repository}/${name}:${name === 'etcd' ? etcdTag(tag, version) : tag}` }
}

function etcdTag(tag: string, version: string): string {
  const target = parseVersion(version)
  const deployed = target === undefined ? undefined : describeBuild(shippedReleases(), 'kubernetes', target).etcd?.atLeast
  const is = parseEtcdVersion(tag.replace(/-\d+$/, ''))
  if (deployed === undefined || is === undefined) return tag
  const order = deployed.map((part, index) => part - (is[index] ?? 0)).find((difference) => difference !== 0) ?? 0
  return order > 0 ? `${deployed.join('.')}-0` : tag
}

/** Without what the target no longer knows; from 1.34 on kubeadm keeps the runtime's socket in a file of its own. */
function kubeletAfter(order: HostOrder, facts: HostFacts): HostFacts['kubelet'] {
  const target = parseVersion(order.version)
  const { kubelet } = facts
  if (target === undefined) return kubelet
  const { flags, gates } = removedSettings(kubeadmNode(order, facts, target))
  const moves = target.minor >= 34 && kubelet.environment.some(({ path }) => path === '/var/lib/kubelet/kubeadm-flags.env')
  const gone = [...flags, ...(moves ? ['container-runtime-endpoint'] : [])]
  const without = (line: string) =>
    gatesOut(
      gates,
      gone.reduce((text, flag) => text.replaceAll(flagPattern(flag), ''), line),
    )
  const endpoint = kubelet.arguments.find((word) => word.startsWith('--container-runtime-endpoint='))?.split('=')[1]
  return {
    ...kubelet,
    arguments: kubelet.arguments.map(without).filter((word) => word !== ''),
    environment: kubelet.environment.map(({ path, lines }) => ({ path, lines: lines.map(without) })),
    config: kubelet.config.filter((line) => !gates.some((gate) => new RegExp(`^\\s+"?${gate}"?:`).test(line))),
    instanceConfig: moves && endpoint !== undefined ? [`containerRuntimeEndpoint: ${endpoint}`] : kubelet.instanceConfig,
  }
}

function flagPattern(flag: string): RegExp {
  return new RegExp(`--${flag}(=[^\\s"']*|\\s+[^-\\s"'][^\\s"']*)?(?=[\\s"']|$)`, 'g')
}

function gatesOut(gates: readonly string[], line: string): string {
  if (!line.includes('feature-gates')) return line
  return gates.reduce((text, gate) => text.replaceAll(new RegExp(`(?<=[=,])${gate}=\\w+,?`, 'g'), ''), line)
}
