import fc from 'fast-check'
import { knownSteps } from '../../src/twin/host/known-steps.ts'
import { cut, type TwinHosts } from './twin-hosts.ts'
import type { Hurt } from './upgrade-deeds.ts'
import type { VirtualCluster } from './virtual-cluster.ts'

/** What befalls a host of a story, by its number: servers first, then workers. */
export type HostMishap = { readonly host: number } /** A step fails so many seconds after it began, the first so many times. */ & (
  | { readonly kind: 'Fail'; readonly step: string; readonly atSeconds: number; readonly times: number }
  /** The machine boots in the middle of a step, once. */
  | { readonly kind: 'Reboot'; readonly step: string; readonly atSeconds: number }
  /** Its connection is cut at its call of that number, and away for some time. */
  | { readonly kind: 'Cut'; readonly call: number; readonly when: 'Before' | 'After'; readonly awaySeconds: number }
  /** Each answer takes so long. */
  | { readonly kind: 'Slow'; readonly seconds: number }
  /** A control-plane machine loses its power so many seconds after the run was created, until somebody looks after it. */
  | { readonly kind: 'Lose'; readonly afterSeconds: number }
)

/** Steps that may fail as well as any other; what takes them back may, too. */
export const steps = [...knownSteps.keys()]

const host = fc.nat({ max: 8 })
const atSeconds = fc.integer({ min: 0, max: 40 })
const step = fc.constantFrom(...steps)

export const hostMishap: fc.Arbitrary<HostMishap> = fc.oneof(
  fc.record({ kind: fc.constant('Fail' as const), host, step, atSeconds, times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('Reboot' as const), host, step, atSeconds }),
  fc.record({
    kind: fc.constant('Cut' as const),
    host,
    call: fc.integer({ min: 1, max: 60 }),
    when: fc.constantFrom('Before' as const, 'After' as const),
    // the last is longer than a host in mid-change is waited for
    awaySeconds: fc.constantFrom(0, 1, 5, 40, 150, 600, 1_500),
  }),
  fc.record({ kind: fc.constant('Slow' as const), host, seconds: fc.integer({ min: 1, max: 25 }) }),
  fc.record({ kind: fc.constant('Lose' as const), host, afterSeconds: fc.integer({ min: 0, max: 600 }) }),
)

interface Befallen {
  readonly cluster: VirtualCluster
  readonly hosts: TwinHosts
  readonly servers: number
  readonly workers: number
  readonly hurt: Hurt
  /** Since when machines that are hurt are off. */
  readonly lostMs: Map<string, number>
}

type Named<Kind extends HostMishap['kind']> = Extract<HostMishap, { kind: Kind }> & { readonly node: string; left: number }

/** Has what befalls the hosts of a cluster happen to them, from now on. */
export function befall(mishaps: readonly HostMishap[], befallen: Befallen): void {
  const { hosts, servers, workers } = befallen
  const nameOf = (number: number) => {
    const index = number % (servers + workers)
    return index < servers ? `server-${index}` : `worker-${index - servers}`
  }
  const all = mishaps.map((mishap) => ({ ...mishap, node: nameOf(mishap.host), left: mishap.kind === 'Fail' ? mishap.times : 1 }))
  const of = <Kind extends HostMishap['kind']>(kind: Kind) => all.filter((one) => one.kind === kind) as unknown as readonly Named<Kind>[]
  failSteps(of('Fail'), of('Reboot'), befallen)
  hosts.onCall = connections(of('Cut'), of('Slow'), befallen)
  for (const mishap of of('Lose')) loseMember(mishap, befallen)
}

/** True as often as a mishap is to happen. */
function takes(mishap: { left: number }): boolean {
  mishap.left -= 1
  return mishap.left >= 0
}

function failSteps(fails: readonly Named<'Fail'>[], reboots: readonly Named<'Reboot'>[], { cluster, hosts }: Befallen): void {
  const { clock, twin } = cluster
  hosts.faultOf = (node, { step: begun }) => {
    const isHere = (mishap: { readonly node: string; readonly step: string }) => mishap.node === node && mishap.step === begun
    for (const mishap of reboots) {
      if (!isHere(mishap) || !takes(mishap)) continue
      clock.after(mishap.atSeconds * 1_000, () => {
        if (twin.fleet.isOn(node)) twin.fleet.rebootMachine(node)
      })
    }
    const failing = fails.find((mishap) => isHere(mishap) && takes(mishap))
    return failing === undefined ? undefined : { afterSeconds: failing.atSeconds, exitCode: 1, output: 'no space left on device' }
  }
}

function connections(
  cuts: readonly Named<'Cut'>[],
  slows: readonly Named<'Slow'>[],
  { cluster: { clock } }: Befallen,
): TwinHosts['onCall'] {
  const backMs = new Map<string, number>()
  const calls = new Map<string, number>()
  return async ({ node }, when) => {
    if (when === 'Before') calls.set(node, (calls.get(node) ?? 0) + 1)
    const slow = slows.find((mishap) => mishap.node === node)
    if (slow !== undefined && when === 'After') await clock.sleep(slow.seconds * 1_000)
    const number = calls.get(node) ?? 0
    const breaking = cuts.find((mishap) => mishap.node === node && mishap.when === when && mishap.call <= number && takes(mishap))
    if (breaking !== undefined) backMs.set(node, clock.now() + breaking.awaySeconds * 1_000 + 1)
    if (clock.now() < (backMs.get(node) ?? 0)) throw cut(node)
  }
}

/** Whoever has lost one member looks after it before the next. */
function loseMember({ node, afterSeconds }: Named<'Lose'>, { cluster, servers, hurt, lostMs }: Befallen): void {
  const { clock, twin } = cluster
  if (servers < 3 || !node.startsWith('server-')) return
  clock.after(afterSeconds * 1_000, () => {
    if ([...hurt.keys()].some((name) => name.startsWith('server-')) || !twin.fleet.isOn(node)) return
    hurt.set(node, 'Kill')
    lostMs.set(node, clock.now())
    twin.fleet.kill(node)
  })
}
