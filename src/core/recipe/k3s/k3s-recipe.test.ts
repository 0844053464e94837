import { describe, expect, it } from 'vitest'
import { hostRecipe } from '../host-recipe.ts'
import { type HostLook, hostFacts, orderFor } from './host-facts.test-support.ts'

const server: HostLook = { name: 'server-1', role: 'server', version: 'v1.32.11+k3s1', datastore: 'etcd' }
const agent: HostLook = { name: 'agent-1', role: 'agent', version: 'v1.32.11+k3s1' }
const next = 'v1.33.7+k3s1'

function asked(look: HostLook, { version = next, step = 'Change' as 'Stage' | 'Change', files = true, part = partOf(look) } = {}) {
  const { binaries, ...order } = orderFor(look, { step, version, part })
  return hostRecipe(files && binaries !== undefined ? { ...order, binaries } : order, hostFacts(look))
}

function partOf({ role }: HostLook): 'FirstControlPlane' | 'Worker' {
  return role === 'server' ? 'FirstControlPlane' : 'Worker'
}

function names(look: HostLook, part = partOf(look) as 'FirstControlPlane' | 'ControlPlane' | 'Worker'): readonly string[] {
  const { binaries, ...order } = orderFor(look, { step: 'Change', version: next, part })
  const found = hostRecipe({ ...order, ...(binaries && { binaries }) }, hostFacts(look))
  return found.kind === 'Recipe' ? found.recipe.steps.map(({ name }) => name) : [found.message]
}

describe('a recipe for k3s over SSH', () => {
  it.each([
    { what: 'a first server with etcd', look: server, steps: ['back-up', 'save-snapshot', 'replace-files', 'restart-service'] },
    { what: 'a further server', look: server, part: 'ControlPlane' as const, steps: ['back-up', 'replace-files', 'restart-service'] },
    {
      what: 'a server with SQLite',
      look: { ...server, datastore: 'sqlite' as const },
      steps: ['back-up', 'keep-datastore', 'replace-files', 'restart-service'],
    },
    { what: 'an agent', look: agent, steps: ['back-up', 'replace-files', 'restart-service'] },
  ])('has for $what the steps $steps', ({ look, part, steps }) => {
    expect(names(look, part)).toEqual(['put-program', ...steps])
  })

  it('brings nothing but files before the drain', () => {
    const images = ['k3s-airgap-images-amd64.tar.zst']
    const found = asked({ ...agent, images }, { step: 'Stage' })
    expect(found).toMatchObject({ recipe: { steps: [{ name: 'put-program' }, { name: 'put-images' }] } })
    expect(found.kind === 'Recipe' && found.recipe.steps.every(({ disturbs }) => !disturbs)).toBe(true)
  })

  it('is the same change wherever its files come from', () => {
    const order = orderFor(agent, { step: 'Change', version: next, part: 'Worker' })
    const fetched = orderFor(agent, { step: 'Change', version: next, part: 'Worker' }, 'https://mirror.example.com')
    const ids = [order, fetched].map((each) => {
      const found = hostRecipe(each, hostFacts(agent))
      return found.kind === 'Recipe' ? found.recipe.id : found.message
    })
    expect(ids[0]).toBe(ids[1])
  })

  it.each([
    { what: 'a lower version', look: server, version: 'v1.32.10+k3s1', message: /v1\.32\.10\+k3s1 is lower than v1\.32\.11\+k3s1/ },
    { what: 'a minor that is skipped', look: server, version: 'v1.34.3+k3s1', message: /skips a minor version/ },
    {
      what: 'a version of somebody else',
      look: server,
      version: 'v1.33.7+rke2r1',
      message: /is no version of k3s: name one like v1\.34\.2\+k3s1/,
    },
    {
      what: 'a package',
      look: { ...agent, package: 'k3s' },
      message: /belongs to the package k3s, and packages of k3s are not changed by Falkirk/,
    },
    {
      what: 'another architecture',
      look: { ...agent, machine: 'riscv64' },
      message: /architecture riscv64, for which k3s has no releases/,
    },
    {
      what: 'an architecture that is not named',
      look: { ...agent, machine: 'aarch64' },
      message: /the sha256 of k3s-arm64 of v1\.33\.7\+k3s1 for arm64/,
    },
    { what: 'a full disk', look: { ...agent, freeKib: 1_000 }, message: /has 1000 KiB left, and 500000 are needed: make room/ },
  ])('refuses $what in one sentence', ({ look, version, message }) => {
    const order = { ...orderFor(look, { step: 'Stage', version: version ?? next, part: partOf(look) }), distribution: 'k3s' as const }
    expect(hostRecipe(order, hostFacts(look))).toMatchObject({ kind: 'Refused', message: expect.stringMatching(message) })
  })

  it('refuses an agent that the cluster takes for a server', () => {
    expect(asked(agent, { part: 'FirstControlPlane' })).toMatchObject({ message: expect.stringContaining('labelled as control plane') })
  })

  it('refuses files that nobody has named', () => {
    expect(asked(agent, { files: false })).toMatchObject({ message: expect.stringContaining('nothing is named for /usr/local/bin/k3s') })
  })

  it('refuses a host with images of its own when those of the version are not named', () => {
    const facts = hostFacts({ ...agent, images: ['k3s-airgap-images-amd64.tar.zst'] })
    expect(hostRecipe(orderFor(agent, { step: 'Stage', version: next, part: 'Worker' }), facts)).toMatchObject({
      message: expect.stringMatching(/those of v1\.33\.7\+k3s1 are not named: name k3s-airgap-images-amd64\.tar\.zst with its sha256/),
    })
  })

  it('goes over several minors on an agent', () => {
    expect(asked(agent, { version: 'v1.34.3+k3s1' })).toMatchObject({ kind: 'Recipe' })
  })
})
