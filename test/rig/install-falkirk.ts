import { join } from 'node:path'
import { writeImage } from '../../scripts/image.mjs'
import { root } from '../../scripts/paths.mjs'
import { step } from '../../scripts/progress.mjs'
import { defaultPlanSettings } from '../../src/core/plan/plan-settings.ts'
import { rigImages } from './images/rig-images.ts'
import type { RigCluster } from './k3s-cluster.ts'

/** Where the cluster's registry has the image of the program in `dist/`. */
const falkirkImage = 'docker.io/library/falkirk:dev'

/** The default of SYSTEM_UPGRADE_JOB_KUBECTL_IMAGE. */
const kubectlImage = `docker.io/${defaultPlanSettings.kubectlImage}`

/** Puts the image of the program in `dist/` into the cluster's registry, also under the names in `as`. */
export async function pushFalkirk(cluster: RigCluster, as: readonly string[] = []): Promise<void> {
  const archive = join(cluster.folder, 'falkirk-image.tar')
  await writeImage({ out: archive, tag: 'falkirk:dev' })
  for (const ref of [falkirkImage, ...as]) await cluster.registry.push({ ref, archive })
  // the kubectl image that deploy/base names, with the kubectl that the rig has
  const kubectl = (await rigImages()).find((image) => image.ref.includes('/kubectl:'))
  if (kubectl !== undefined) await cluster.registry.push({ ref: kubectlImage, archive: kubectl.archive })
}

/** Installs Falkirk as a user does, by `kubectl apply -k`, and waits until its pod is ready. */
export async function installFalkirk(cluster: RigCluster, kustomization = 'deploy/base'): Promise<void> {
  await step('writing the image and putting it into the registry', () => pushFalkirk(cluster))
  await step(`kubectl apply -k ${kustomization}`, () => cluster.kubectl(['apply', '-k', join(root, kustomization)]))
  await step('waiting for the controller to be ready', () => untilFalkirkReady(cluster))
}

async function untilFalkirkReady({ kubectl }: RigCluster): Promise<void> {
  await kubectl(['-n', 'system-upgrade', 'rollout', 'status', 'deployment/system-upgrade-controller', '--timeout=120s'])
}
