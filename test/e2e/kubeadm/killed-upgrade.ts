import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { logTail, type OwnedProcess, startProcess } from '../../rig/owned-process.ts'
import { falkirkFlags } from './falkirk-upgrade.ts'

/** Something goes on at least this often, also on a machine that is busy with much else. */
const silenceMs = 600_000
/** A line of `falkirk upgrade` or `falkirk run` that tells what goes on on a host. */
const hostLine = /waits: [a-z-]+: |"says":/

export interface KilledUpgrade {
  /** What each one that was killed had told last. */
  readonly lastWords: readonly string[]
  /** API servers that were asked instead of the one in the kubeconfig: `https://10.0.0.2:6443`. */
  readonly askedInstead: readonly string[]
}

export interface Kills {
  readonly version: string
  readonly kills: number
  /** Most things that one may see begin on hosts before he is killed: all together there have to be enough of them. */
  readonly mostBegun: number
}

/**
 * An upgrade in the hands of one after another: `falkirk upgrade`, then `falkirk run`, each killed after one or more further things have begun on
 * hosts, at any moment of the next second; the last goes on to the end.
 */
export async function upgradeThroughKills(
  program: string,
  cluster: KubeadmCluster,
  { version, kills, mostBegun }: Kills,
): Promise<KilledUpgrade> {
  const lastWords: string[] = []
  const askedInstead: string[] = []
  for (let turn = 0; turn < kills; turn++) {
    const words = turn === 0 ? ['upgrade', '--to', version, '--via', 'ssh'] : ['run']
    const one = begin(program, cluster, { words, turn })
    const wanted = 1 + Math.floor(Math.random() * mostBegun)
    await until(one, `${wanted} things begun on hosts`, async () => {
      const isEnough = told(one).length >= wanted
      const { phase, message } = isEnough ? {} : await statusOf(cluster, version)
      if (isOver(phase)) throw new Error(`the run is ${phase} after ${turn} of ${kills} kills: ${message}`)
      return isEnough
    })
    await sleep(Math.random() * 1000)
    await one.stop('SIGKILL')
    lastWords.push(told(one).at(-1) ?? '')
    askedInstead.push(...serversOf(one))
  }
  const last = begin(program, cluster, { words: ['run'], turn: kills })
  await until(last, 'the end of the run', async () => {
    const { phase, message } = await statusOf(cluster, version)
    if (isOver(phase) && phase !== 'Complete') throw new Error(`the run is ${phase}: ${message}`)
    return phase === 'Complete'
  })
  await last.stop('SIGTERM')
  return { lastWords, askedInstead: [...askedInstead, ...serversOf(last)] }
}

function begin(
  program: string,
  cluster: KubeadmCluster,
  { words, turn }: { readonly words: readonly string[]; readonly turn: number },
): OwnedProcess {
  const name = `killed-${turn}`
  return startProcess({
    name,
    command: [process.execPath, program, ...words, ...falkirkFlags(cluster)],
    logFile: join(process.env.FALKIRK_LOGS || cluster.folder, `${name}.log`),
    // who comes next is the same operator, and need not wait for the Lease
    env: { FALKIRK_LEASE_IDENTITY: 'operator' },
  })
}

function told({ logFile }: OwnedProcess): string[] {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => hostLine.test(line))
}

/** `falkirk run` tells in its log whom it asks from now on. */
function serversOf({ logFile }: OwnedProcess): string[] {
  return [...readFileSync(logFile, 'utf8').matchAll(/"server":"([^"]+)".*"asks another API server"/g)].map(([, server = '']) => server)
}

interface RunStatus {
  readonly phase?: string
  readonly message?: string
}

/** Nothing while there is none, or while the only API server is away. */
async function statusOf({ api }: KubeadmCluster, version: string): Promise<RunStatus> {
  const path = `/apis/falkirk.dev/v1alpha1/clusterupgrades/to-${version.slice(1).replaceAll('.', '-')}`
  const run = await api.get<{ status?: RunStatus }>(path).catch(() => undefined)
  return run?.status ?? {}
}

/** Nothing more happens without somebody's help. */
function isOver(phase: string | undefined): boolean {
  return phase !== undefined && ['Complete', 'CompletedWithFindings', 'Stopped', 'Paused', 'Refused'].includes(phase)
}

async function until(one: OwnedProcess, what: string, holds: () => Promise<boolean>): Promise<void> {
  let heard = -1
  let sinceMs = Date.now()
  while (!(await holds())) {
    if (!one.running) throw new Error(`${one.name} ended by itself:\n${logTail(one.logFile)}`)
    const lines = told(one).length
    if (lines !== heard) {
      heard = lines
      sinceMs = Date.now()
    }
    if (Date.now() - sinceMs > silenceMs)
      throw new Error(`${one.name} tells nothing new while ${what} is waited for:\n${logTail(one.logFile)}`)
    await sleep(100)
  }
}
