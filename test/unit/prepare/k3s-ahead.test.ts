import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { aheadRecipe } from '../../../src/core/prepare/ahead-recipe.ts'
import { parseHostStock, stockScriptOf } from '../../../src/core/prepare/host-stock.ts'
import { planHost, prepareOrders } from '../../../src/core/prepare/plan-preparation.ts'
import type { HostOrder } from '../../../src/core/recipe/host-order.ts'
import { hostRecipe } from '../../../src/core/recipe/host-recipe.ts'
import { type HostLook, hostFacts } from '../../../src/core/recipe/k3s/host-facts.test-support.ts'
import { type FakeHost, fakeBinary, fakeHost } from '../../../src/node/fake-host.test-support.ts'
import { fileSha256 } from '../../../src/node/file-sha256.ts'
import { runRecipe } from '../../../src/node/run-recipe.ts'

const before = 'v1.32.11+k3s1'
const hops = ['v1.33.7+k3s1', 'v1.34.3+k3s1']
const archive = 'k3s-airgap-images-amd64.tar.zst'

const hosts: FakeHost[] = []
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove()
})

/** A server with archives of images of its own, and the files of two hops on this machine. */
async function aServer() {
  const host = fakeHost(before)
  hosts.push(host)
  const look: HostLook = { name: 'n1', role: 'server', version: before, folder: dirname(host.binary), images: [archive] }
  const files = new Map<string, string>()
  const binaries = new Map<string, HostOrder['binaries']>()
  for (const version of hops) {
    const digests: Record<string, { sha256: string }> = {}
    for (const [name, text] of Object.entries({ k3s: fakeBinary(version), [archive]: `images of ${version}` })) {
      const file = join(host.folder, `${version}-${name}`)
      writeFileSync(file, text)
      files.set(`${version} ${name}`, file)
      digests[name] = { sha256: await fileSha256(file) }
    }
    binaries.set(version, digests)
  }
  const facts = hostFacts(look)
  const orders = prepareOrders('n1', hops, true, (version) => binaries.get(version))
  return { host, facts, orders, files }
}

type Server = Awaited<ReturnType<typeof aServer>>

async function carryOut({ host, facts, files }: Server, order: HostOrder, recipeOf = aheadRecipe) {
  const found = recipeOf(order, facts)
  if (found.kind === 'Refused') throw new Error(found.message)
  const puts = found.recipe.steps.filter(({ kind }) => kind === 'Put')
  const sent = new Map(puts.map(({ name, parameters }) => [name, files.get(`${order.version} ${parameters['file']}`) ?? '']))
  const means = { host, say: () => {}, sleep: () => sleep(20), now: Date.now }
  return await runRecipe({ recipe: found.recipe, attempt: 1, files: sent }, means)
}

async function planned({ host, facts, orders }: Server) {
  const { stdout } = await host.run(stockScriptOf(orders, facts), 'stock')
  return planHost(orders, { facts, stock: parseHostStock(stdout), refusal: undefined })
}

const there = (preparation: Awaited<ReturnType<typeof planned>>) => preparation.hops.map((hop) => hop.files.map((file) => file.there))

it('brings the files of all hops beside each other, once, and the service notices nothing', async () => {
  const server = await aServer()
  expect(there(await planned(server))).toEqual([
    [false, false],
    [false, false],
  ])
  for (const order of [...server.orders, ...server.orders]) expect(await carryOut(server, order)).toEqual({ kind: 'Complete' })
  const preparation = await planned(server)
  expect(preparation.hops).toMatchObject(
    hops.map((version) => ({
      there: true,
      files: [
        { name: 'k3s', there: true, bytes: fakeBinary(version).length, file: `${version}/k3s`, digests: `${version}/sha256sum-amd64.txt` },
        { name: archive, there: true, bytes: `images of ${version}`.length },
      ],
    })),
  )
  expect(server.host.log().filter((line) => line.endsWith('started'))).toHaveLength(4)
  expect([server.host.running(), server.host.restarts()]).toEqual([before, 0])
})

it('takes nothing away of what a change at work may have to put back', async () => {
  const server = await aServer()
  const kept = join(server.host.folder, 'rancher/k3s/agent/falkirk-images/before-v1.32.12+k3s1')
  mkdirSync(kept, { recursive: true })
  for (const order of server.orders) await carryOut(server, order)
  expect(existsSync(kept)).toBe(true)
})

it('is found by the steps of the upgrade, which brings nothing again', async () => {
  const server = await aServer()
  const [first] = server.orders
  if (first === undefined) throw new Error('no hop')
  await carryOut(server, first)
  const begun = server.host.log().length
  expect(await carryOut(server, { ...first, run: 'uid' }, hostRecipe)).toEqual({ kind: 'Complete' })
  expect(server.host.log()).toHaveLength(begun)
})

it.each([
  { title: 'a file that was cut', damage: (place: string, name: string) => writeFileSync(join(place, name), 'half') },
  { title: 'another digest that is asked for now', damage: undefined },
])('finds $title not there', async ({ damage }) => {
  const server = await aServer()
  const [first] = server.orders
  if (first === undefined) throw new Error('no hop')
  await carryOut(server, first)
  const place = dirname(server.host.binary)
  const staged = readdirSync(place).find((name) => name.includes('.falkirk-v1.33')) ?? ''
  damage?.(place, staged)
  const asked = { ...first, binaries: { ...first.binaries, ...(damage === undefined ? { k3s: { sha256: '0'.repeat(64) } } : {}) } }
  expect(there(await planned({ ...server, orders: [asked] }))).toEqual([[false, true]])
})

it('of RKE2 is an archive, whose files are there when all of them are whole', async () => {
  const version = 'v1.33.10+rke2r3'
  const host = fakeHost(before, { role: 'agent' })
  hosts.push(host)
  const place = dirname(host.binary)
  writeFileSync(join(place, 'rke2'), fakeBinary('v1.33.9+rke2r1'), { mode: 0o755 })
  const tree = join(host.folder, 'tree/bin')
  mkdirSync(tree, { recursive: true })
  writeFileSync(join(tree, 'rke2'), fakeBinary(version))
  writeFileSync(join(tree, 'rke2-killall.sh'), 'exit 0\n')
  const name = 'rke2.linux-amd64.tar.gz'
  const file = join(host.folder, name)
  execFileSync('tar', ['-czf', file, '-C', dirname(tree), 'bin'])
  const facts = hostFacts({ name: 'n1', role: 'agent', version: 'v1.33.9+rke2r1', folder: place })
  const digest = await fileSha256(file)
  const orders = prepareOrders('n1', [version], false, () => ({ [name]: { sha256: digest } }))
  const server = { host, facts, orders, files: new Map([[`${version} ${name}`, file]]) }
  for (const order of orders) expect(await carryOut(server, order)).toEqual({ kind: 'Complete' })
  const whole = await planned(server)
  expect(whole.hops[0]).toMatchObject({ there: true, files: [{ name, file: `${version}/${name}`, bytes: fakeBinary(version).length + 7 }] })
  writeFileSync(join(place, `.rke2-killall.sh.falkirk-${version}`), 'half')
  expect(there(await planned(server))).toEqual([[false]])
})
