import { spawn } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attempt, type CommandResult } from '../../rig/command.ts'
import { type EtcdCluster, makeEtcdCluster } from '../../rig/etcd-cluster.ts'
import { type EtcdWriter, startEtcdWriter } from '../../rig/etcd-writer.ts'

const program = process.env.FALKIRK_PROGRAM ?? 'dist/falkirk.js'
let cluster: EtcdCluster
let writer: EtcdWriter
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-etcd-test-'))
  cluster = await makeEtcdCluster()
  await cluster.repository.publishFiles([await brokenPackage()])
})

afterAll(async () => {
  await cluster?.down()
  rmSync(folder, { recursive: true, force: true })
})

it('shows, backs up and restores a cluster with logins, and refuses what would not go well', async () => {
  const [first] = cluster.hosts
  if (first === undefined) throw new Error('no hosts')
  await cluster.etcdctl(first, 'put /secret hidden-value')
  await cluster.etcdctl(first, 'user add root:etcd-password')
  await cluster.etcdctl(first, 'user grant-role root root')
  await cluster.etcdctl(first, 'auth enable')
  const loggedIn = inventoryWithLogin()
  const status = await falkirk('status', '-o', 'json', '--stores', '--inventory', loggedIn)
  expect(status).toMatchObject({ exitCode: 0, stderr: '' })
  const told = JSON.parse(status.stdout)
  expect(told).toMatchObject({ size: 3, problems: [], silent: [] })
  expect(
    told.members.map(({ version, healthy, authentication, state }: Record<string, unknown>) => ({
      version,
      healthy,
      authentication,
      state,
    })),
  ).toEqual(Array(3).fill({ version: '3.4.23', healthy: true, authentication: true, state: 'healthy' }))
  const backup = await falkirk('backup', '--to', join(folder, 'backups'), '--inventory', loggedIn)
  expect(backup).toMatchObject({ exitCode: 0, stderr: '' })
  const [file = ''] = backup.stdout.split('\n')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const check = await falkirk('restore-check', file, '--inventory', loggedIn)
  expect(check).toMatchObject({ exitCode: 0, stderr: '' })
  expect(check.stdout).toMatch(/revision 2, 1 keys, 1 of them read\nall as it was taken/)
  expect(await falkirk('upgrade', '--to', '3.5.16', '--inventory', loggedIn)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^logins are switched on .*\nrefused; nothing was touched\n$/),
  })
  await cluster.etcdctl(first, '--user root:etcd-password auth disable')
  for (const output of [status, backup, check]) expect(output.stdout + output.stderr).not.toMatch(/hidden-value|etcd-password/)
  await refusals(file)
  for (const host of cluster.hosts)
    expect(await host.run('ls /var/lib/falkirk/etcd 2> /dev/null; ls /var/lib/falkirk/steps 2> /dev/null || true')).toBe('')
})

async function refusals(file: string): Promise<void> {
  const letter = join(folder, 'letter.db')
  writeFileSync(letter, 'no database')
  expect((await falkirk('restore-check', letter)).stderr).toMatch(/letter\.db is no snapshot of etcd, or a damaged one/)
  const damaged = join(folder, 'damaged.db')
  await attempt('cp', [file, damaged])
  await attempt('cp', [`${file}.json`, `${damaged}.json`])
  appendFileSync(damaged, 'X')
  expect(await falkirk('restore-check', damaged)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/damaged\.db is not the file that its facts/),
  })
  expect(await falkirk('upgrade', '--to', '3.5.26')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^3\.5\.26 is not to be had on every host: their repositories have 3\.4\.23, 3\.5\.16, 3\.5\.17\n/),
  })
}

it('a member that does not come back is taken back, and the quorum stays', async () => {
  writer = startEtcdWriter(cluster)
  const end = await falkirk('upgrade', '--to', '3.5.17', '--backup-to', join(folder, 'backups'))
  expect(end.exitCode).toBe(1)
  expect(end.stderr).toMatch(
    /^etcd\d was not upgraded: restart-etcd failed: etcd\.service .*; what ran before runs again\n3 of 3 members serve: nothing is lost/,
  )
  expect(await versions()).toEqual(['3.4.23', '3.4.23', '3.4.23'])
})

it('killed at each step and started again, it takes all members to 3.5 without a write that is lost', async () => {
  const ends: (number | string)[] = []
  const killedAt = new Set<string>()
  // each line that was not there in a run before is a place to be killed at
  for (let runs = 0; runs < 40 && ends.at(-1) !== 0; runs += 1) ends.push(await killedAtNewStep(killedAt))
  expect(ends.at(-1)).toBe(0)
  expect(ends.filter((end) => end === 'SIGKILL').length).toBeGreaterThanOrEqual(7)
  expect(await versions()).toEqual(['3.5.16', '3.5.16', '3.5.16'])
  const written = await writer.stop()
  console.log(`etcd: ${JSON.stringify(written)}, killed ${ends.length - 1} times`)
  expect(written).toMatchObject({ lost: 0, disordered: 0 })
  expect(written.acknowledged).toBeGreaterThan(100)
  // it was not started by itself after a panic, and what was held is held
  for (const host of cluster.hosts) {
    expect(await host.run('apt-mark showhold; journalctl -u etcd | grep -c panic: || true')).toBe('etcd-client\netcd-server\n0\n')
  }
  expect(await falkirk('upgrade', '--to', '3.5.16')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/all members run 3\.5\.16\n$/),
  })
  const snapshots = readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.db'))
  expect((await falkirk('restore-check', join(folder, 'backups', snapshots.toSorted().at(-1) ?? ''))).exitCode).toBe(0)
})

/** Runs until a step begins at which no run was killed yet. */
async function killedAtNewStep(killedAt: Set<string>): Promise<number | string> {
  const child = spawn(
    process.execPath,
    [program, 'etcd', 'upgrade', '--to', '3.5.16', '--backup-to', join(folder, 'backups'), '--inventory', cluster.inventory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 1)))
  for await (const line of createInterface({ input: child.stdout })) {
    const place = placeOf(line)
    if (place === undefined || killedAt.has(place)) continue
    killedAt.add(place)
    child.kill('SIGKILL')
  }
  return await ended
}

/** `etcd1 install-etcd`, whatever else stands in the line. */
function placeOf(line: string): string | undefined {
  const [, host, step] = /\s(etcd\d)\s+((?:download|install|restart)-etcd: (?!found)|hands over|restores)/.exec(line) ?? []
  return step === undefined ? undefined : `${host} ${step}`
}

async function falkirk(...words: readonly string[]): Promise<CommandResult> {
  const inventory = words.includes('--inventory') ? [] : ['--inventory', cluster.inventory]
  return await attempt(process.execPath, [program, 'etcd', ...words, ...inventory])
}

async function versions(): Promise<readonly string[]> {
  const { stdout } = await falkirk('status', '-o', 'json')
  return JSON.parse(stdout).members.map(({ version }: { version: string }) => version)
}

function inventoryWithLogin(): string {
  const password = join(folder, 'password')
  writeFileSync(password, 'etcd-password\n', { mode: 0o600 })
  const file = join(folder, 'logged-in.yaml')
  const hosts = cluster.hosts.map(({ name }) => `    ${name}: {}\n`).join('')
  writeFileSync(file, `sshConfig: ${cluster.rig.sshConfig}\netcd:\n  client: { user: root, passwordFile: password }\n  hosts:\n${hosts}`)
  return file
}

/** A package of etcd 3.5.17 whose program says so, and ends at once. */
async function brokenPackage(): Promise<string> {
  const script = `set -e
cd "$0"
dpkg-deb -R "$1" broken
sed -i 's/^Version: .*/Version: 3.5.17-1/' broken/DEBIAN/control
rm broken/DEBIAN/md5sums
printf '#!/bin/sh\\n[ "$1" = --version ] && echo "etcd Version: 3.5.17" && exit\\necho "no member of this kind" >&2\\nexit 1\\n' > broken/usr/bin/etcd
chmod 755 broken/usr/bin/etcd
dpkg-deb -Zgzip --root-owner-group --build broken etcd-server_3.5.17-1_amd64.deb > /dev/null`
  const server = cluster.packages.files.find((file) => file.includes('etcd-server_3.5')) ?? ''
  chmodSync(folder, 0o755)
  const { exitCode, stderr } = await attempt('sh', ['-c', script, folder, server])
  if (exitCode !== 0) throw new Error(stderr)
  return join(folder, 'etcd-server_3.5.17-1_amd64.deb')
}
