import type { ImageBehaviour } from '../../kubelet/image-behaviour.ts'
import { envValue, isImage } from '../image-name.ts'
import { wantedVersion } from './rancher-upgrade.ts'

/** `…/upgrade-fails`: says what went wrong and ends with RIG_EXIT_CODE, 3 unless told. */
export const upgradeFails: ImageBehaviour = ({ container }) => {
  if (!isImage(container, 'upgrade-fails')) return undefined
  const log = 'looking for the new version\nthe disk of this node is full: /usr/local/bin/k3s was not written\n'
  return {
    seconds: waitSeconds(envValue(container, 'RIG_WAIT_SECONDS')),
    exitCode: Number(envValue(container, 'RIG_EXIT_CODE') ?? 3) || 1,
    log,
  }
}

/** `…/upgrade-nothing`: ends well and leaves the machine as it is. */
export const upgradeNothing: ImageBehaviour = ({ container }) => {
  if (!isImage(container, 'upgrade-nothing')) return undefined
  return { seconds: waitSeconds(envValue(container, 'RIG_WAIT_SECONDS')), exitCode: 0, log: 'this image leaves the node as it is\n' }
}

/** The container `upgrade` of a Plan's pod, whatever its image: its machine gets the version that the Plan wants, if that is one of Kubernetes. */
export const plannedUpgrade: ImageBehaviour = (start) => {
  const { pod, container, role } = start
  if (role !== 'Main' || container.name !== 'upgrade' || pod.metadata?.labels?.['upgrade.cattle.io/plan'] === undefined) return undefined
  const planned = { ...start, container: { ...container, image: '' } }
  const version = wantedVersion(planned)
  return version === undefined ? undefined : { effects: [{ kind: 'ReplaceKubernetes', version }] }
}

function waitSeconds(text: string | undefined): number {
  return Number(text ?? 1) || 0
}
