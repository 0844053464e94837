import type { ApiClient } from '../cluster/api-client.ts'
import { isForbidden } from '../cluster/api-error.ts'
import { ensureCrd } from '../cluster/custom-resource-definition.ts'
import type { Log } from '../cluster/log.ts'
import { FalkirkError } from '../core/falkirk-error.ts'
import { planCrd } from '../core/plan/plan-crd.ts'
import { upgradeCrd } from '../core/upgrade/api/upgrade-crd.ts'

const crd = 'plans.upgrade.cattle.io'

/**
 * Sees to it that the Plan API is there. A definition that may not be changed is taken as it is.
 * Throws FK_FORBIDDEN when there is none and none may be made, FK_CRD_OUTDATED when the server refuses ours.
 */
export async function registerCrd(client: ApiClient, log: Log): Promise<void> {
  const outcome = await ensureCrd(client, client.capabilities, planCrd())
  if (typeof outcome === 'string') {
    log.info({ crd, outcome }, 'custom resource definition')
    return
  }
  if (outcome.kind === 'Forbidden' && (await planApiIsThere(client))) log.warn({ crd }, outcome.message)
  else throw new FalkirkError(outcome.kind === 'Forbidden' ? 'FK_FORBIDDEN' : 'FK_CRD_OUTDATED', outcome.message)
}

/**
 * Registers the API of ClusterUpgrades where the rights suffice. Whoever serves Plans alone has neither: nothing is said of it but at level debug.
 * True when the API is there now.
 */
export async function registerUpgradeCrd(client: ApiClient, log: Log): Promise<boolean> {
  const crd = 'clusterupgrades.falkirk.dev'
  try {
    const outcome = await ensureCrd(client, client.capabilities, upgradeCrd())
    if (typeof outcome !== 'string') log.debug({ crd }, outcome.message)
    else if (outcome !== 'Unchanged') log.info({ crd, outcome }, 'custom resource definition')
    return typeof outcome === 'string' || outcome.kind === 'Outdated'
  } catch (err) {
    log.debug({ crd, err }, 'the API of ClusterUpgrades cannot be registered')
    return false
  }
}

async function planApiIsThere(client: ApiClient): Promise<boolean> {
  try {
    await client.transport.json({ method: 'GET', path: '/apis/upgrade.cattle.io/v1' })
    return true
  } catch (error) {
    // who may not read discovery documents may still be allowed to use what they describe
    return isForbidden(error)
  }
}
