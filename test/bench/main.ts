import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine, writeBenchPage } from './bench-page.ts'
import { benchNotes, benchTable } from './bench-table.ts'
import { kubeadmUpgradeTable, measureKubeadmUpgrades } from './kubeadm-upgrade.ts'
import { manyHostsTable, measureManyHosts } from './many-hosts.ts'
import { measureRollouts, type RolloutOptions } from './plan-rollout.ts'
import { scenarios } from './scenario.ts'
import { measureTwinDrains, twinDrainTable } from './twin-drain.ts'
import { measureTwinLoads, twinLoadTable } from './twin-load.ts'
import { measureTwinServe, twinServeTable } from './twin-serve.ts'
import { decisionTable, measureDecisions } from './upgrade-decide.ts'
import { measureUpgradeRuns, upgradeRunTable } from './upgrade-run.ts'
import { measureServedUpgrades, servedUpgradeTable } from './upgrade-served.ts'

/**
 * Entry of `npm run bench`. `--quick`: 100 nodes at 10 alone; `--only floor|falkirk`: one of the two; `--heartbeats N`: node status
 * updates a second meanwhile; `--profile FOLDER`: a CPU profile of the controller; `--write`: puts the table into docs/benchmarks.md.
 * `--twin`: instead, what it costs to drain every node of a twin in virtual time; `--twin --quick`: of 100 nodes alone.
 * `--twin-serve`: instead, what clients of a twin get. `--twin-load`: instead, what it costs to load clusters into a twin; that needs no control plane.
 * `--decide`: instead, how long one decision about a ClusterUpgrade of 5,000 nodes takes; that needs no control plane.
 * `--upgrade`: instead, how long ClusterUpgrades of 100 and 1,000 nodes take in virtual time; that needs no control plane.
 * `--upgrade-served`: instead, what they cost the controller's process over HTTPS; that needs no control plane.
 * `--kubeadm`: instead, a kubeadm cluster of five real hosts by the book and by Falkirk (`--only falkirk`: that alone); that needs what whole hosts need.
 * `--hosts`: instead, what it takes to look at 100 and 500 hosts over SSH (`--quick`: 100; `--only steps`: none, but a recipe on one); that needs what whole hosts need.
 * Figures are printed, never asserted: exit code 1 means that a rollout did not end or broke a rule (too many Jobs at once, a node with two).
 */
export async function main({ program, args }: { program: string; args: string[] }): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      only: { type: 'string', default: 'both' },
      profile: { type: 'string' },
      heartbeats: { type: 'string', default: '0' },
      twin: { type: 'boolean', default: false },
      decide: { type: 'boolean', default: false },
      upgrade: { type: 'boolean', default: false },
      'upgrade-served': { type: 'boolean', default: false },
      kubeadm: { type: 'boolean', default: false },
      hosts: { type: 'boolean', default: false },
      'twin-load': { type: 'boolean', default: false },
      'twin-serve': { type: 'boolean', default: false },
    },
  })
  const other = await otherTable(program, values)
  if (other !== undefined) {
    process.stdout.write(`\n${machine(new Date())}\n\n${other}\n`)
    return 0
  }
  if (values.write && (values.quick || values.only !== 'both' || values.profile !== undefined)) {
    throw new Error('--write is for the whole run: leave --quick, --only and --profile out')
  }
  const chosen = scenarios({ quick: values.quick, heartbeatsPerSecond: Number(values.heartbeats) })
  const measurements = await measureRollouts(chosen, { program, only: onlyOf(values.only), profile: values.profile })
  const table = benchTable(measurements)
  const now = new Date()
  process.stdout.write(`\n${machine(now)}\n\n${table}\n\n${benchNotes(measurements).join('\n')}\n`)
  if (values.write) writeBenchPage(join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md'), table, now)
  return measurements.some(({ faults }) => faults.length > 0) ? 1 : 0
}

/** What is measured on another stage; undefined when nothing of that was asked for. */
async function otherTable(program: string, values: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const quick = values.quick === true
  if (values.twin === true) return twinDrainTable(await measureTwinDrains({ quick }))
  if (values.decide === true) return decisionTable(measureDecisions())
  if (values.upgrade === true) return upgradeRunTable(await measureUpgradeRuns({ quick }))
  if (values['upgrade-served'] === true) return servedUpgradeTable(await measureServedUpgrades(program, { quick }))
  if (values.kubeadm === true) return kubeadmUpgradeTable(await measureKubeadmUpgrades(program, { only: String(values.only) }))
  if (values.hosts === true) return manyHostsTable(await measureManyHosts(program, { quick, only: String(values.only) }))
  if (values['twin-load'] === true) return twinLoadTable(await measureTwinLoads({ quick }))
  if (values['twin-serve'] === true) return twinServeTable(await measureTwinServe(program))
  return undefined
}

function onlyOf(text: string): RolloutOptions['only'] {
  if (text === 'both' || text === 'floor' || text === 'falkirk') return text
  throw new Error(`--only is "${text}": write floor or falkirk`)
}
