import { blocks, type Finding, note, risk } from '../host/finding.ts'
import type { HostOrder } from '../recipe/host-order.ts'
import { type ApiSight, type AskedHost, apiSights, certificatesOf } from './api-sight.ts'
import { type ApiMember, memberServer } from './api-way.ts'

/** Name under which a run accepts what is not proven. */
export const apiPathRisk = 'ApiPath'

const check = 'api-path'
const accept = `accept it in spec.acceptedRisks with check ${apiPathRisk}`
/** How seldom all hosts may be sent to one member by chance, where a balancer goes by the client: once in so many. */
const chance = 50

export interface ApiPathView {
  readonly members: readonly ApiMember[]
  readonly hosts: readonly AskedHost[]
  /** The control plane that is to be worked on: its own API server may be what is to be mended. */
  readonly about?: string
}

/** A finding, and the hosts that it is told of. */
export interface ApiFinding extends Finding {
  readonly hosts: readonly string[]
}

export interface ApiProof {
  readonly sights: readonly ApiSight[]
  readonly findings: readonly ApiFinding[]
}

/**
 * Judges whether the API stays reachable while its servers are replaced one by one: each answers at its own address, and new connections come to each of them
 * behind the address that clients have. What cannot be told is said as such. With one control plane there is nothing to prove.
 */
export function judgeApiPath(view: ApiPathView): ApiProof {
  if (view.members.length < 2) return { sights: [], findings: [] }
  const sights = apiSights(view.hosts, view.members)
  const ready = view.members.flatMap((member) => readiness(member, view))
  return { sights, findings: [...ready, ...alike(view), ...unasked(sights, view), ...sights.flatMap((sight) => ofSight(sight, view))] }
}

/** Whether the way to the API has to be proven before an order is begun: nothing has been touched, and what comes next takes an API server away. */
export function asksForProof({ step, apiPath }: Pick<HostOrder, 'step' | 'apiPath'>): boolean {
  return step === 'Stage' && apiPath !== undefined
}

/** What a proof means for a run that is about to begin. */
export interface ProofVerdict {
  /** What has to be mended first, in one sentence; absent: nothing, or all of it is accepted. */
  readonly holds?: string
  /** What people are told, and goes on. */
  readonly tells: readonly string[]
}

export function verdictOf({ findings }: Pick<ApiProof, 'findings'>, accepted: boolean): ProofVerdict {
  const sentence = ({ message, fix }: ApiFinding) => `${message}: ${fix}`
  const holding = accepted ? [] : findings.filter(({ severity }) => severity === 'Blocks')
  const tells = findings.filter((finding) => !holding.includes(finding)).map(sentence)
  return holding.length === 0 ? { tells } : { holds: `${holding.map(sentence).join('; ')}; nothing was touched`, tells }
}

/** A host without openssl sees no certificates; one that has it is enough. */
function unasked(sights: readonly ApiSight[], { hosts }: ApiPathView): readonly ApiFinding[] {
  const without = hosts.flatMap((host) => (host.kind === 'Answered' && host.answer.missing !== undefined ? [host.name] : []))
  if (sights.length > 0 || without.length === 0) return []
  const message = `who answers at the address of the API is not known: there is no openssl on ${list(without)}`
  return [
    {
      ...risk(check, message, 'install it on one of them, then ask again; or see in the balancer that it has all control planes'),
      hosts: without,
    },
  ]
}

/** They were given one certificate for all, which kubeadm does not. */
function alike({ hosts }: ApiPathView): readonly ApiFinding[] {
  const certificates = [...certificatesOf(hosts)]
  const same = certificates.filter(([name, one]) => certificates.some(([other, another]) => other !== name && one === another))
  if (same.length === 0) return []
  const names = same.map(([name]) => name)
  const message = `the API servers of ${list(names)} show the same certificate: behind a balancer nobody can tell which of them answers`
  return [{ ...note(check, message, 'see in its settings that it has all of them, and asks each whether it is ready'), hosts: names }]
}

function readiness(member: ApiMember, { hosts, about }: ApiPathView): readonly ApiFinding[] {
  const { name } = member
  const host = hosts.find((one) => one.name === name)
  const on = (finding: Finding) => [{ ...finding, hosts: [name] }]
  const unknown = (why: string) =>
    on(risk(check, `whether the API server of ${name} answers is not known: ${why}`, 'see to it, then ask again'))
  if (host === undefined) return []
  if (host.kind === 'Silent') return unknown(host.message)
  const { own } = host.answer
  if (own === undefined) return unknown('it has no manifest /etc/kubernetes/manifests/kube-apiserver.yaml')
  if (own.ready === undefined) return unknown('there is no kubectl')
  if (own.ready === 'ok') return []
  const message = `the API server of ${name} is not ready at https://${own.place} (${own.ready.slice(0, 150)})`
  const fix = `bring it back first: crictl ps -a --name kube-apiserver and journalctl -u kubelet tell there what is wrong`
  return on(name === about ? risk(check, message, fix) : blocks(check, message, fix))
}

function ofSight(sight: ApiSight, view: ApiPathView): readonly ApiFinding[] {
  const { answered, strangers, failed, server, from } = sight
  const on = (finding: Finding) => ({ ...finding, hosts: from })
  const came = [...answered.values()].reduce((sum, count) => sum + count, 0)
  const all = came + strangers + failed
  if (all === 0) return []
  if (came + strangers === 0) {
    return [on(risk(check, `${server} took none of ${all} connections from ${list(from)}`, 'see that what serves this address runs'))]
  }
  const lost = `${failed} of ${all} new connections to ${server} were not taken`
  const notTaken =
    failed === 0 ? [] : [on(risk(check, lost, 'have the balancer ask /readyz of each API server, and leave out those that do not answer'))]
  if (came === 0) return [...notTaken, ...ended(sight, view).map(on)]
  return [...notTaken, ...stranger(sight, view).map(on), ...missing(sight, view)]
}

function ended({ server }: ApiSight, view: ApiPathView): readonly Finding[] {
  if (!knowsAll(view)) return []
  const message = `${server} shows a certificate of no control plane: a balancer ends TLS there, and nobody can tell from outside which API servers are behind it`
  return [note(check, message, 'see in its settings that it has all of them, and asks each whether it is ready')]
}

/** Only who knows the certificates of all can tell a stranger. */
function knowsAll({ members, hosts }: ApiPathView): boolean {
  return certificatesOf(hosts).size === members.length
}

/** Another cluster, or one that left this: what is written there, and the version that it has, nobody looks after. */
function stranger({ server, strangers }: ApiSight, view: ApiPathView): readonly Finding[] {
  if (strangers === 0 || !knowsAll(view)) return []
  const message = `${server} also leads to an API server of no control plane of this cluster (${strangers} connections)`
  return [blocks(check, message, `take it out of the balancer, or where it has reasons of its own ${accept}`)]
}

function missing(sight: ApiSight, { members, hosts }: ApiPathView): readonly ApiFinding[] {
  const { server, answered, from, balances, heldBy } = sight
  const absent = members.filter(({ name }) => !answered.has(name) && isReady(name, hosts))
  if (absent.length === 0) return []
  const names = absent.map(({ name }) => name)
  const places = absent.map(memberServer).map((text) => text.replace('https://', ''))
  const count = [...answered.values()].reduce((sum, each) => sum + each, 0)
  const message = `behind ${server} ${list([...answered.keys()].toSorted())} answered ${count} new connections from ${list(from)}, and ${list(names)} none`
  const told = [...new Set([...names, ...from])]
  if (heldBy !== undefined && answered.size === 1 && answered.has(heldBy)) {
    const moves = `see on ${heldBy} that keepalived or kube-vip has ${places.join(', ')} too: whether the address moves can only be told when it does`
    return [{ ...risk(check, message, moves), hosts: told }]
  }
  const fix = `put ${places.join(', ')} into the balancer`
  const isSure = balances || (answered.size === 1 && members.length ** (from.length - 1) >= chance)
  if (isSure) return [{ ...blocks(check, message, `${fix}, or where it has reasons of its own ${accept}`), hosts: told }]
  return [{ ...risk(check, message, `${fix}; a balancer that goes by the address of the client may have sent none there`), hosts: told }]
}

/** One that is not ready is left out by a balancer that asks. */
function isReady(name: string, hosts: readonly AskedHost[]): boolean {
  const host = hosts.find((one) => one.name === name)
  return host?.kind === 'Answered' && host.answer.own?.ready === 'ok' && host.answer.own.certificate !== undefined
}

function list(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** One line of who answers at an address. */
export function sightText({ server, answered, heldBy, from, strangers, failed }: ApiSight): string {
  const counts = [...answered].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`)
  const others = strangers === 0 ? [] : [`${strangers} of no known certificate`]
  const none = failed === 0 ? [] : [`${failed} not taken`]
  const where = heldBy === undefined ? '' : `, which ${heldBy} has`
  return `${server}${where}: connections from ${list(from)} came to ${[...counts, ...others, ...none].join(', ') || 'nobody'}`
}
