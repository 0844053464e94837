import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { attempt, type CommandResult } from '../../rig/command.ts'
import type { KubeadmCluster } from '../../rig/kubeadm/kubeadm-cluster.ts'
import { startProcess } from '../../rig/owned-process.ts'
import { falkirkFlags } from './falkirk-upgrade.ts'

const names = ['cp1', 'cp2', 'cp3']

interface Found {
  readonly api: readonly { readonly answered: Readonly<Record<string, number>>; readonly failed: number }[]
  readonly nodes: readonly { readonly name: string; readonly findings: readonly { check: string; severity: string; message: string }[] }[]
}

async function look(program: string, cluster: KubeadmCluster): Promise<CommandResult & { found: Found; told: readonly string[] }> {
  const result = await attempt(process.execPath, [program, 'nodes', '--via', 'ssh', '-o', 'json', ...falkirkFlags(cluster)])
  const found: Found = JSON.parse(result.stdout)
  const all = found.nodes.flatMap(({ findings }) => findings.filter(({ check }) => check === 'api-path'))
  return { ...result, found, told: [...new Set(all.map(({ severity, message }) => `${severity}: ${message}`))] }
}

/** A machine that is busy with much else takes one of 150 connections late; that is told as a risk, and is none of who answers behind the address. */
function isOfTheWay(told: string): boolean {
  return !/^Risk: \d+ of 150 new connections to \S+ were not taken$/.test(told)
}

/** Of 30 from each of five hosts: those answered and, on a busy machine, those not taken, which is told beside. */
function connectionsIn(text: string): number {
  const count = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
  return count(/answered (\d+) new connections/) + count(/(\d+) of 150 new connections to \S+ were not taken/)
}

/** `falkirk upgrade` that is held by the way to the API, and all that it has told, on one line. */
function waitingUpgrade(program: string, cluster: KubeadmCluster): { text(): string; stop(): Promise<unknown> } {
  const logFile = join(cluster.folder, 'held-upgrade.log')
  const command = [process.execPath, program, 'upgrade', '--to', 'v1.20.3', '--via', 'ssh', ...falkirkFlags(cluster)] as const
  const upgrade = startProcess({ name: 'falkirk upgrade', command, logFile })
  return { text: () => readFileSync(logFile, 'utf8').replaceAll(/\s+/g, ' '), stop: () => upgrade.stop('SIGTERM') }
}

/** The way to the API of three control planes behind HAProxy; afterwards all of them answer there again. */
export function apiPathCases(watched: () => { readonly cluster: KubeadmCluster; readonly program: string }): void {
  const seen = () => look(watched().program, watched().cluster)
  // HAProxy asks whether one is ready first
  const untilProven = () => expect.poll(async () => (await seen()).told.filter(isOfTheWay), { timeout: 60_000 }).toEqual([])

  it('is proven: each answers at its own address, and behind the one that all hosts have', async () => {
    const { cluster } = watched()
    const { found, told, exitCode } = await seen()
    expect({ told: told.filter(isOfTheWay), exitCode }).toEqual({ told: [], exitCode: 0 })
    const [way] = found.api
    const from = [...names, 'w1', 'w2']
    expect(found.api).toEqual([{ ...way, server: `https://${cluster.endpoint}`, from, strangers: 0, balances: true }])
    const answered = names.map((name) => way?.answered[name] ?? 0)
    expect(Math.min(...answered)).toBeGreaterThan(0)
    expect(answered.reduce((sum, count) => sum + count, way?.failed ?? 0)).toBe(150)
  })

  it('is one API server alone, as of a virtual address whose other servers are commented out', async () => {
    const { cluster } = watched()
    for (const name of names.slice(1)) await cluster.balancer.takeOut(name)
    const { told } = await seen()
    for (const name of names.slice(1)) await cluster.balancer.putBack(name)
    const alone = /^Blocks: behind \S+ cp1 answered \d+ new connections from .*, and cp2 and cp3 none$/
    expect(told.filter((line) => line.startsWith('Blocks: '))).toEqual([expect.stringMatching(alone)])
    expect(connectionsIn(told.join('; '))).toBe(150)
    await untilProven()
  })

  it('has a hole where the balancer leaves one out: it is named, and an upgrade touches nothing', async () => {
    const { cluster, program } = watched()
    await cluster.balancer.takeOut('cp3')
    const hole = /behind https:\/\/[\d.]+:6443 cp1 and cp2 answered \d+ new connections from cp1, cp2, cp3 and 2 more, and cp3 none/
    const { told } = await seen()
    expect(told.filter((line) => line.startsWith('Blocks: '))).toEqual([expect.stringMatching(hole)])
    expect(connectionsIn(told.join('; '))).toBe(150)
    const { text, stop } = waitingUpgrade(program, cluster)
    await expect.poll(text, { timeout: 120_000 }).toMatch(hole)
    expect(text()).toContain('it is asked again every 30 s')
    await stop()
    for (const host of cluster.hosts) expect((await host.run('ls /var/lib/falkirk 2> /dev/null || echo nothing')).trim()).toBe('nothing')
    // it would go on by itself; here another one is to begin
    await cluster.kubectl(['delete', 'clusterupgrades', '--all'])
    await cluster.balancer.putBack('cp3')
    await untilProven()
  })
}
