import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { fileSha256 } from '../../../src/node/file-sha256.ts'
import { replaceBinary } from '../../../src/node/replace-binary.ts'
import { sshConnections } from '../../../src/node/ssh/ssh-connections.ts'
import { sshHost } from '../../../src/node/ssh/ssh-host.ts'
import { rigBinaries } from '../../rig/binaries.ts'
import { attempt } from '../../rig/command.ts'
import type { RigCluster } from '../../rig/k3s-cluster.ts'
import { startProcess } from '../../rig/owned-process.ts'
import type { RigHost } from '../../rig/rig-host.ts'
import { wireTo } from '../../rig/wire.ts'
import { untilControllerReady } from './install.ts'
import { describeHosts, namespace, type TargetCluster, targetCluster } from './target-cluster.ts'
import { webService, webServicePort } from './web-service.ts'

const before = 'v1.20.2+k3s1'
const after = 'v1.20.3+k3s1'
const nextMinor = 'v1.21.14+k3s1'
const binary = '/usr/local/bin/k3s'
const previous = '/usr/local/bin/.k3s.falkirk-previous'
const environment = '/etc/systemd/system/k3s.service.env'

interface UpgradeStatus {
  readonly phase: string
  readonly message: string
}

describeHosts('a ClusterUpgrade by the recipe for k3s', () => {
  let cluster: TargetCluster
  let rig: RigCluster

  beforeAll(async () => {
    cluster = await targetCluster({ version: before })
    if (cluster.rig === undefined) throw new Error('these tests need hosts of their own')
    rig = cluster.rig
    await Promise.all(
      rig.hosts.map((host) => host.run(`chmod 0751 ${binary}; echo K3S_TOKEN=hunter2 > ${environment}; chmod 600 ${environment}`)),
    )
    await cluster.kubectl(['apply', '-k', 'deploy/base'])
    await untilControllerReady(cluster)
  })

  afterAll(async () => {
    await cluster?.down()
  })

  it('whose binary has the wrong checksum touches nothing, and says so', async () => {
    const checksums = [{ version: after, architecture: 'amd64', sha256: '0'.repeat(64) }]
    await apply('wrong', { binary: { checksums } })
    const { message } = await untilPhase('wrong', 'Stopped')
    expect(message).toMatch(/has the wrong checksum: sha256 is [0-9a-f]{64} and should be 0{64}; nothing was touched/)
    expect(cluster.observer.nodes.became(({ unschedulable }) => unschedulable)).toEqual([])
    for (const host of rig.hosts) expect(await host.run('ls -A /var/lib/falkirk 2> /dev/null || true')).toBe('')
    await remove('wrong')
  })

  it('whose binary does not serve puts the old one back, and shows what it said without its secrets', async () => {
    await apply('broken', { binary: { image: 'rig/k3s-broken' } }, { failure: { retries: 0 } })
    const { message } = await untilPhase('broken', 'Stopped')
    expect(message).toMatch(
      /this k3s does not serve: --token \*\*\*\nFK_RECIPE: restart-service failed: k3s\.service does not (start|stay up) as .*; what ran before runs again/,
    )
    const server = rig.host('server-1')
    expect(await versionOf(server, binary)).toBe(before)
    await rig.untilNodeRuns('server-1', before)
    await remove('broken')
  })

  it('that is killed in the middle replaces each binary once, and restarts each service once', async () => {
    const changed = [rig.host('server-1'), rig.host('agent-1')]
    const starts = new Map(await Promise.all(changed.map(async (host) => [host.name, await startsOf(host)] as const)))
    // the image is that of the controller's own pod
    await apply('up', { runnerImage: undefined }, { nodes: ['agent-1'] })
    await untilRestarting(rig.host('server-1'))
    await rig.host('server-1').run("pkill -KILL -f 'node run-step[s]'")
    await deleteChanges()
    await untilRestarting(rig.host('agent-1'))
    await deleteChanges()
    await untilPhase('up', 'Complete')
    for (const host of changed) {
      expect([await versionOf(host, binary), await versionOf(host, previous)]).toEqual([after, before])
      expect((await startsOf(host)) - (starts.get(host.name) ?? 0)).toBe(1)
      expect(await host.run(`stat -c %a ${binary}; stat -c %a ${environment}; cat ${environment}`)).toBe('751\n600\nK3S_TOKEN=hunter2\n')
      expect(await host.run("systemctl list-units --all --plain --no-legend 'falkirk-*'")).toBe('')
    }
    expect(await lastSteps(rig.host('server-1'))).toEqual(['put-binary', 'replace-binary', 'restart-service'])
  })

  it('is also carried out over SSH, and found again by the next connection when that is cut', async () => {
    const host = rig.host('agent-2')
    const starts = await startsOf(host)
    const wire = await wireTo(host.address)
    const sshConfig = join(rig.folder, 'wired_ssh_config')
    writeFileSync(
      sshConfig,
      `Host wired\n HostName 127.0.0.1\n Port ${wire.port}\n HostKeyAlias agent-2\n${readFileSync(rig.sshConfig, 'utf8')}`,
    )
    const connections = sshConnections({ sshConfig })
    try {
      const over = sshHost({ name: 'agent-2', address: 'wired', become: 'none' }, connections)
      const { k3s } = await rigBinaries()
      const file = k3s[after] ?? ''
      const order = { recipe: 'k3s', run: 'over-ssh', version: after, pinned: false, sha256: {}, url: {} } as const
      const input = { order, binary: { file, sha256: await fileSha256(file) }, attempt: 1 }
      const means = { host: over, say: () => {}, sleep: (ms: number) => sleep(ms), now: Date.now }
      // between two looks a cut is not noticed; else it ends the run, and the next one goes on
      const end = replaceBinary(input, means).catch(({ code }) => (code === 'FK_HOST' ? replaceBinary(input, means) : code))
      await untilRestarting(host)
      wire.cut()
      expect(await end).toEqual({ kind: 'Complete' })
      expect(wire.connections()).toBeGreaterThan(1)
      await rig.untilNodeRuns('agent-2', after)
      expect((await startsOf(host)) - starts).toBe(1)
    } finally {
      await connections.close()
      await wire.close()
    }
  })

  it('has hosts that falkirk inventory check tells from each other', async () => {
    const check = async (agents: readonly [string, string]) => {
      const file = join(rig.folder, 'hosts.yaml')
      const [one, two] = agents.map((address) => ({ address }))
      writeFileSync(
        file,
        stringify({ sshConfig: rig.sshConfig, hosts: { 'server-1': { address: 'server-1' }, 'agent-1': one, 'agent-2': two } }),
      )
      return await attempt(process.execPath, ['dist/falkirk.js', 'inventory', 'check', '--kubeconfig', rig.kubeconfig, '-f', file])
    }
    expect(await check(['agent-1', 'agent-2'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\n3 hosts, all well\n$/) })
    const swapped = await check(['agent-2', 'agent-1'])
    expect(swapped).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/\n3 hosts, 2 not well\n$/) })
    expect(swapped.stdout).toMatch(
      /^agent-1 +agent-2 +this is not agent-1: its machine ID is [0-9a-f]{32}, the node's is [0-9a-f]{32}, and calls itself agent-2: correct hosts\.agent-1\.address in the inventory$/m,
    )
  })

  it('has its files brought beforehand by falkirk prepare: what a folder lacks is named, the service runs on, a second call does nothing', async () => {
    const inventory = await overSshInventory()
    const flags = ['--to', nextMinor, '--inventory', inventory, '--kubeconfig', rig.kubeconfig]
    const prepare = (...more: readonly string[]) => attempt(process.execPath, ['dist/falkirk.js', 'prepare', ...flags, ...more])
    const asItIs = () => Promise.all(rig.hosts.map(async (host) => [await startsOf(host), await versionOf(host, binary)]))
    const found = await asItIs()
    const listed = await prepare('--list')
    expect(listed.stdout).toMatch(/^server-1 +v1\.21\.14\+k3s1 +0 of 1 there, \d+ MiB to come$/m)
    expect(listed.stdout).toContain(`Files of releases that are needed:\n  ${nextMinor}/k3s\n  ${nextMinor}/sha256sum-amd64.txt\n`)
    const media = join(rig.folder, 'media')
    mkdirSync(media)
    const lacking = await prepare('--from-folder', media)
    expect(lacking.stderr.trim()).toBe(
      `FK_UPGRADE_REFUSED: ${media} lacks ${nextMinor}/k3s, ${nextMinor}/sha256sum-amd64.txt: bring them there; nothing was copied`,
    )
    const first = await prepare('--from-folder', join(rig.folder, 'releases'))
    expect(first, first.stdout + first.stderr).toMatchObject({ exitCode: 0 })
    const second = await prepare()
    for (const { name } of rig.hosts) {
      expect(second.stdout).toMatch(new RegExp(`${name} +done: v1\\.21\\.14\\+k3s1: 1 file \\(\\d+ MiB\\), all there before$`, 'm'))
      expect(await versionOf(rig.host(name), `/usr/local/bin/.k3s.falkirk-${nextMinor}`)).toBe(nextMinor)
    }
    expect(await asItIs()).toEqual(found)
  })

  it('is what falkirk upgrade --via ssh does, while a service answers every request; killed in the middle, falkirk run goes on', async () => {
    await cluster.kubectl.apply(webService(cluster.policyVersion))
    await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=120s'])
    // a controller in the cluster has no inventory
    await cluster.kubectl(['-n', namespace, 'scale', 'deployment/system-upgrade-controller', '--replicas=0'])
    const inventory = await overSshInventory()
    const flags = ['--to', nextMinor, '--via', 'ssh', '--nodes', 'agent-1', '--inventory', inventory, '--kubeconfig', rig.kubeconfig]
    const falkirk = (name: string, args: readonly string[]) =>
      startProcess({ name, logFile: join(rig.folder, `${name}.log`), command: [process.execPath, 'dist/falkirk.js', ...args] })
    const shown = await attempt(process.execPath, ['dist/falkirk.js', 'upgrade', '--dry-run', ...flags])
    expect(shown.stdout).toContain(`scp k3s server-1:/usr/local/bin/.k3s.falkirk-${nextMinor}\n`)
    const changed = [rig.host('server-1'), rig.host('agent-1')]
    const starts = new Map(await Promise.all(changed.map(async (host) => [host.name, await startsOf(host)] as const)))
    const requests = requestsTo(`http://${rig.host('agent-2').address}:${webServicePort}/`)
    const first = falkirk('upgrade', ['upgrade', '--name', 'over-ssh', ...flags])
    await untilRestarting(rig.host('server-1'))
    await first.stop('SIGKILL')
    const second = falkirk('run', ['run', '--inventory', inventory, '--kubeconfig', rig.kubeconfig])
    await untilPhase('over-ssh', 'Complete')
    await second.stop()
    expect(await requests.stop()).toEqual([])
    for (const host of changed) {
      expect([await versionOf(host, binary), await versionOf(host, previous)]).toEqual([nextMinor, after])
      expect((await startsOf(host)) - (starts.get(host.name) ?? 0)).toBe(1)
      expect(await host.run(`stat -c %a ${binary}; stat -c %a ${environment}; cat ${environment}`)).toBe('751\n600\nK3S_TOKEN=hunter2\n')
    }
    expect(await lastSteps(rig.host('agent-1'))).toEqual(['back-up', 'replace-files', 'restart-service'])
    expect(await versionOf(rig.host('agent-2'), binary)).toBe(after)
    // prepare had brought it
    for (const host of rig.hosts) expect(await host.run("grep -c ' put-program .* started$' /var/lib/falkirk/steps.log")).toBe('1\n')
  })

  /** As an operator has it: hosts, and the files of the release in a folder with the list of checksums that came with them. */
  async function overSshInventory(): Promise<string> {
    const { k3s } = await rigBinaries([nextMinor])
    const folder = join(rig.folder, 'releases', nextMinor)
    mkdirSync(folder, { recursive: true })
    copyFileSync(k3s[nextMinor] ?? '', join(folder, 'k3s'))
    writeFileSync(join(folder, 'sha256sum-amd64.txt'), `${await fileSha256(join(folder, 'k3s'))}  k3s\n`)
    const file = join(rig.folder, 'over-ssh.yaml')
    const hosts = Object.fromEntries(rig.hosts.map(({ name }) => [name, { address: name }]))
    writeFileSync(file, stringify({ sshConfig: rig.sshConfig, binaries: './releases', hosts }))
    return file
  }

  /** Asks again and again; gives what was not answered. */
  function requestsTo(url: string): { stop(): Promise<readonly string[]> } {
    const end = new AbortController()
    const failed: string[] = []
    const work = (async () => {
      while (!end.signal.aborted) {
        await fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
          async (answer) => {
            if ((await answer.text()) !== 'served\n') failed.push(`${answer.status}`)
          },
          (error: Error) => failed.push(`${error.message}: ${(error.cause as Error | undefined)?.message}`),
        )
        await sleep(50)
      }
    })()
    return {
      stop: async () => {
        end.abort()
        await work
        return failed
      },
    }
  }

  const versionOf = async (host: RigHost, path: string) => (await host.run(`${path} --version`)).split(' ')[2]

  /** How often systemd has started the service, by its own journal. */
  async function startsOf(host: RigHost): Promise<number> {
    return Number(
      await host.run(
        "journalctl -q -o cat _PID=1 + UNIT=k3s.service + UNIT=k3s-agent.service | grep -c '^Started .*Kubernetes of the rig'",
      ),
    )
  }

  /** Steps that the last change of the host began with, in their order. */
  async function lastSteps(host: RigHost): Promise<string[]> {
    const lines = (await host.run('cat /var/lib/falkirk/steps.log')).trim().split('\n')
    const last = lines.at(-1)?.split(' ')[1]
    return lines.flatMap((line) => (line.includes(` ${last} `) && line.endsWith(' started') ? [line.split(' ')[2] ?? ''] : []))
  }

  /** The step that restarts the service has begun, and has not ended. */
  async function untilRestarting(host: RigHost): Promise<void> {
    const found = "systemctl list-units --plain --no-legend 'falkirk-*-restart-service.service' | grep -q running"
    await host.run(`for i in $(seq 2400); do if ${found}; then exit 0; fi; sleep 0.1; done; exit 1`)
  }

  /** Deletes the Jobs that change nodes, as soon as the API server is back if it has gone with its host. */
  async function deleteChanges(): Promise<void> {
    const endsAtMs = Date.now() + 120_000
    for (;;) {
      const { exitCode, stderr } = await cluster.kubectl.attempt([
        '-n',
        namespace,
        'delete',
        'jobs',
        '-l',
        'falkirk.dev/step=Change',
        '--wait=false',
      ])
      if (exitCode === 0) return
      if (Date.now() > endsAtMs) throw new Error(stderr)
      await sleep(200)
    }
  }

  async function apply(name: string, recipe: object, spec: object = {}): Promise<void> {
    const node = { recipe: { runnerImage: 'falkirk:dev', ...recipe } }
    const object = { apiVersion: 'falkirk.dev/v1alpha1', kind: 'ClusterUpgrade', metadata: { name } }
    await cluster.kubectl.apply(stringify({ ...object, spec: { version: after, soak: { for: '1s' }, node, ...spec } }))
  }

  async function remove(name: string): Promise<void> {
    await cluster.kubectl(['delete', 'clusterupgrade', name])
  }

  /** The only API server goes away while its host is changed: what cannot be asked now is asked again. */
  async function untilPhase(name: string, phase: string): Promise<UpgradeStatus> {
    const endsAtMs = Date.now() + 300_000
    let last = 'never seen'
    while (Date.now() < endsAtMs) {
      const found = await cluster.kubectl
        .json<{ status?: UpgradeStatus }>(['get', 'clusterupgrade', name])
        .catch((error: Error) => ({ status: { phase: 'unknown', message: error.message } }))
      if (found.status?.phase === phase) return found.status
      last = `${found.status?.phase}: ${found.status?.message}`
      if (/^(Refused|Stopped|Cancelled|Complete)/.test(last)) break
      await sleep(500)
    }
    throw new Error(`${name} is not ${phase}; last: ${last}`)
  }
})
