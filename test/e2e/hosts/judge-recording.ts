import type { RecordedBudget, RecordedLine, RecordedNode, RecordedPod } from '../../rig/cluster-recorder/recording.ts'

/** What the people who asked for the upgrade expect of it. */
export interface Expectations {
  readonly servers: readonly string[]
  /** Versions of the servers, from the first to the last. */
  readonly path: readonly string[]
  /** Nodes that somebody has cordoned before; they stay so. */
  readonly foreignCordons: readonly string[]
  /** The most agents that may be away together. */
  readonly maxAgentsAway: number
  /** Minors that a kubelet may be behind its API server (version-skew policy; two before Kubernetes v1.28). */
  readonly maxSkew: number
  /** How the names (`namespace/name`) of pods begin that drains leave where they are. */
  readonly staying: readonly string[]
}

/** What a recording says against an upgrade, in sentences; none when it was as it should be. Shares nothing with what it judges. */
export function judgeRecording(lines: readonly RecordedLine[], expected: Expectations): string[] {
  const judge = new Judge(expected)
  for (const line of lines) judge.take(line)
  return judge.verdict()
}

class Judge {
  private readonly expected: Expectations
  private readonly findings: string[] = []
  private readonly nodes = new Map<string, RecordedNode>()
  private readonly pods = new Map<string, RecordedPod>()
  private readonly versions = new Map<string, string[]>()
  private answered = 0

  constructor(expected: Expectations) {
    this.expected = expected
  }

  take(line: RecordedLine): void {
    if (line.kind === 'Node') this.seeNode(line.atMs, line.key, line.facts)
    if (line.kind === 'Pod') this.seePod(line.key, line.facts)
    if (line.kind === 'Budget') this.seeBudget(line.atMs, line.key, line.facts)
    if (line.kind === 'Refused') this.found(line.atMs, `${line.url}: ${line.why}`)
    if (line.kind === 'Answered') this.answered += line.count
  }

  verdict(): string[] {
    const { path, servers } = this.expected
    const last = path.at(-1)
    const open = [...this.nodes].flatMap(([name, { version, marks, unschedulable, ready }]) => [
      ...(version === last ? [] : [`at the end ${name} runs ${version}`]),
      ...(ready ? [] : [`at the end ${name} is not Ready`]),
      ...(unschedulable && !this.expected.foreignCordons.includes(name) ? [`at the end ${name} is cordoned`] : []),
      ...marks.map((mark) => `at the end ${name} is left with ${mark}`),
    ])
    const strayed = servers
      .filter((name) => this.versions.get(name)?.join() !== path.join())
      .map((name) => `${name} went over ${this.versions.get(name)?.join(', ') ?? 'nothing'}`)
    return [...this.findings, ...strayed, ...open, ...(this.answered > 0 ? [] : ['no request was answered'])]
  }

  private found(atMs: number, what: string): void {
    this.findings.push(`${new Date(atMs).toISOString()} ${what}`)
  }

  private seeNode(atMs: number, name: string, facts: RecordedNode | null): void {
    const before = this.nodes.get(name)
    if (facts === null) {
      this.nodes.delete(name)
      this.found(atMs, `${name} was deleted`)
      return
    }
    this.nodes.set(name, facts)
    if (this.expected.foreignCordons.includes(name) && !facts.unschedulable)
      this.found(atMs, `${name} lost the cordon that somebody gave it`)
    if (before?.version !== facts.version) this.seeVersion(atMs, name, before, facts)
    if (before?.unschedulable === false && facts.unschedulable) this.seeCordon(atMs, name)
  }

  private seeVersion(atMs: number, name: string, before: RecordedNode | undefined, { version, unschedulable }: RecordedNode): void {
    this.versions.set(name, [...(this.versions.get(name) ?? []), version])
    if (before === undefined) return
    if (!unschedulable) this.found(atMs, `${name} was changed to ${version} while it was schedulable`)
    const { path, maxSkew } = this.expected
    if (path.indexOf(version) <= path.indexOf(before.version)) this.found(atMs, `${name} went from ${before.version} to ${version}`)
    for (const pod of this.servingOn(name)) this.found(atMs, `${name} was changed while ${pod} served on it`)
    const minors = (server: boolean) => this.select(server).map(([, node]) => minorOf(node.version))
    const [oldest, newest] = [Math.min(...minors(true)), Math.max(...minors(true))]
    if (newest - oldest > 1) this.found(atMs, `servers are ${newest - oldest} minors apart`)
    for (const minor of minors(false)) {
      if (minor > oldest) this.found(atMs, `an agent of 1.${minor} is newer than a server of 1.${oldest}`)
      if (newest - minor > maxSkew) this.found(atMs, `an agent of 1.${minor} is too old for a server of 1.${newest}`)
    }
  }

  private servingOn(name: string): string[] {
    const mayStay = (pod: string) => this.expected.staying.some((beginning) => pod.startsWith(beginning))
    const there = [...this.pods].filter(([, pod]) => pod.node === name && pod.owner === 'ReplicaSet' && pod.ready)
    return there.map(([pod]) => pod).filter((pod) => !mayStay(pod))
  }

  private seeCordon(atMs: number, name: string): void {
    const { foreignCordons, maxAgentsAway } = this.expected
    const away = (server: boolean) =>
      this.select(server)
        .filter(([other, node]) => (node.unschedulable && !foreignCordons.includes(other)) || !node.ready)
        .map(([other]) => other)
    const [servers, agents] = [away(true), away(false)]
    if (servers.length > 1) this.found(atMs, `servers ${servers.join(' and ')} are away together`)
    if (servers.length > 0 && agents.length > 0) this.found(atMs, `${agents.join(', ')} is away beside server ${servers.join(', ')}`)
    if (agents.length > maxAgentsAway) this.found(atMs, `agents ${agents.join(', ')} are away together when ${name} is cordoned`)
  }

  private seePod(key: string, facts: RecordedPod | null): void {
    if (facts === null) this.pods.delete(key)
    else this.pods.set(key, facts)
  }

  private seeBudget(atMs: number, key: string, facts: RecordedBudget | null): void {
    if (facts !== null && facts.healthy < facts.desired)
      this.found(atMs, `budget ${key} has ${facts.healthy} healthy pods and wants ${facts.desired}`)
  }

  private select(servers: boolean): [string, RecordedNode][] {
    return [...this.nodes].filter(([name]) => this.expected.servers.includes(name) === servers)
  }
}

function minorOf(version: string): number {
  return Number(version.split('.')[1])
}
