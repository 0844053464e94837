import type { Clock } from '../../../cluster/clock.ts'
import type { ImageBehaviour } from '../../kubelet/image-behaviour.ts'
import type { ServiceRestart } from '../machine-effect.ts'
import type { ContainerApi } from './container-api.ts'
import { falkirkRecipe } from './falkirk-recipe.ts'
import { hostScript, plainScript } from './host-script.ts'
import { kubectlContainer } from './kubectl-container.ts'
import { prepareContainer } from './prepare-container.ts'
import { k3sUpgrade, rke2Upgrade } from './rancher-upgrade.ts'
import { upgradeFails, upgradeNothing } from './rig-images.ts'

export interface KnownImagesOptions {
  readonly api: ContainerApi
  readonly clock: Clock
  /** How the service comes back after an upgrade; the fleet's profile unless told. */
  readonly restart?: ServiceRestart
  /** Seconds that an upgrade image works before it ends the service; 3 unless told. */
  readonly workSeconds?: number
}

/** The images that upgrades of k3s, RKE2 and packages use, in the order in which they are asked. */
export function knownImages({ api, clock, restart, workSeconds }: KnownImagesOptions): readonly ImageBehaviour[] {
  const how = { ...(restart === undefined ? {} : { restart }), ...(workSeconds === undefined ? {} : { workSeconds }) }
  return [
    k3sUpgrade({ prepare: prepareContainer(api, clock, 'node-role.kubernetes.io/control-plane'), ...how }),
    rke2Upgrade({ prepare: prepareContainer(api, clock, 'node-role.kubernetes.io/master'), ...how }),
    falkirkRecipe(how),
    kubectlContainer(api, clock),
    upgradeFails,
    upgradeNothing,
    hostScript,
    plainScript,
  ]
}
