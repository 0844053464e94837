import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../rig/control-plane.ts'
import { startTwinPlane } from '../../rig/twin-plane.ts'

/** What these tests run on: `twin` when FALKIRK_E2E_ON says so, otherwise the processes of the rig. */
export const isOnTwin = process.env.FALKIRK_E2E_ON === 'twin'

/** Starts what the tests run on; the same from outside. */
export function startPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  return isOnTwin ? startTwinPlane(options) : startControlPlane(options)
}
