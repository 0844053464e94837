import { Command } from 'commander'
import { stringify } from 'yaml'
import { planCrd } from '../core/plan/plan-crd.ts'
import { upgradeCrd } from '../core/upgrade/api/upgrade-crd.ts'

/** `falkirk crd`: prints the custom resource definitions, for those who apply them by other means. */
export function crdCommand(): Command {
  return new Command('crd').description('print the custom resource definitions as YAML').action(() => {
    process.stdout.write([planCrd(), upgradeCrd()].map((crd) => stringify(crd, { lineWidth: 0 })).join('---\n'))
  })
}
