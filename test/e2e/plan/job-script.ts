import type { Behaviour, ContainerRun, ContainerStart } from '../../rig/simulated-kubelets/container-behaviour.ts'

/** How the `upgrade` container of one Plan goes; `undefined` is the usual way: a moment, exit code 0, the new version. */
export type UpgradeRule = (start: ContainerStart) => Partial<ContainerRun> | undefined

/** Containers that run until the test lets them go. */
export interface Hold {
  readonly run: Partial<ContainerRun>
  /** Lets those that run and those that come end, with exit code 0 unless told. */
  release(exitCode?: number): void
}

/** Decides for each Plan how its upgrade containers go, so that tests which share simulated kubelets do not meet. */
export class JobScript {
  readonly #rules = new Map<string, UpgradeRule>()

  readonly behave: Behaviour = (start) => {
    if (start.container.name !== 'upgrade' || start.plan === '') return undefined
    return { seconds: 0.2, ...this.#rules.get(start.plan)?.(start) }
  }

  upgrade(plan: string, rule: UpgradeRule): void {
    this.#rules.set(plan, rule)
  }

  /** Holds every upgrade of the Plan that begins from now on. */
  hold(plan: string, more: Partial<ContainerRun> = {}): Hold {
    const held = hold(more)
    this.upgrade(plan, () => held.run)
    return held
  }
}

function hold(more: Partial<ContainerRun>): Hold {
  let letGo: (exitCode: number) => void = () => {}
  const released = new Promise<number>((resolve) => {
    letGo = resolve
  })
  const act = async (signal: AbortSignal) => {
    const broken = new Promise<number>((end) => signal.addEventListener('abort', () => end(137), { once: true }))
    return { exitCode: await Promise.race([released, broken]), log: more.log ?? '' }
  }
  return { run: { seconds: 0, ...more, act }, release: (exitCode = 0) => letGo(exitCode) }
}
