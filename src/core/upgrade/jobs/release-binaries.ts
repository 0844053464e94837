import type { NodeFacts } from '../../kubernetes/node-facts.ts'
import type { HostOrder } from '../../recipe/host-order.ts'
import { type Architecture, architectures, filledIn, programFile } from '../../recipe/release-files.ts'
import type { RecipeSpec } from '../api/recipe-spec.ts'

/** The architecture of a node, as its kubelet tells it; undefined when it does not, or there are no releases for it. */
export function nodeArchitecture({ labels }: Pick<NodeFacts, 'labels'>): Architecture | undefined {
  // the second was written up to 1.14
  const told = labels['kubernetes.io/arch'] ?? labels['beta.kubernetes.io/arch']
  return architectures.find((one) => one === told)
}

/** The files of a version's release that a spec names for the architecture of a node, as its kubelet tells it. */
export function releaseBinaries(
  { labels }: Pick<NodeFacts, 'labels'>,
  { version, distribution }: Pick<HostOrder, 'version' | 'distribution'>,
  recipe: RecipeSpec | undefined,
): Pick<HostOrder, 'binaries'> {
  const architecture = nodeArchitecture({ labels })
  const { checksums = [], url: template } = recipe?.binary ?? {}
  const own = checksums.filter((one) => one.version === version && one.architecture === architecture)
  const binaries = own.flatMap(({ file, architecture: named, sha256, url }) => {
    const name = file ?? (distribution === 'kubeadm' ? undefined : programFile(distribution, named))
    if (name === undefined) return []
    const from = url ?? (template === undefined ? undefined : filledIn(template, { version, architecture: named, file: name }))
    return [[name, { sha256, ...(from === undefined ? {} : { url: from }) }] as const]
  })
  return binaries.length === 0 ? {} : { binaries: Object.fromEntries(binaries) }
}
