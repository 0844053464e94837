import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attempt, type CommandResult } from '../../rig/command.ts'
import type { EtcdContainerCluster } from '../../rig/etcd-hosts.ts'
import { brokenVersion } from '../../rig/etcd-images.ts'
import { makeEtcdPodCluster, manifest } from '../../rig/etcd-pod-cluster.ts'
import { type EtcdWriter, startEtcdWriter } from '../../rig/etcd-writer.ts'

const program = process.env.FALKIRK_PROGRAM ?? 'dist/falkirk.js'
let cluster: EtcdContainerCluster
let writer: EtcdWriter
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-etcd-pods-test-'))
  cluster = await makeEtcdPodCluster()
})

afterAll(async () => {
  await cluster?.down()
  rmSync(folder, { recursive: true, force: true })
})

it('shows members in static pods, and a new image that does not serve is taken back', async () => {
  const status = await falkirk('status', '-o', 'json')
  expect(status).toMatchObject({ exitCode: 0, stderr: '' })
  expect(JSON.parse(status.stdout).members).toMatchObject(
    Array(3).fill({
      ...{ runsAs: 'pod', version: cluster.older, state: 'healthy', authentication: false },
      ...{ image: `registry.k8s.io/etcd:${cluster.older}-0`, files: [manifest] },
    }),
  )
  writer = startEtcdWriter(cluster)
  const end = await falkirk('upgrade', '--to', brokenVersion, '--backup-to', join(folder, 'backups'))
  expect(end.exitCode).toBe(1)
  expect(end.stderr).toMatch(
    /^etcd\d was not upgraded: restart-etcd failed: the static pod of \S+ does not stay up as 3\.5\.17 \(started \d+ times\); what ran before runs again\n3 of 3 members serve: nothing is lost/,
  )
  expect(await versions()).toEqual(Array(3).fill(cluster.older))
})

it('killed after each manifest that it writes and started again, it takes all members to 3.5 without a write that is lost', async () => {
  const ends: (number | string)[] = []
  const killedAt = new Set<string>()
  for (let runs = 0; runs < 8 && ends.at(-1) !== 0; runs += 1) ends.push(await killedAtNewStep(killedAt))
  expect(ends).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL', 0])
  expect(await versions()).toEqual(Array(3).fill(cluster.newer))
  const written = await writer.stop()
  console.log(`etcd in static pods: ${JSON.stringify(written)}`)
  expect(written).toMatchObject({ lost: 0, disordered: 0 })
  expect(written.acknowledged).toBeGreaterThan(100)
  for (const host of cluster.hosts) {
    // nothing lies beside the manifest, which a kubelet would run, and it is its owner's alone as before
    const told = await host.run(
      `ls -A $(dirname ${manifest}); stat -c %a ${manifest}; grep -c ' image: registry.k8s.io/etcd:${cluster.newer}-0$' ${manifest}`,
    )
    expect(told).toBe('etcd.yaml\n600\n1\n')
    expect(await host.run('ls -A /var/lib/falkirk/etcd/previous')).toBe('etcd.yaml\n')
  }
  expect(readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.db')).length).toBeGreaterThan(0)
})

/** Runs until a manifest is being written of whose host no run was killed yet. */
async function killedAtNewStep(killedAt: Set<string>): Promise<number | string> {
  const words = ['etcd', 'upgrade', '--to', cluster.newer, '--backup-to', join(folder, 'backups'), '--inventory', cluster.inventory]
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 1)))
  for await (const line of createInterface({ input: child.stdout })) {
    const [, host] = /\s(etcd\d)\s+replace-etcd: writes/.exec(line) ?? []
    if (host === undefined || killedAt.has(host)) continue
    killedAt.add(host)
    child.kill('SIGKILL')
    break
  }
  return await ended
}

async function falkirk(...words: readonly string[]): Promise<CommandResult> {
  return await attempt(process.execPath, [program, 'etcd', ...words, '--inventory', cluster.inventory])
}

async function versions(): Promise<readonly string[]> {
  const { stdout } = await falkirk('status', '-o', 'json')
  return JSON.parse(stdout).members.map(({ version }: { version: string }) => version)
}
