import type { HostOrder } from '../host-order.ts'
import type { PackageManager } from './scripts/package-manager.ts'

export type OsStep = 'mend-packages' | 'plan-packages' | 'fetch-packages' | 'install-packages' | 'reboot' | 'services'

type Wish = NonNullable<HostOrder['os']>

/** What an operator would type for each step, in the words of the scripts; PACKAGES are those that are pending. */
export function osCommands(manager: PackageManager, wish: Wish): Readonly<Record<OsStep, readonly string[]>> {
  return {
    ...packageCommands(manager, wish.packages === 'Security'),
    reboot: [wish.reboot === 'Always' ? 'systemctl reboot' : `${rebootCheck(manager)} systemctl reboot`],
    services: ['systemctl is-active SERVICE'],
  }
}

type PackageSteps = Readonly<Record<Exclude<OsStep, 'reboot' | 'services'>, readonly string[]>>

function packageCommands(manager: PackageManager, security: boolean): PackageSteps {
  switch (manager) {
    case 'apt-get': {
      const wanted = security ? 'install --only-upgrade PACKAGES' : 'upgrade --with-new-pkgs'
      return {
        'mend-packages': ['dpkg --configure -a', 'apt-get -y -f install'],
        'plan-packages': ['apt-get update', 'apt-get -s upgrade --with-new-pkgs'],
        'fetch-packages': [`apt-get -y --download-only ${wanted}`],
        'install-packages': [`apt-get -y ${wanted}`],
      }
    }
    case 'dnf':
    case 'yum': {
      const wanted = security ? 'upgrade --security' : 'upgrade'
      return {
        'mend-packages': [`${manager} check`],
        'plan-packages': [`${manager} makecache`, `${manager} check-update${security ? ' --security' : ''}`],
        'fetch-packages': [`${manager} -y ${wanted} --downloadonly`],
        'install-packages': [`${manager} -y ${wanted}`],
      }
    }
    case 'zypper': {
      const wanted = security ? 'patch --category security' : 'update PACKAGES'
      return {
        'mend-packages': ['zypper verify'],
        'plan-packages': ['zypper refresh', security ? 'zypper list-patches --category security' : 'zypper list-updates'],
        'fetch-packages': [`zypper --non-interactive ${wanted} --download-only`],
        'install-packages': [`zypper --non-interactive ${wanted}`],
      }
    }
  }
}

/** Ends so that what stands behind it is run where a reboot is wanted. */
function rebootCheck(manager: PackageManager): string {
  switch (manager) {
    case 'apt-get':
      return '[ ! -e /run/reboot-required ] ||'
    case 'dnf':
    case 'yum':
      return 'needs-restarting -r ||'
    case 'zypper':
      return 'zypper needs-rebooting ||'
  }
}
