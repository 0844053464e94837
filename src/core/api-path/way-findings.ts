import type { ApiFacts } from '../host/api-facts.ts'
import { type Finding, note, risk } from '../host/finding.ts'
import { type ApiHost, type ApiSurroundings, type ApiWay, apiWay, memberServer } from './api-way.ts'

const check = 'api-path'

/** How a host reaches the API, one address of its kubeconfigs. */
export interface HostWay {
  readonly file: string
  readonly server: string
  readonly way: ApiWay
}

/** Where the kubeconfigs of a host lead; that of its kubelet is the first. */
export function hostWays(host: ApiHost, around: ApiSurroundings): readonly HostWay[] {
  return host.api.servers.map(({ file, server }) => ({ file, server, way: apiWay(server, host, around) }))
}

/** What follows from where kubeconfigs lead, by the name of the host. A cluster with one API server has no other way. */
export function wayFindings(around: ApiSurroundings): ReadonlyMap<string, readonly Finding[]> {
  if (around.members.length < 2) return new Map()
  const usual = usualServer(around)
  return new Map(
    around.hosts.map((host) => {
      const ways = hostWays(host, around)
      return [host.name, [...kubeletFindings(ways, usual), ...held(host, around), ...controllers(host, ways, around)]]
    }),
  )
}

const isOfKubelet = ({ file }: ApiFacts['servers'][number]) => !/(admin|controller-manager|scheduler)\.conf$/.test(file)

function kubeletWay(ways: readonly HostWay[]): HostWay | undefined {
  return ways.find(isOfKubelet)
}

/** The shared address that most kubelets have. */
function usualServer(around: ApiSurroundings): HostWay | undefined {
  const shared = around.hosts.flatMap((host) => {
    const found = kubeletWay(hostWays(host, around))
    return found?.way.kind === 'Shared' ? [{ ...found, key: found.way.key }] : []
  })
  const count = (key: string) => shared.filter((other) => other.key === key).length
  return shared.toSorted((a, b) => count(b.key) - count(a.key))[0]
}

function kubeletFindings(ways: readonly HostWay[], usual: HostWay | undefined): readonly Finding[] {
  const found = kubeletWay(ways)
  if (found === undefined) return []
  const { way, server, file } = found
  if (way.kind === 'Member') {
    const message = `the kubelet reaches the API at ${way.member} alone (${server}): its node is NotReady while the API server there is replaced`
    const where =
      usual === undefined ? 'put a balancer or a virtual address in front of all control planes, and name it' : `name ${usual.server}`
    return [risk(check, message, `${where} in ${file}, then restart the kubelet`)]
  }
  if (way.kind !== 'Shared' || usual?.way.kind !== 'Shared' || way.key === usual.way.key) return []
  const message = `the kubelet reaches the API at ${server}, and most others at ${usual.server}: nobody knows that both lead to one cluster`
  return [
    risk(check, message, `name ${usual.server} in ${file}, then restart the kubelet; or see that both balancers have all control planes`),
  ]
}

/** A virtual address has to be somewhere else while its holder is worked on. */
function held(host: ApiHost, around: ApiSurroundings): readonly Finding[] {
  const ways = around.hosts.flatMap((other) => hostWays(other, around))
  const servers = new Set(ways.flatMap(({ server, way }) => (way.kind === 'Shared' && way.heldBy === host.name ? [server] : [])))
  return [...servers].map((server) => {
    const message = `this host has the address of ${server}: it has to move before this host is rebooted or its API server is replaced`
    return note(check, message, 'see that what moves it (keepalived, kube-vip) runs on every control plane, and lists all of them')
  })
}

/** Source: kubeadm writes the host's own API server there from v1.20 on. */
function controllers({ name }: ApiHost, ways: readonly HostWay[], { members }: ApiSurroundings): readonly Finding[] {
  const own = members.find((member) => member.name === name)
  const others = ways.filter(({ file, way }) => /(controller-manager|scheduler)\.conf$/.test(file) && way.kind !== 'Own')
  const [first] = others
  if (own === undefined || first === undefined) return []
  const message = `controller manager and scheduler reach the API at ${first.server}: while control planes are upgraded they may meet an API server older than they are`
  const files = others.map(({ file }) => file).join(' and ')
  return [note(check, message, `name ${memberServer(own)} in ${files} as kubeadm does from v1.20 on, then restart both`)]
}
