import type { ContainerSpec } from '../../plan/container-spec.ts'
import { distributionOfVersion } from '../../version/distribution.ts'
import type { KubernetesVersion } from '../../version/kubernetes-version.ts'
import type { RecipeSpec } from '../api/recipe-spec.ts'
import type { RunContext } from '../node/node-turn.ts'
import type { ControllerImage } from './controller-image.ts'

/** What brings a node to a version: an upgrade image, or a recipe of Falkirk's own. */
export type UpgradeWork =
  | { readonly kind: 'Image'; readonly container: ContainerSpec }
  | { readonly kind: 'Recipe'; readonly recipe: 'k3s' | 'rke2'; readonly spec: RecipeSpec & { readonly runnerImage: string } }

/** Why there is nothing that brings a node to a version: one sentence. `isPassing`: another controller may have it. */
interface NoWork {
  readonly kind: 'None'
  readonly message: string
  readonly isPassing?: true
}

/** Something that brings a node to a version, or one sentence on why there is nothing. */
export type FoundWork = UpgradeWork | HostRecipeWork | NoWork

/** Steps on the host of a node. */
interface HostRecipeWork {
  readonly kind: 'Host'
  readonly distribution: 'kubeadm' | 'k3s' | 'rke2'
}

/** What the spec says, or the upgrade image of the distribution. */
export function upgradeWorkOf(context: Pick<RunContext, 'target' | 'settings' | 'facts'>): FoundWork {
  return context.settings.via === 'SSH' ? hostWorkOf(context) : jobWorkOf(context)
}

/** The recipe of the distribution, on hosts. */
export function hostWorkOf({ target }: Pick<RunContext, 'target'>): HostRecipeWork | NoWork {
  const distribution = distributionOfVersion(target)
  if (distribution !== undefined && distribution !== 'upstream') return { kind: 'Host', distribution }
  const message = `${target.text} is no version of kubeadm, k3s or RKE2, and hosts of others are not changed over SSH: leave spec.node.via out, or write a version such as v${target.major}.${target.minor}.${target.patch} where this is kubeadm`
  return { kind: 'None', message }
}

/** What Jobs are made of. */
export function jobWorkOf({ target, settings, facts }: Pick<RunContext, 'target' | 'settings' | 'facts'>): UpgradeWork | NoWork {
  if (settings.recipe !== undefined) return recipeOf(target, settings.recipe, facts.controllerImage)
  const container = upgradeContainerOf(target, settings.upgrade)
  if (container !== undefined) return { kind: 'Image', container }
  return {
    kind: 'None',
    message: `${target.text} is of a distribution without an upgrade image: name one in spec.node.upgrade.image${wholeVersion(target)}`,
  }
}

/** Whoever runs k3s or RKE2 may have left out what tells so. */
function wholeVersion({ vendor, text }: KubernetesVersion): string {
  return vendor === undefined
    ? `, or write the whole version where this is k3s or RKE2, such as ${text}+k3s1 or ${text}+rke2r1; kubeadm needs none with spec.node.via: SSH`
    : ''
}

function recipeOf({ vendor, text }: KubernetesVersion, spec: RecipeSpec, own: ControllerImage | undefined): UpgradeWork | NoWork {
  if (vendor?.name !== 'k3s' && vendor?.name !== 'rke2') {
    const message = `${text} is neither k3s nor RKE2, and spec.node.recipe knows nothing else: name an image in spec.node.upgrade.image instead`
    return { kind: 'None', message }
  }
  const runnerImage = spec.runnerImage ?? (own?.kind === 'Image' ? own.image : undefined)
  if (runnerImage !== undefined) return { kind: 'Recipe', recipe: vendor.name, spec: { ...spec, runnerImage } }
  return { kind: 'None', message: unknownImage(own?.kind === 'Unknown' ? own.why : 'nobody has looked yet'), isPassing: true }
}

function unknownImage(why: string): string {
  return `spec.node.recipe.runnerImage is not set, and which image the controller itself runs from is not known (${why}): set it to the image of Falkirk`
}

/** The container that brings a node to a version: what the spec says, or the upgrade image of the distribution. Undefined: there is none. */
export function upgradeContainerOf(target: KubernetesVersion, own: ContainerSpec | undefined): ContainerSpec | undefined {
  if (own !== undefined) return own
  switch (target.vendor?.name) {
    case 'k3s':
      return { image: 'rancher/k3s-upgrade' }
    case 'rke2':
      return { image: 'rancher/rke2-upgrade' }
    default:
      return undefined
  }
}
