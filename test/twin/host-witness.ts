import type { StepHappening } from '../../src/twin/host/machine-host.ts'
import type { KubeletFleet } from '../../src/twin/kubelet/kubelet-fleet.ts'

/** What the judge of a run is told by the hosts. */
interface RunWitness {
  /** A node begins to be changed. */
  seeChange(node: string): void
  /** A node may be lowered: it is taken back to what it was. */
  readonly takenBack: Set<string>
  /** Since when a machine is off by itself. */
  lostMs(node: string): number | undefined
  violated(what: string): void
}

interface AtWork {
  readonly step: string
  readonly sinceMs: number
  /** Minor of the node's API server when it began. */
  readonly minor: number | undefined
}

/** Seconds from the loss of a member until a step that begins can be held to know of it: as a node is given up after 40. */
const knownAfterMs = 90_000

/** Sees each step on each host, and each change of the control plane, and remembers what a run must never do. Uses nothing of the code that it judges. */
export class HostWitness {
  readonly #fleet: KubeletFleet
  readonly #now: () => number
  readonly #run: RunWitness
  readonly #atWork = new Map<string, AtWork>()
  /** Steps that have ended well and were not taken back, as `NODE RECIPE STEP`. */
  readonly #ended = new Set<string>()
  readonly #serverMinors = new Map<string, number>()
  steps = 0

  constructor(fleet: KubeletFleet, now: () => number, run: RunWitness) {
    this.#fleet = fleet
    this.#now = now
    this.#run = run
    for (const { node, version } of fleet.controlPlane.members) this.#serverMinors.set(node, minorOf(version))
    fleet.controlPlane.subscribe({
      availabilityChanged: ({ kind }) => kind === 'NoQuorum' && this.#seeNoQuorum(),
      upgraded: ({ node, version }) => this.#seeServer(node, minorOf(version)),
    })
  }

  onStep({ node, call, ...happening }: StepHappening): void {
    const { recipe, step } = call
    const key = `${node} ${recipe} ${step}`
    if (happening.kind === 'Began') {
      this.steps += 1
      if (this.#ended.has(key)) this.#run.violated(`${node}: ${step} is done once more`)
      if (step === 'back-up') this.#run.seeChange(node)
      if (step === 'take-back') this.#run.takenBack.add(node)
      this.#atWork.set(node, { step, sinceMs: this.#now(), minor: this.#serverMinors.get(node) })
      return
    }
    this.#atWork.delete(node)
    if (happening.exitCode === 0) this.#ended.add(key)
    if (step === 'take-back') for (const each of [...this.#ended]) if (each.startsWith(`${node} ${recipe} `)) this.#ended.delete(each)
    if (step === 'take-back') this.#run.takenBack.delete(node)
  }

  /** Members that went away by themselves before the step that takes another away began, and could be known to be away. */
  #seeNoQuorum(): void {
    const down = this.#fleet.controlPlane.members.filter(({ etcd }) => etcd === 'Down').map(({ node }) => node)
    const byStep = down.filter((node) => this.#atWork.has(node) && this.#fleet.isOn(node))
    if (byStep.length > 1) this.#run.violated(`steps have taken the members ${byStep.join(' and ')} away together`)
    for (const node of byStep) {
      const { step, sinceMs } = this.#atWork.get(node) ?? { step: '', sinceMs: 0 }
      const known = down.find((other) => (this.#run.lostMs(other) ?? Number.POSITIVE_INFINITY) + knownAfterMs < sinceMs)
      if (known !== undefined) this.#run.violated(`${step} takes the member ${node} away, and ${known} was lost before`)
    }
  }

  #seeServer(node: string, minor: number): void {
    const before = this.#serverMinors.get(node) ?? minor
    this.#serverMinors.set(node, minor)
    // kubeadm itself puts back what it has replaced, when another component does not come up
    const { step, minor: began } = this.#atWork.get(node) ?? { step: '', minor: undefined }
    const isKubeadm = step === 'upgrade-node' && minor === began
    if (minor < before && !isKubeadm) this.#run.violated(`the API server of ${node} went from 1.${before} to 1.${minor}`)
    const minors = [...this.#serverMinors.values()]
    if (Math.max(...minors) - Math.min(...minors) > 1) this.#run.violated(`${node}: API servers are more than a minor apart`)
  }
}

/** What a host has to be when its node is done: nothing is half installed, and what was held is held. */
export function unfinishedHosts(fleet: KubeletFleet, version: string, nodes: readonly string[]): readonly string[] {
  return nodes.flatMap((node) => {
    const { packages, files } = fleet.machineOf(node)
    const wrong = ['kubeadm', 'kubelet', 'kubectl'].filter((name) => {
      const found = packages.get(name)
      return found?.held !== true || found.version !== `${version.slice(1)}-1.1`
    })
    const servers = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
    const old = servers.filter((name) => {
      const manifest = files.get(`/etc/kubernetes/manifests/${name}.yaml`)?.content
      return manifest !== undefined && !manifest.includes(`${name}:${version}"`)
    })
    return [
      ...wrong.map((name) => `${node} has ${name} ${JSON.stringify(packages.get(name))}, and the run is complete`),
      ...old.map((name) => `${node} has a manifest of ${name} that is not of ${version}, and the run is complete`),
    ]
  })
}

function minorOf(version: string): number {
  return Number(/^v1\.(\d+)\./.exec(version)?.[1])
}
