import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import type { HostOrder } from '../core/recipe/host-order.ts'
import { hostRecipe } from '../core/recipe/host-recipe.ts'
import { type HostLook, hostFacts } from '../core/recipe/k3s/host-facts.test-support.ts'
import { type FakeHost, fakeBinary, fakeHost } from './fake-host.test-support.ts'
import { fileSha256 } from './file-sha256.ts'
import type { Host } from './host.ts'
import { killedAt } from './killed-host.test-support.ts'
import { runRecipe } from './run-recipe.ts'

const before = 'v1.32.11+k3s1'
const patch = 'v1.32.12+k3s1'
const minor = 'v1.33.7+k3s1'
const archive = 'k3s-airgap-images-amd64.tar.zst'

const hosts: FakeHost[] = []
afterAll(() => {
  for (const host of hosts) host.remove()
})

function aHost(role: HostLook['role'] = 'server'): FakeHost {
  const host = fakeHost(before, { role })
  hosts.push(host)
  return host
}

interface Asked {
  readonly version?: string
  readonly step?: HostOrder['step']
  readonly attempt?: number
  readonly look?: Partial<HostLook>
  /** Files of the release by their names, instead of a binary of the version. */
  readonly files?: Readonly<Record<string, string>>
  /** UID of the run. */
  readonly run?: string
  /** Instead of the host itself. */
  readonly by?: Host
}

async function upgrade(
  host: FakeHost,
  { version = patch, step = 'Change', attempt = 1, look = {}, by = host, files, run = 'uid' }: Asked = {},
) {
  const whole: HostLook = { name: 'n1', role: 'server', version: before, folder: dirname(host.binary), ...look }
  const content = files ?? { k3s: fakeBinary(version) }
  const named = await Promise.all(
    Object.entries(content).map(async ([name, text]) => {
      const file = join(host.folder, `new-${name}`)
      if (!existsSync(file) || text !== '') writeFileSync(file, text)
      return { name, file, sha256: await fileSha256(file) }
    }),
  )
  const order: HostOrder = {
    run,
    node: 'n1',
    step,
    distribution: version.includes('rke2') ? 'rke2' : 'k3s',
    version,
    part: whole.role === 'agent' ? 'Worker' : 'FirstControlPlane',
    binaries: Object.fromEntries(named.map(({ name, sha256 }) => [name, { sha256 }])),
  }
  const found = hostRecipe(order, hostFacts(whole))
  if (found.kind === 'Refused') throw new Error(found.message)
  const sent = found.recipe.steps.filter(({ kind }) => kind === 'Put').map((put) => [put.name, put.parameters['file']] as const)
  const fileOf = new Map(sent.map(([put, name]) => [put, named.find((each) => each.name === name)?.file ?? '']))
  const means = { host: by, say: () => {}, sleep: () => sleep(50), now: Date.now }
  return await runRecipe({ recipe: found.recipe, attempt, files: fileOf }, means)
}

function started(host: FakeHost): readonly string[] {
  return host.log().flatMap((line) => (line.endsWith('started') ? [line.split(' ')[0] ?? ''] : []))
}

// a limit for what hangs: each case starts hundreds of processes
describe.concurrent('a host of k3s that is changed by steps', { timeout: 180_000 }, () => {
  it('has its files brought beforehand, and one restart in its change', async () => {
    const host = aHost()
    chmodSync(host.binary, 0o751)
    expect(await upgrade(host, { version: minor, step: 'Stage' })).toEqual({ kind: 'Complete' })
    expect([host.running(), host.restarts()]).toEqual([before, 0])
    expect(await upgrade(host, { version: minor })).toEqual({ kind: 'Complete' })
    expect([host.running(), host.restarts()]).toEqual([minor, 1])
    expect(started(host)).toEqual(['put-program', 'back-up', 'replace-files', 'restart-service'])
    expect(statSync(host.binary).mode & 0o777).toBe(0o751)
    expect(readFileSync(join(dirname(host.binary), '.k3s.falkirk-previous'), 'utf8')).toBe(fakeBinary(before))
  })

  it('keeps a copy of its SQLite datastore, taken while the service is down', async () => {
    const host = aHost()
    const db = join(host.folder, 'rancher/k3s/server/db')
    mkdirSync(db, { recursive: true })
    writeFileSync(join(db, 'state.db'), 'rows')
    expect(await upgrade(host, { look: { datastore: 'sqlite' } })).toEqual({ kind: 'Complete' })
    expect(await host.run('set -- "$FAKE"/state/backup/*/db/state.db; cat "$1"', '')).toMatchObject({ stdout: 'rows' })
    expect(started(host)).toEqual(['put-program', 'back-up', 'keep-datastore', 'replace-files', 'restart-service'])
  })

  it('is put back when the new version does not stay up, with its images, and can be tried again', async () => {
    const host = aHost('agent')
    const images = join(host.folder, 'rancher/k3s/agent/images', archive)
    mkdirSync(dirname(images), { recursive: true })
    writeFileSync(images, 'old images')
    const look = { role: 'agent' as const, images: [archive] }
    const files = { k3s: fakeBinary(patch, { ends: true }), [archive]: 'new images' }
    expect(await upgrade(host, { look, files })).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /^restart-service failed: k3s-agent\.service has been started 3 times .*; what ran before runs again$/,
      ),
    })
    expect([host.running(), readFileSync(images, 'utf8')]).toEqual([before, 'old images'])
    expect(await upgrade(host, { look, files: { ...files, k3s: fakeBinary(patch) }, attempt: 2 })).toEqual({ kind: 'Complete' })
    expect([host.running(), readFileSync(images, 'utf8')]).toEqual([patch, 'new images'])
  })

  it('that has served as another minor is not put back, and says what a restore would be', async () => {
    const host = aHost()
    mkdirSync(join(host.folder, 'etc/rancher/k3s'), { recursive: true })
    writeFileSync(join(host.folder, 'etc/rancher/k3s/k3s.yaml'), '')
    const k3s = `${fakeBinary(minor)}[ "$1" != kubectl ]\n`
    const impatient: Host = {
      name: host.name,
      run: (script, word, input) => {
        const soon = (text: string) => text.replaceAll("wait_seconds='900'", "wait_seconds='3'")
        return host.run(soon(script), word, input !== undefined && 'text' in input ? { text: soon(input.text) } : input)
      },
    }
    const asked = { version: minor, files: { k3s }, by: impatient, look: { datastore: 'etcd' as const } }
    const end = await upgrade(host, asked)
    expect(end).toMatchObject({
      kind: 'Failed',
      message: expect.stringMatching(
        /its API server is not ready after 3 seconds .*; this could not be taken back: v1\.33\.7\+k3s1 has served here already, and v1\.32\.11\+k3s1 may not read/,
      ),
    })
    expect(end.kind === 'Failed' && end.lines.join('\n')).toMatch(/server --cluster-reset --cluster-reset-restore-path=\S+SNAPSHOT/)
    // another run knows it, too
    const again = await upgrade(host, { ...asked, run: 'another' })
    expect(again).toMatchObject({ message: expect.stringContaining('has served here already') })
    expect(host.running()).toBe(minor)
  })

  it('refuses a file that says another version, and touches nothing', async () => {
    const host = aHost('agent')
    const files = { k3s: fakeBinary(patch, { says: minor }) }
    const end = await upgrade(host, { look: { role: 'agent' }, files, step: 'Stage' })
    expect(end).toMatchObject({
      message: expect.stringContaining(`the new k3s says that it is ${minor}, not ${patch}; nothing was replaced`),
    })
    expect([host.running(), host.restarts()]).toEqual([before, 0])
  })

  // four calls act: one puts, three start; the whole of them is tried on whole hosts
  it.each([
    { call: 3, when: 'after' as const },
    { call: 4, when: 'before' as const },
    { call: 4, when: 'after' as const },
  ])('is changed once when whoever works on it is killed $when act $call, and another goes on', async ({ call, when }) => {
    const host = aHost()
    await expect(upgrade(host, { by: killedAt(host, call, when) })).rejects.toThrow('killed')
    expect(await upgrade(host)).toEqual({ kind: 'Complete' })
    expect([host.running(), host.restarts()]).toEqual([patch, 1])
    for (const step of ['back-up', 'replace-files', 'restart-service']) {
      expect(started(host).filter((name) => name === step)).toHaveLength(1)
    }
  })
})

describe.concurrent('a host of RKE2 that is changed by steps', { timeout: 180_000 }, () => {
  it('has the archive unpacked: binary and scripts are replaced, the unit stays and is compared', async () => {
    const version = 'v1.33.10+rke2r3'
    const host = aHost('agent')
    const place = dirname(host.binary)
    const unit = join(host.folder, 'rke2-agent.service')
    writeFileSync(unit, '[Unit]\n# by hand\n')
    writeFileSync(join(place, 'rke2'), fakeBinary('v1.33.9+rke2r1'))
    chmodSync(join(place, 'rke2'), 0o755)
    writeFileSync(join(place, 'rke2-killall.sh'), 'old')
    const exec = `{ path=${place}/rke2 ; argv[]=${place}/rke2 agent ; ignore_errors=no }`
    host.setUnit('rke2-agent.service', { ExecStart: exec, ActiveState: 'active', MainPID: '1', Type: 'notify', FragmentPath: unit })
    const tree = join(host.folder, 'tree')
    for (const folder of ['bin', 'lib/systemd/system']) mkdirSync(join(tree, folder), { recursive: true })
    writeFileSync(join(tree, 'bin/rke2'), fakeBinary(version))
    writeFileSync(join(tree, 'bin/rke2-killall.sh'), 'rm -rf /usr/local/bin/rke2\n')
    writeFileSync(join(tree, 'lib/systemd/system/rke2-agent.service'), '[Unit]\nExecStart=/usr/local/bin/rke2 agent\n')
    const name = 'rke2.linux-amd64.tar.gz'
    execFileSync('tar', ['-czf', join(host.folder, `new-${name}`), '-C', tree, 'bin', 'lib'])
    const look = { role: 'agent' as const, version: 'v1.33.9+rke2r1' }
    expect(await upgrade(host, { version, look, files: { [name]: '' } })).toEqual({ kind: 'Complete' })
    expect(readFileSync(join(place, 'rke2'), 'utf8')).toBe(fakeBinary(version))
    // its installer says so too where it does not install to /usr/local
    expect(readFileSync(join(place, 'rke2-killall.sh'), 'utf8')).toBe(`rm -rf ${dirname(place)}/bin/rke2\n`)
    expect(readFileSync(join(place, '.rke2-killall.sh.falkirk-previous'), 'utf8')).toBe('old')
    expect(readFileSync(unit, 'utf8')).toContain('by hand')
    expect(existsSync(join(host.folder, `state/releases/rke2-${version}.unit`))).toBe(true)
  })
})
