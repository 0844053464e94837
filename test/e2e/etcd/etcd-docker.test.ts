import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attempt, type CommandResult } from '../../rig/command.ts'
import { makeEtcdDockerCluster, startScript } from '../../rig/etcd-docker-cluster.ts'
import type { EtcdContainerCluster } from '../../rig/etcd-hosts.ts'
import { startEtcdWriter } from '../../rig/etcd-writer.ts'

const program = process.env.FALKIRK_PROGRAM ?? 'dist/falkirk.js'
let cluster: EtcdContainerCluster
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-etcd-docker-test-'))
  cluster = await makeEtcdDockerCluster()
})

afterAll(async () => {
  await cluster?.down()
  rmSync(folder, { recursive: true, force: true })
})

it('takes members that a unit starts as containers to 3.5 without a write that is lost, and refuses a tag that stands twice', async () => {
  const [first] = cluster.hosts
  if (first === undefined) throw new Error('no hosts')
  const status = await falkirk('status', '-o', 'json')
  expect(status).toMatchObject({ exitCode: 0, stderr: '' })
  expect(JSON.parse(status.stdout).members).toMatchObject(
    Array(3).fill({ runsAs: 'container', version: cluster.older, state: 'healthy', files: [startScript] }),
  )
  const writer = startEtcdWriter(cluster)
  await first.run(`sed -n 's/.* \\(.*\\/coreos\\/etcd:[^ ]*\\).*/# IMAGE=\\1\\nIMAGE=\\1/p' ${startScript} >> /etc/etcd.env`)
  const upgrade = () => falkirk('upgrade', '--to', cluster.newer, '--backup-to', join(folder, 'backups'))
  expect(await upgrade()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(
      /^etcd1: \S+\/coreos\/etcd:v\S+ stands in \/etc\/etcd\.env and \/usr\/local\/bin\/etcd: leave it in one place, once, and come again\n/,
    ),
  })
  await first.run(`sed -i '/IMAGE=/d' /etc/etcd.env`)
  const end = await upgrade()
  expect(end).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/all members run \S+\n$/) })
  const written = await writer.stop()
  console.log(`etcd in containers of units: ${JSON.stringify(written)}`)
  expect(written).toMatchObject({ lost: 0, disordered: 0 })
  for (const host of cluster.hosts) {
    expect(
      await host.run(`stat -c %a ${startScript}; grep -c '/coreos/etcd:v${cluster.newer} ' ${startScript}; docker ps -q | grep -c .`),
    ).toBe('755\n1\n1\n')
  }
})

async function falkirk(...words: readonly string[]): Promise<CommandResult> {
  return await attempt(process.execPath, [program, 'etcd', ...words, '--inventory', cluster.inventory])
}
