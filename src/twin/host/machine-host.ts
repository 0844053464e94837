import type { Clock } from '../../cluster/clock.ts'
import type { KubeletFleet } from '../kubelet/kubelet-fleet.ts'
import type { Machine } from '../machine/machine.ts'
import { apiAnswer } from './api-answer.ts'
import { knownSteps } from './known-steps.ts'
import { machineFacts } from './machine-facts.ts'
import { readStepCall, type StepCall } from './step-call.ts'
import { type HostCluster, HostDisk, type StepCourse, StepFailed, type StepPlace, type StepProgram } from './step-program.ts'

/** As a script on a host ends. */
export interface HostAnswer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** What goes wrong within a step: so many seconds after it began it ends so. */
export interface StepFault {
  readonly afterSeconds: number
  readonly exitCode: number
  readonly output: string
}

/** A step begins to act, or ends; one that a reboot has ended does not say so. */
export type StepHappening = { readonly node: string; readonly call: StepCall } & (
  | { readonly kind: 'Began' }
  | { readonly kind: 'Ended'; readonly exitCode: number }
)

export interface MachineHostOptions {
  readonly fleet: KubeletFleet
  readonly clock: Clock
  readonly cluster: HostCluster
  /** Asked once each time that a step begins. */
  readonly faultOf?: (node: string, call: StepCall) => StepFault | undefined
  readonly onStep?: (happening: StepHappening) => void
  /** Told of a step that is not known here, or that has a defect. */
  readonly onDefect: (error: unknown) => void
}

const atWork = 'active=yes\n'
const longestWaitMs = 20_000
const waitTurnMs = 250

/** The machine is switched off, or gone: whoever asks its host hears nothing. */
export class MachineOff extends Error {}

/** The transient unit of a step. */
interface Unit {
  readonly call: StepCall
  readonly place: StepPlace
  readonly program: StepProgram
  /** It ends with the boot that it was started in. */
  readonly bootId: string
  course?: StepCourse
  seconds: number
  fault?: StepFault | undefined
}

interface Outcome {
  readonly attempt: number
  readonly exitCode: number
  readonly output: string
}

/** A machine of the twin as a host: told steps by their scripts, which run by themselves, one at a time, whoever started them. */
export class MachineHost {
  readonly #node: string
  readonly #options: MachineHostOptions
  readonly #disk = new HostDisk()
  /** Steps that were started at any time, as `RECIPE STEP`. */
  readonly #begun = new Set<string>()
  /** How steps have ended, as `RECIPE STEP`. */
  readonly #outcomes = new Map<string, Outcome>()
  /** The first is at work, the others wait for the lock of the host. */
  #units: Unit[] = []

  constructor(node: string, options: MachineHostOptions) {
    this.#node = node
    this.#options = options
  }

  /** Runs a script that the core made, with its word. @throws MachineOff */
  run(script: string, word: string): HostAnswer {
    const machine = this.#machine()
    if (word === 'facts') return said(machineFacts(machine, { atMs: this.#options.clock.now(), ...this.#disk }))
    if (word === 'api-path') return said(apiAnswer(machine, this.#options.cluster.controlPlane, this.#options.cluster.leftOut))
    const call = readStepCall(script)
    const program = call === undefined ? undefined : knownSteps.get(call.step)
    if (call === undefined || program === undefined) return this.#unknown(call?.step ?? script.slice(0, 80))
    const place = this.#place(call)
    if (word === 'look') return said(this.#look(call, program, place))
    if (word !== 'start') return this.#unknown(`${call.step} ${word}`)
    return said(this.#start({ call, place, program, bootId: machine.bootId, seconds: 0 }))
  }

  /**
   * The same for the words that wait: `carry_out` starts a step, and it and `await_end` answer when the step is at work no more, or after twenty seconds.
   * `input` is what the script reads. @throws MachineOff
   */
  async answer(script: string, word: string, input: string): Promise<HostAnswer> {
    if (word === 'look_at_all') return this.#lookAtAll(input)
    if (word !== 'carry_out' && word !== 'await_end') return this.run(script, word)
    if (word === 'carry_out') {
      const started = this.run(script, 'start')
      if (started.exitCode !== 0) return started
    }
    await this.#ended(readStepCall(script))
    return this.run(script, 'look')
  }

  /** Whether a step is at work now. */
  get isAtWork(): boolean {
    return this.#live().length > 0
  }

  #machine(): Machine {
    const { fleet } = this.#options
    if (!fleet.isOn(this.#node)) throw new MachineOff(`${this.#node} is off`)
    return fleet.machineOf(this.#node)
  }

  #place({ step, values, recipe }: StepCall): StepPlace {
    const { fleet, cluster } = this.#options
    const node = this.#node
    const value = (name: string) => {
      const text = values[name]
      if (text === undefined) throw new RangeError(`${step} has no ${name}`)
      return text
    }
    const shared = { node, step, recipe, value, disk: this.#disk, cluster }
    return { ...shared, machine: () => fleet.machineOf(node), apply: (effect) => fleet.apply(node, effect) }
  }

  /** A reboot ends all units without a word. */
  #live(): Unit[] {
    const { fleet } = this.#options
    const bootId = fleet.isOn(this.#node) ? fleet.machineOf(this.#node).bootId : undefined
    this.#units = this.#units.filter((unit) => unit.bootId === bootId)
    return this.#units
  }

  #look(call: StepCall, program: StepProgram, place: StepPlace): string {
    if (this.#live().some((unit) => isSame(unit.call, call))) return atWork
    const outcome = this.#outcomes.get(keyOf(call))
    const ended = outcome === undefined ? '' : `attempt=${outcome.attempt}\nexit_code=${outcome.exitCode}\n`
    const begun = this.#begun.has(keyOf(call)) ? 'begun=yes\n' : ''
    return `${ended}${begun}probe=${program.probe(place) ? 'yes' : 'no'}\noutput\n${outcome?.output ?? ''}`
  }

  /** From the first that the script asks for, up to one that is at work. */
  #lookAtAll(script: string): HostAnswer {
    const told: string[] = []
    for (const part of script.split('\n(\n')) {
      const call = readStepCall(part)
      if (call === undefined) continue
      const look = this.run(part, 'look')
      if (look.exitCode !== 0) return look
      told.push(`step=${call.step}\n${look.stdout.replace(/^output\n.*/ms, '')}`)
      if (look.stdout === atWork) break
    }
    return said(`${told.join('')}end\n`)
  }

  /** Whoever waits here loses the connection when the machine boots. */
  async #ended(call: StepCall | undefined): Promise<void> {
    const { clock } = this.#options
    const { bootId } = this.#machine()
    const untilMs = clock.now() + longestWaitMs
    while (call !== undefined && clock.now() < untilMs && this.#live().some((unit) => isSame(unit.call, call))) {
      await clock.sleep(waitTurnMs)
      if (this.#machine().bootId !== bootId) throw new MachineOff(`${this.#node} has booted`)
    }
  }

  #start(unit: Unit): string {
    const live = this.#live()
    if (live.some(({ call }) => isSame(call, unit.call))) return 'found at work\n'
    this.#begun.add(keyOf(unit.call))
    this.#outcomes.delete(keyOf(unit.call))
    live.push(unit)
    if (live.length === 1) this.#begin(unit)
    return ''
  }

  #begin(unit: Unit): void {
    const { faultOf, onStep } = this.#options
    unit.fault = faultOf?.(this.#node, unit.call)
    onStep?.({ kind: 'Began', node: this.#node, call: unit.call })
    unit.course = unit.program.act(unit.place)
    this.#turn(unit, 0)
  }

  /** Goes on with a step when so many seconds have passed, or ends it there. */
  #turn(unit: Unit, seconds: number): void {
    const { clock } = this.#options
    const { fault } = unit
    const isFaulty = fault !== undefined && unit.seconds + seconds >= fault.afterSeconds
    const passes = isFaulty ? fault.afterSeconds - unit.seconds : seconds
    clock.after(passes * 1_000, () => {
      if (!this.#live().includes(unit)) return
      unit.seconds += passes
      if (isFaulty) unit.fault = undefined
      this.#advance(unit, isFaulty ? fault : undefined)
    })
  }

  #advance(unit: Unit, fault: StepFault | undefined): void {
    try {
      const { course } = unit
      const turn = fault === undefined ? course?.next() : course?.throw(new StepFailed(fault.output, fault.exitCode))
      if (turn === undefined || turn.done === true) this.#end(unit, { exitCode: 0, output: '' })
      else this.#turn(unit, turn.value)
    } catch (error) {
      if (!(error instanceof StepFailed)) this.#options.onDefect(error)
      this.#end(unit, { exitCode: error instanceof StepFailed ? error.exitCode : 1, output: `${(error as Error).message}\n` })
    }
  }

  #end(unit: Unit, { exitCode, output }: Pick<Outcome, 'exitCode' | 'output'>): void {
    const { call } = unit
    this.#outcomes.set(keyOf(call), { attempt: call.attempt, exitCode, output })
    this.#units = this.#units.filter((other) => other !== unit)
    this.#options.onStep?.({ kind: 'Ended', node: this.#node, call, exitCode })
    const next = this.#live()[0]
    if (next !== undefined) this.#begin(next)
  }

  #unknown(what: string): HostAnswer {
    const message = `the twin's machines do not know ${what}: add it to src/twin/host/known-steps.ts`
    this.#options.onDefect(new Error(message))
    return { exitCode: 1, stdout: '', stderr: message }
  }
}

function said(stdout: string): HostAnswer {
  return { exitCode: 0, stdout, stderr: '' }
}

function keyOf({ recipe, step }: StepCall): string {
  return `${recipe} ${step}`
}

function isSame(a: StepCall, b: StepCall): boolean {
  return keyOf(a) === keyOf(b)
}
