import type { HostSource } from '../../src/controller/shell.ts'
import type { Host, HostResult } from '../../src/node/host.ts'
import { HostFault } from '../../src/node/ssh/host-fault.ts'
import { sharedServer } from '../../src/twin/host/machine-facts.ts'
import { MachineHost, MachineOff, type StepFault, type StepHappening } from '../../src/twin/host/machine-host.ts'
import { readStepCall, type StepCall } from '../../src/twin/host/step-call.ts'
import type { VirtualCluster } from './virtual-cluster.ts'

const sharedAddress = new URL(sharedServer).hostname

/** One call of a script; of those for facts and for all steps the step is empty. */
export interface HostCall {
  readonly node: string
  readonly step: string
  readonly word: string
}

/** The machines of a twin as hosts: they get the real recipes, and their connections do what a test says. */
export class TwinHosts implements HostSource {
  /** Steps that began to act, oldest first: `NODE STEP`. */
  readonly acted: string[] = []
  readonly calls: HostCall[] = []
  /** Before a call reaches the host, or when its answer comes back: whatever it throws is what the caller gets, as late as it says. */
  onCall: (call: HostCall, when: 'Before' | 'After') => void | Promise<void> = () => {}
  /** What a step that begins ends with; well unless told. */
  faultOf: (node: string, call: StepCall) => StepFault | undefined = () => undefined
  onStep: (happening: StepHappening) => void = () => {}
  /** The most hosts on which something was at work at once. */
  mostAtOnce = 0
  /** Machines that are something else than the node says. */
  readonly machineIds = new Map<string, string>()
  /** The machine that has the address in front of the API servers, as keepalived gives it to one. */
  addressHolder: string | undefined
  /** Control planes that the balancer in front does not have. */
  readonly leftOut = new Set<string>()
  readonly #cluster: VirtualCluster
  readonly #hosts = new Map<string, MachineHost>()
  /** What all of them know of the cluster. */
  readonly #shared

  constructor(cluster: VirtualCluster) {
    this.#cluster = cluster
    const { controlPlane } = cluster.twin.fleet
    this.#shared = { controlPlane, configured: controlPlane.lowestVersion() ?? '', leftOut: this.leftOut }
  }

  of({ name }: { readonly name: string }): Host & { close(): Promise<void> } {
    return { name, run: (...script) => this.#run(name, ...script), close: async () => {} }
  }

  async #run(node: string, ...[script, word, input]: Parameters<Host['run']>): Promise<HostResult> {
    const call = { node, step: readStepCall(script)?.step ?? '', word }
    this.calls.push(call)
    await this.onCall(call, 'Before')
    const answer = await this.#asked(node, script, { word, input: input !== undefined && 'text' in input ? input.text : '' })
    await this.onCall(call, 'After')
    return answer
  }

  async #asked(node: string, script: string, { word, input }: { readonly word: string; readonly input: string }): Promise<HostResult> {
    try {
      const answer = await this.#host(node).answer(script, word, input)
      return word === 'facts' ? { ...answer, stdout: this.#toldOf(node, answer.stdout) } : answer
    } catch (error) {
      if (error instanceof MachineOff) throw new HostFault('Unreachable', `node ${node} does not answer`)
      throw error
    }
  }

  #toldOf(node: string, facts: string): string {
    const other = this.machineIds.get(node)
    const own = other === undefined ? facts : asMachine(facts, other)
    return node === this.addressHolder ? withAddress(own, sharedAddress) : own
  }

  #host(node: string): MachineHost {
    const known = this.#hosts.get(node)
    if (known !== undefined) return known
    const { twin, clock, defect } = this.#cluster
    const made = new MachineHost(node, {
      fleet: twin.fleet,
      clock,
      cluster: this.#shared,
      faultOf: (name, call) => this.faultOf(name, call),
      onStep: (happening) => this.#seen(happening),
      onDefect: (error) => defect(`host ${node}`, error),
    })
    this.#hosts.set(node, made)
    return made
  }

  #seen(happening: StepHappening): void {
    if (happening.kind === 'Began') this.acted.push(`${happening.node} ${happening.call.step}`)
    this.mostAtOnce = Math.max(this.mostAtOnce, [...this.#hosts.values()].filter(({ isAtWork }) => isAtWork).length)
    this.onStep(happening)
  }
}

function asMachine(facts: string, machineId: string): string {
  const told = JSON.parse(facts)
  return JSON.stringify({ ...told, os: { ...told.os, machineId, bootId: `of-${machineId}` } })
}

function withAddress(facts: string, address: string): string {
  const told = JSON.parse(facts)
  return JSON.stringify({ ...told, api: { ...told.api, addresses: [...told.api.addresses, address] } })
}

/** What a caller gets whose connection is cut. */
export function cut(node: string): HostFault {
  return new HostFault('ConnectionCut', `the connection to node ${node} was cut while something ran there`)
}
