import { orderDigest, type RecipeOrder } from '../recipe-order.ts'
import type { Recipe, RecipeStep, RunStep } from '../recipe-step.ts'
import { putBinaryScript, replaceBinaryScript, restartServiceScript, restoreBinaryScript } from '../scripts/binary-steps.ts'
import { type BinaryHost, goesForward } from './judge-binary-host.ts'

/** Seconds for a copy, or for a lock that somebody else holds. */
const shortLimit = 600
/** Seconds in which a service has to be up: RKE2 pulls the images of its control plane meanwhile. */
const upWithin = 900
/** Seconds for which it has to stay up, under one process. */
const steady = 10
/** Starts that may end by themselves: a server may have to wait for others. */
const mostStarts = 10

/**
 * Replaces the one binary of k3s or RKE2 and restarts its service. Configuration, environment files and units are left as they are; pods run
 * on, as the service's unit has `KillMode=process`. Source: k3s and RKE2 documentation, manual upgrade by binary.
 */
export function binaryRecipe(order: RecipeOrder, host: BinaryHost, sha256: string): Recipe {
  const { unit, binary } = host
  const parameters = binaryParameters(order, host, sha256)
  const undo: RunStep = {
    kind: 'Run',
    name: 'restore-binary',
    does: `puts the previous ${binary} back and restarts ${unit}`,
    disturbs: true,
    script: restoreBinaryScript,
    parameters,
    limitSeconds: upWithin + shortLimit,
  }
  return { id: orderDigest(order).slice(0, 12), steps: binarySteps(order, host, parameters), undo }
}

function binarySteps({ version }: RecipeOrder, { unit, binary }: BinaryHost, parameters: RunStep['parameters']): readonly RecipeStep[] {
  return [
    {
      kind: 'Put',
      name: 'put-binary',
      does: `brings ${version} beside ${binary}`,
      disturbs: false,
      script: putBinaryScript,
      parameters,
      limitSeconds: shortLimit,
    },
    {
      kind: 'Run',
      name: 'replace-binary',
      does: `replaces ${binary}`,
      disturbs: false,
      script: replaceBinaryScript,
      parameters,
      limitSeconds: shortLimit,
    },
    {
      kind: 'Run',
      name: 'restart-service',
      does: `restarts ${unit}`,
      disturbs: true,
      script: restartServiceScript,
      parameters,
      limitSeconds: upWithin + shortLimit,
    },
  ]
}

function binaryParameters(order: RecipeOrder, host: BinaryHost, sha256: string): RunStep['parameters'] {
  return {
    unit: host.unit,
    binary: host.binary,
    version: order.version,
    sha256,
    wait_seconds: String(upWithin),
    steady_seconds: String(steady),
    most_starts: String(mostStarts),
    goes_forward: goesForward(host, order) ? 'yes' : 'no',
  }
}
