import { blocks, type Finding, risk, sizeText } from '../host/finding.ts'
import type { HostFacts } from '../host/host-facts.ts'

/** What the cluster tells of the machine that a node is; empty where its kubelet has not said it. */
export interface NodeMachine {
  readonly name: string
  readonly machineId: string
  readonly bootId: string
}

/** A host that has answered. */
export interface AnsweredHost {
  readonly name: string
  readonly facts: HostFacts
  /** When it answered, by this machine's clock: ms since 1970, and how far off that may be. */
  readonly atMs: number
  readonly withinMs: number
}

/** More than this, and certificates and leases are judged differently on two hosts. */
const mostSkewSeconds = 10
/** Room for a binary, packages and a log; what a step needs is asked before that step. */
const leastFreeKib = 1_048_576

/** What has to be mended before anything is done to a host. `node`: absent when the cluster was not asked. */
export function checkHost(host: AnsweredHost, node: NodeMachine | undefined): readonly Finding[] {
  const { facts } = host
  return [
    ...(node === undefined ? [] : rightHost(host, node)),
    ...rootLogin(facts),
    ...clock(host),
    ...room(facts),
    ...packageManager(facts),
  ]
}

/**
 * One boot ID is one machine that runs. Machine IDs are the same on clones: where the boot ID is another (the host was restarted, and its kubelet
 * has not said so yet), the name has to agree too.
 */
function rightHost({ facts: { os } }: AnsweredHost, { name, machineId, bootId }: NodeMachine): readonly Finding[] {
  if (bootId !== '' && os.bootId === bootId) return []
  const fix = `correct hosts.${name}.address in the inventory`
  const calls = os.hostname === undefined ? '' : `, and calls itself ${os.hostname}`
  if (machineId === '' || os.machineId === undefined) {
    return [
      blocks(
        'right-host',
        `it cannot be told whether this is ${name}: the machine ID is not known${calls}`,
        'look at /etc/machine-id there',
      ),
    ]
  }
  if (os.machineId !== machineId) {
    return [blocks('right-host', `this is not ${name}: its machine ID is ${os.machineId}, the node's is ${machineId}${calls}`, fix)]
  }
  if (sameName(os.hostname ?? '', name)) return []
  return [blocks('right-host', `this has the machine ID of ${name}, as clones have${calls}`, fix)]
}

/** With or without the domain behind it. */
function sameName(hostname: string, node: string): boolean {
  const [a = '', b = ''] = [hostname, node].map((name) => name.toLowerCase().split('.')[0])
  return a !== '' && a === b
}

function rootLogin({ asRoot }: HostFacts): readonly Finding[] {
  return asRoot ? [] : [blocks('root', 'scripts do not run as root there', 'set become: sudo in the inventory')]
}

function clock({ facts, atMs, withinMs }: AnsweredHost): readonly Finding[] {
  // the host tells whole seconds
  const skew = facts.epochSeconds - Math.floor(atMs / 1_000)
  if (Math.abs(skew) <= mostSkewSeconds + Math.ceil(withinMs / 1_000)) return []
  const way = skew > 0 ? 'ahead of' : 'behind'
  return [
    blocks('clock', `the clock is ${Math.abs(skew)} s ${way} this machine's`, 'let both follow the same time servers (chronyc tracking)'),
  ]
}

function room({ disks }: HostFacts): readonly Finding[] {
  const full = disks.filter(({ path, freeKib }) => (path === '/' || path === '/var/lib') && freeKib < leastFreeKib)
  const mounts = [...new Map(full.map((disk) => [disk.mount, disk])).values()]
  return mounts.map(({ mount, freeKib }) =>
    blocks('disk', `${mount} has ${sizeText(freeKib)} free`, `make room there: at least ${sizeText(leastFreeKib)}`),
  )
}

function packageManager({ packages: { lock } }: HostFacts): readonly Finding[] {
  if (lock === undefined) return []
  const who = lock.program === undefined ? `process ${lock.pid}` : `${lock.program} (process ${lock.pid})`
  return [risk('package-lock', `${who} holds ${lock.file}`, 'let it end: steps with packages wait for it')]
}

/** Hosts that are one machine, by their boot IDs: the name of each but the first, with the finding. */
export function oneMachineTwice(hosts: readonly AnsweredHost[]): ReadonlyMap<string, Finding> {
  const first = new Map<string, string>()
  const found = new Map<string, Finding>()
  for (const { name, facts } of hosts) {
    const { bootId } = facts.os
    if (bootId === undefined) continue
    const other = first.get(bootId)
    if (other === undefined) first.set(bootId, name)
    else
      found.set(name, blocks('right-host', `this is the same machine as ${other}`, 'correct the address of one of them in the inventory'))
  }
  return found
}
