import { describe, expect, it } from 'vitest'
import type { RecipeOrder } from '../recipe-order.ts'
import { parseBinaryFacts } from './binary-facts.ts'
import { goesForward, judgeBinaryHost } from './judge-binary-host.ts'

const sha256 = 'a'.repeat(64)
const facts = {
  init: 'systemd',
  units: '1',
  unit: 'k3s.service',
  role: 'server',
  binary: '/usr/local/bin/k3s',
  installed: 'v1.30.4+k3s1',
  sha256: 'b'.repeat(64),
  previous: '',
  package: '',
  free_kib: '9000000',
}
const order = (version: string): RecipeOrder => ({ recipe: 'k3s', run: 'uid', version, pinned: false, sha256: {}, url: {} })

function told(changes: Readonly<Record<string, string>>): string {
  return Object.entries({ ...facts, ...changes })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function judged(changes: Readonly<Record<string, string>>, version = 'v1.31.2+k3s1') {
  const read = parseBinaryFacts(told(changes))
  if (read === undefined) throw new Error('these facts cannot be read')
  return judgeBinaryHost(order(version), read, sha256)
}

describe('a recipe for k3s', () => {
  it.each([
    { what: 'a server one minor behind', changes: {}, version: 'v1.31.2+k3s1' },
    { what: 'a server that has the binary already, and only has to be restarted', changes: { sha256 }, version: 'v1.34.2+k3s1' },
    { what: 'an agent, over several minors', changes: { role: 'agent', unit: 'k3s-agent.service' }, version: 'v1.33.2+k3s1' },
    { what: 'a service of another name', changes: { unit: 'k3s-blue.service', binary: '/opt/bin/k3s' }, version: 'v1.30.5+k3s1' },
  ])('fits $what', ({ changes, version }) => {
    expect(judged(changes, version)).toMatchObject({ kind: 'Ready', host: { unit: changes.unit ?? 'k3s.service' } })
  })

  it.each([
    { changes: { init: 'other' }, message: /not run by systemd.*OpenRC.*spec\.node\.upgrade/ },
    { changes: { missing: 'flock' }, message: /has no flock: install it/ },
    { changes: { units: '2' }, message: /2 services of this host run k3s: disable all but one/ },
    { changes: { package: 'k3s-bin' }, message: /\/usr\/local\/bin\/k3s belongs to the package k3s-bin/ },
    { changes: { free_kib: '1000' }, message: /has 1000 KiB left, and 300000 are needed/ },
    { changes: { installed: 'v1.31.3+k3s1' }, message: /v1\.31\.2\+k3s1 is lower than v1\.31\.3\+k3s1/ },
    { changes: { installed: 'v1.29.3+k3s1' }, message: /skips a minor version/ },
    { changes: { installed: 'v1.31.3+k3s1', role: 'agent' }, message: /is lower than/ },
  ])('does not fit $changes', ({ changes, message }) => {
    expect(judged(changes)).toMatchObject({ kind: 'Refused', message: expect.stringMatching(message) })
  })

  it('does not fit a host on which nothing runs k3s', () => {
    const read = parseBinaryFacts('init=systemd\nunits=0\n')
    expect(read && judgeBinaryHost(order('v1.31.2+k3s1'), read, sha256)).toMatchObject({
      kind: 'Refused',
      message: expect.stringMatching(/no service of this host runs k3s server or k3s agent/),
    })
  })
})

describe('facts of a host', () => {
  it.each([
    { what: 'a unit that is an option', changes: { unit: '--force' } },
    { what: 'a binary with a quote in its path', changes: { binary: "/usr/local/bin/k3s'; reboot" } },
    { what: 'a relative binary', changes: { binary: 'k3s' } },
    { what: 'a version that is none', changes: { installed: 'latest' } },
    { what: 'a count that is none', changes: { units: 'many' } },
    { what: 'more than a host has to tell', changes: { package: 'x'.repeat(20_000) } },
  ])('$what are not believed', ({ changes }) => {
    expect(parseBinaryFacts(told(changes))).toBeUndefined()
  })
})

describe('a change that has served is not taken back', () => {
  it.each([
    { role: 'server', from: 'v1.30.4+k3s1', forward: true },
    { role: 'server', from: 'v1.31.1+k3s1', forward: false },
    { role: 'server', from: '', forward: true },
    { role: 'agent', from: 'v1.30.4+k3s1', forward: false },
  ])('$role from "$from": $forward', ({ role, from, forward }) => {
    const verdict = judged({ role, installed: from })
    if (verdict.kind !== 'Ready') throw new Error(verdict.message)
    expect(goesForward(verdict.host, order('v1.31.2+k3s1'))).toBe(forward)
  })
})
