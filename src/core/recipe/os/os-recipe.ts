import type { HostFacts } from '../../host/host-facts.ts'
import { type HostOrder, hostOrderId } from '../host-order.ts'
import type { HostRecipe, RunStep } from '../recipe-step.ts'
import { type OsStep, osCommands } from './os-commands.ts'
import { fetchPackagesScript, installPackagesScript, mendPackagesScript, pendingScript, planPackagesScript } from './scripts/os-steps.ts'
import { ownPackages, type PackageManager, packageManagerScript } from './scripts/package-manager.ts'
import { rebootScript, servicesScript } from './scripts/reboot-steps.ts'

/** Seconds that another's lock is waited for: unattended upgrades take minutes. */
const lockSeconds = 600
/** Seconds for packages to be fetched or installed, when the lock is free. */
const packagesLimit = 3_600
/** Seconds for a host to go down: systemd gives its services 90 each. */
const downSeconds = 600
/** Seconds in which a host that went down is back: servers count their memory first. */
const awaySeconds = 1_800
/** Seconds for services to be up after a boot. */
const servicesSeconds = 600

/** What an order asks of the operating system; `HostOrder.os`. */
export type OsOrder = HostOrder & { readonly os: NonNullable<HostOrder['os']> }

/** Steps, or why there are none: one sentence with the fix. */
type OsSteps = { readonly kind: 'Steps'; readonly steps: readonly RunStep[] } | { readonly kind: 'Refused'; readonly message: string }

/** Everything that a host may be told to run for it, but for its package manager's words. */
export const osScripts = [
  pendingScript,
  mendPackagesScript,
  planPackagesScript,
  fetchPackagesScript,
  installPackagesScript,
  rebootScript,
  servicesScript,
]

/** The upgrade of a host's packages and its reboot as a recipe of its own. Nothing is taken back. */
export function osRecipe(order: OsOrder, facts: HostFacts): HostRecipe {
  const found = osSteps(order, facts)
  if (found.kind === 'Refused') return found
  const scripts = found.steps.map((step) => step.script)
  return { kind: 'Recipe', recipe: { id: hostOrderId(order, scripts), steps: found.steps } }
}

/**
 * What is pending is written down on the host by the first step, and is what the others work on. `Stage` fetches; `Change` mends, installs, reboots
 * and waits for the services that ran before. Source: Debian's and Red Hat's manuals of the programs named in `scripts`; kured for what asks for a reboot.
 */
function osSteps(order: OsOrder, { os, packages: { manager } }: HostFacts): OsSteps {
  if (os.init !== 'systemd') return refused('this host is not run by systemd, and steps know nothing else: upgrade its packages yourself')
  if (order.os.packages !== 'None' && manager === undefined) {
    return refused('this host has none of apt-get, dnf, yum and zypper: set os.packages to None, and upgrade its packages yourself')
  }
  const make = stepMaker(order, manager ?? 'apt-get')
  return { kind: 'Steps', steps: stepNames(order).map(make) }
}

function stepNames({ step, os }: OsOrder): readonly OsStep[] {
  const staged = ['plan-packages', 'fetch-packages'] as const
  if (step === 'Stage') return os.packages === 'None' ? [] : staged
  return [
    ...(os.packages === 'None' ? [] : (['mend-packages', ...staged, 'install-packages'] as const)),
    ...(os.reboot === 'Never' ? [] : (['reboot'] as const)),
    'services',
  ]
}

/** What each step has of its own. */
const ownOfStep: Readonly<Record<OsStep, Pick<RunStep, 'does' | 'disturbs' | 'script' | 'limitSeconds' | 'awaySeconds'>>> = {
  'mend-packages': {
    does: 'mends packages that are half installed',
    disturbs: true,
    script: mendPackagesScript,
    limitSeconds: lockSeconds + packagesLimit,
  },
  'plan-packages': {
    does: 'reads the repositories and writes down which packages are pending',
    disturbs: false,
    script: planPackagesScript,
    limitSeconds: lockSeconds + 900,
  },
  'fetch-packages': {
    does: 'fetches the packages that are pending',
    disturbs: false,
    script: fetchPackagesScript,
    limitSeconds: lockSeconds + packagesLimit,
  },
  'install-packages': {
    does: 'installs the packages that are pending',
    disturbs: true,
    script: installPackagesScript,
    limitSeconds: lockSeconds + packagesLimit,
  },
  reboot: {
    does: 'reboots the host where that is wanted',
    disturbs: true,
    script: rebootScript,
    limitSeconds: lockSeconds + downSeconds + 60,
    awaySeconds,
  },
  services: {
    does: 'waits for the services that ran before',
    disturbs: false,
    script: servicesScript,
    limitSeconds: servicesSeconds + 60,
  },
}

type StepMaker = (name: OsStep) => RunStep

/** All steps have the same values, and the functions of the host's package manager. */
function stepMaker(order: OsOrder, manager: PackageManager): StepMaker {
  const parameters = {
    manager,
    packages: order.os.packages,
    reboot: order.os.reboot,
    staging: order.step === 'Stage' ? 'yes' : 'no',
    // the same for staging and change, so that what was staged is what is installed
    change: hostOrderId({ ...order, step: 'Change' }, []),
    own_packages: ownPackages,
    lock_seconds: String(lockSeconds),
    down_seconds: String(downSeconds),
    wait_seconds: String(servicesSeconds),
  }
  const functions = `${packageManagerScript(manager)}${pendingScript}`
  const commands = osCommands(manager, order.os)
  return (name) => {
    const step = ownOfStep[name]
    return { ...step, name, kind: 'Run', parameters, script: `${functions}${step.script}`, commands: commands[name] }
  }
}

function refused(message: string): OsSteps {
  return { kind: 'Refused', message }
}
