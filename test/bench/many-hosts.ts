import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { hostFactsScript } from '../../src/core/host/facts-script.ts'
import type { RunStep } from '../../src/core/recipe/recipe-step.ts'
import type { Host } from '../../src/node/host.ts'
import { runRecipe } from '../../src/node/run-recipe.ts'
import { sshConnections } from '../../src/node/ssh/ssh-connections.ts'
import { sshHost } from '../../src/node/ssh/ssh-host.ts'
import { startProcess } from '../rig/owned-process.ts'
import { kubeconfigText } from '../rig/plain-kubeconfig.ts'
import { processUsage } from '../rig/process-usage.ts'
import { makeHosts, type RigHosts } from '../rig/rig-hosts.ts'

/** What it takes to look at so many hosts with `falkirk nodes`. */
export interface HostsProbed {
  readonly hosts: number
  readonly seconds: number
  /** Of the program and the `ssh` that it starts, and of what runs on the hosts, which is the same machine here. */
  readonly cpuSeconds: number
  readonly hostsCpuSeconds: number
  /** Most logins that one of them has seen. */
  readonly connectionsOfOne: number
  readonly peakMib: number
  /** Exit code, and what is not as it should be. */
  readonly faults: readonly string[]
}

export interface ManyHosts {
  readonly probed: readonly HostsProbed[]
  readonly factsKib: number
  readonly recipes: readonly RecipeTimed[]
}

/** One run of a recipe whose steps take a second each, and the same commands by hand right before it. */
export interface RecipeTimed {
  /** Connecting and looking before and after included. */
  readonly seconds: number
  /** One after another over a connection that stands. */
  readonly byHandSeconds: number
}

const firstPort = 10_000
const steps = 10
const rounds = 3

interface ManyHostsOptions {
  readonly quick: boolean
  /** `steps`: no other host is looked at. */
  readonly only: string
}

/** Looks at 100 and at 500 sshds, each a host of its own by its port, on one host of the rig. Needs what whole hosts need. `program`: the shipped bundle. */
export async function measureManyHosts(program: string, { quick, only }: ManyHostsOptions): Promise<ManyHosts> {
  const rig = await makeHosts(['many'])
  try {
    await rig.boot()
    const one = await oneHost(rig)
    const probed: HostsProbed[] = []
    for (const hosts of only === 'steps' ? [] : quick ? [100] : [100, 500]) probed.push(await probe(program, rig, hosts))
    return { probed, ...one }
  } finally {
    await rig.down()
  }
}

export function manyHostsTable({ probed, factsKib, recipes }: ManyHosts): string {
  const rows = probed.map(
    ({ hosts, seconds, cpuSeconds, hostsCpuSeconds, connectionsOfOne, peakMib }) =>
      `| ${hosts} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${hostsCpuSeconds.toFixed(1)} | ${connectionsOfOne} | ${peakMib.toFixed(0)} |`,
  )
  const each = (figure: (one: RecipeTimed) => number) => recipes.map((one) => figure(one).toFixed(2)).join(', ')
  const faults = probed.flatMap((one) => one.faults.map((fault) => `${one.hosts} hosts: ${fault}`))
  return [
    '| Hosts | Wall s | CPU s, program and its ssh | CPU s, of the hosts | Connections a host | Peak MiB |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    '| *goal* 100 | < 20 | | | 1 | |',
    '| *goal* 500 | | | | 1 | < 250 |',
    '',
    `Facts of one host: ${factsKib.toFixed(1)} KiB (goal: < 64).`,
    `A recipe of ${steps} steps of a second each takes ${each((one) => one.seconds - steps)} s more than they do (goal: < 2);`,
    `by hand, one command after another, it is ${each((one) => one.byHandSeconds - steps)} s more, so Falkirk takes ${each((one) => one.seconds / one.byHandSeconds)} × that.`,
    ...(faults.length === 0 ? [] : ['', ...faults]),
  ].join('\n')
}

async function oneHost(rig: RigHosts): Promise<Pick<ManyHosts, 'factsKib' | 'recipes'>> {
  const connections = sshConnections({ sshConfig: rig.sshConfig })
  const open = () => sshHost({ name: 'many', address: 'many', become: 'none' }, connections)
  try {
    const host = open()
    const { stdout } = await host.run(hostFactsScript(), 'facts')
    const recipes: RecipeTimed[] = []
    for (let round = 0; round < rounds; round += 1) {
      const byHandSeconds = await timed(async () => {
        for (let i = 0; i < steps; i += 1) await host.run(`sleep 1; touch /run/by-hand-${round}-${i}`, 'x')
      })
      const fresh = open()
      recipes.push({ byHandSeconds, seconds: await timed(() => recipeOn(fresh, round)) })
      await fresh.close()
    }
    await host.close()
    return { factsKib: Buffer.byteLength(stdout) / 1024, recipes }
  } finally {
    await connections.close()
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

async function recipeOn(host: Host, round: number): Promise<void> {
  const all = Array.from({ length: steps }, (_, i) => secondLong(`${round}-${i}`))
  const recipe = { id: `0123456789a${round}`, steps: all, undo: secondLong(`${round}-undo`) }
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
  const end = await runRecipe({ recipe, attempt: 1, files: new Map() }, { host, say: () => {}, sleep, now: () => performance.now() })
  if (end.kind !== 'Complete') throw new Error(end.message)
}

function secondLong(name: string): RunStep {
  const script = `probe() { [ -e /run/bench-${name} ]; }\nact() { sleep 1; touch /run/bench-${name}; }\n`
  return { kind: 'Run', name: `step-${name}`, does: 'waits', disturbs: false, script, parameters: {}, limitSeconds: 60 }
}

async function probe(program: string, rig: RigHosts, hosts: number): Promise<HostsProbed> {
  const host = rig.host('many')
  const names = Array.from({ length: hosts }, (_, i) => `node-${i + 1}`)
  await host.run(serversScript(hosts))
  const inventory = join(rig.run.path, 'inventory.yaml')
  writeFileSync(inventory, inventoryText(rig.sshConfig, names))
  const api = await nodesApi(names, await host.bootId())
  try {
    const kubeconfig = join(rig.run.path, 'kubeconfig')
    writeFileSync(kubeconfig, kubeconfigText({ server: api.url }, 'bench'))
    const args = [program, 'nodes', '--via=ssh', `--inventory=${inventory}`, `--kubeconfig=${kubeconfig}`, '--output=json'] as const
    const { log, exitCode, ...run } = await watched(args, join(rig.run.path, `nodes-${hosts}.log`))
    const seen = log.match(/"state": "Seen"/g)?.length ?? 0
    const [logins = 0, ticks = 0] = (await host.run(usedScript)).split(/\s+/).map(Number)
    const faults = [
      ...(exitCode === 0 ? [] : [`falkirk nodes ended with ${exitCode}: ${log.slice(-500)}`]),
      ...(seen === hosts ? [] : [`${seen} of them were seen: ${log.match(/"message": .*/)?.[0]}`]),
    ]
    return { hosts, ...run, connectionsOfOne: logins, hostsCpuSeconds: ticks / ticksPerSecond, faults }
  } finally {
    await host.run(`pkill -f '${mark}' || true`)
    await api.close()
  }
}

const ticksPerSecond = 100
const mark = '[P]idFile=none'

/** An sshd for each, with a log of its own. */
function serversScript(hosts: number): string {
  return `rm -rf /run/many; mkdir -p /run/many
for i in $(seq 1 ${hosts}); do
  /usr/sbin/sshd -p $((${firstPort} + i)) -E /run/many/$i -o PidFile=none -o LogLevel=VERBOSE
done`
}

/** Most logins of one, and the clock ticks of all with what they have started. */
const usedScript = `
grep -c 'Accepted publickey' /run/many/* | sed 's/.*://' | sort -n | tail -1
for pid in $(pgrep -f '${mark}'); do cat /proc/$pid/stat; done 2>/dev/null | awk '{ sum += $14 + $15 + $16 + $17 } END { print sum }'
`

function inventoryText(sshConfig: string, names: readonly string[]): string {
  const hosts = names.map((name, i) => `  ${name}: { address: many, port: ${firstPort + 1 + i} }`)
  return ['defaults: { user: root }', `sshConfig: ${sshConfig}`, 'hosts:', ...hosts, ''].join('\n')
}

interface NodesApi {
  readonly url: string
  close(): Promise<unknown>
}

/** An API server that has nodes and nothing else; all are the machine with that boot ID. */
async function nodesApi(names: readonly string[], bootID: string): Promise<NodesApi> {
  const items = names.map((name) => ({
    metadata: { name, labels: {} },
    spec: {},
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { kubeletVersion: 'v1.20.2', osImage: 'Debian GNU/Linux 12', bootID },
    },
  }))
  const lists: Readonly<Record<string, object>> = {
    '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
    '/apis': { kind: 'APIGroupList', groups: [] },
    '/version': { major: '1', minor: '20', gitVersion: 'v1.20.2' },
    '/api/v1/nodes': { apiVersion: 'v1', kind: 'NodeList', metadata: { resourceVersion: '1' }, items },
  }
  const server = createServer(({ url = '' }, response) => {
    const found = lists[url.split('?')[0] ?? '']
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) }
}

interface Watched extends Pick<HostsProbed, 'seconds' | 'cpuSeconds' | 'peakMib'> {
  readonly exitCode: number | undefined
  readonly log: string
}

/** Runs the program to its end, and looks ten times a second at what it has used. */
async function watched(args: readonly [string, ...string[]], logFile: string): Promise<Watched> {
  const begin = performance.now()
  const started = startProcess({ name: 'falkirk', logFile, command: [process.execPath, ...args] })
  let [cpuSeconds, peakMib] = [0, 0]
  const timer = setInterval(() => {
    const usage = processUsage(started.pid)
    if (usage === undefined) return
    cpuSeconds = usage.cpuSeconds + usage.childrenCpuSeconds
    // a process that is just ending has no memory left
    peakMib = Math.max(peakMib, usage.peakRssMib)
  }, 100)
  const { exitCode } = await started.ended
  clearInterval(timer)
  return { seconds: (performance.now() - begin) / 1000, cpuSeconds, peakMib, exitCode, log: readFileSync(logFile, 'utf8') }
}
