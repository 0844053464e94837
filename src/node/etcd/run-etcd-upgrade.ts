import type { EtcdCluster } from '../../core/etcd/cluster.ts'
import { decideEtcdUpgrade, type EtcdAction, type EtcdWish } from '../../core/etcd/decide-upgrade.ts'
import { loginText, moveLeaderScript } from '../../core/etcd/etcd-scripts.ts'
import { type EtcdCourse, endOfWait, moveProblem, quorumSentence, stopKind, storesStopHop } from '../../core/etcd/judge-course.ts'
import { memberRecipe } from '../../core/etcd/member-recipe.ts'
import { lastSentence } from '../../core/etcd/snapshot-facts.ts'
import { type EtcdVersion, etcdText } from '../../core/version/etcd-version.ts'
import { runRecipe } from '../run-recipe.ts'
import { HostFault } from '../ssh/host-fault.ts'
import { checkSnapshot } from './check-snapshot.ts'
import { type EtcdAccess, lookAtCluster } from './look-at-cluster.ts'
import { hostOf } from './member-host.ts'
import { takeSnapshot } from './take-snapshot.ts'

export interface EtcdUpgrade {
  readonly access: EtcdAccess
  readonly wish: EtcdWish
  /** Where snapshots go on this machine. */
  readonly backupFolder: string
  /** Paths of `etcd`, `etcdctl` and `etcdutl` on this machine, by version as text and program. */
  readonly binaries: ReadonlyMap<string, ReadonlyMap<string, string>>
}

export interface EtcdUpgradeMeans {
  /** One line for people. `host`: where; absent: here, or everywhere. */
  readonly say: (line: string, host?: string) => void
  readonly seen: (cluster: EtcdCluster) => void
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly now: () => number
}

/** `Refused`: nothing was touched. `Stopped`: what was begun stands as the sentences say; the same command goes on. */
export type EtcdUpgradeEnd = { readonly kind: 'Complete' } | { readonly kind: 'Refused' | 'Stopped'; readonly problems: readonly string[] }

const lookEveryMs = 1_000
/** Changed in place by the loop below. */
type Course = { -readonly [K in keyof EtcdCourse]: EtcdCourse[K] } & {
  backedUp?: EtcdVersion
}

type Turn = EtcdUpgradeEnd | undefined

/** Looks, decides, does one thing, and looks again, until all members are there or something has to be mended by a person. */
export async function runEtcdUpgrade(upgrade: EtcdUpgrade, means: EtcdUpgradeMeans): Promise<EtcdUpgradeEnd> {
  const course: Course = { moves: 0, hasActed: false }
  for (;;) {
    const cluster = await lookAtCluster(upgrade.access)
    means.seen(cluster)
    const { backedUp } = course
    const action = decideEtcdUpgrade(cluster, { ...upgrade.wish, ...(backedUp === undefined ? {} : { backedUp }) })
    const end = await take(action, cluster, { upgrade, means, course })
    if (end !== undefined) return end
  }
}

interface Run {
  readonly upgrade: EtcdUpgrade
  readonly means: EtcdUpgradeMeans
  readonly course: Course
}

async function take(action: EtcdAction, cluster: EtcdCluster, run: Run): Promise<Turn> {
  const { course, means } = run
  if (action.kind !== 'Wait') delete course.waitsSinceMs
  switch (action.kind) {
    case 'Complete':
      return { kind: 'Complete' }
    case 'Refused':
      return { kind: stopKind(course), problems: action.problems }
    case 'Wait':
      return await wait(action.problems, run)
    case 'Backup':
      return await backup(action, cluster, run)
    default:
      course.hasActed = true
      try {
        return await (action.kind === 'MoveLeader' ? moveLeader(action, run) : change(action, run))
      } catch (error) {
        // what was started goes on, and is found again
        if (!(error instanceof HostFault) || error.retry === 'never') throw error
        means.say(error.message)
        return await wait([error.message], run)
      }
  }
}

async function wait(problems: readonly string[], { course, means }: Run): Promise<Turn> {
  if (course.waitsSinceMs === undefined) for (const problem of problems) means.say(`waits: ${problem}`)
  course.waitsSinceMs ??= means.now()
  const end = endOfWait(problems, course, means.now())
  if (end !== undefined) return { kind: 'Stopped', problems: end }
  await means.sleep(lookEveryMs)
  return undefined
}

async function backup({ from, version }: Extract<EtcdAction, { kind: 'Backup' }>, cluster: EtcdCluster, run: Run): Promise<Turn> {
  const { course, means, upgrade } = run
  const stop = (problems: readonly string[]): Turn => ({ kind: stopKind(course), problems })
  means.say('takes a snapshot', from.host)
  const taken = await takeSnapshot(upgrade.access, cluster, from, { folder: upgrade.backupFolder, nowMs: means.now() })
  if (taken.kind === 'Failed') return stop([taken.message])
  const { facts, file, stores } = taken
  means.say(`snapshot of ${facts.keys} keys at revision ${facts.revision}, ${facts.bytes} bytes: ${file}`)
  if (storesStopHop(stores, version)) return stop(stores)
  for (const difference of stores) means.say(difference)
  means.say('restores it into an etcd of its own', from.host)
  const checked = await checkSnapshot(upgrade.access, from, file, facts)
  if (checked.kind === 'Failed') return stop(checked.problems)
  means.say(
    `restored and compared: revision, ${checked.restored.keys} keys, hash, ${checked.restored.sample?.keys ?? 0} keys read`,
    from.host,
  )
  course.backedUp = version
  course.moves = 0
  return undefined
}

async function moveLeader({ from, to }: Extract<EtcdAction, { kind: 'MoveLeader' }>, { course, means, upgrade }: Run): Promise<Turn> {
  const problem = moveProblem(from.host, course)
  if (problem !== undefined) return { kind: 'Stopped', problems: [problem] }
  course.moves += 1
  means.say(`hands over to ${to.host}`, from.host)
  const host = hostOf(upgrade.access, from)
  const { exitCode, stderr } = await host.run(moveLeaderScript(from.seen, to.id), 'move', { text: loginText(upgrade.access.login) })
  if (exitCode !== 0) means.say(lastSentence(stderr), from.host)
  return undefined
}

async function change({ change: of, attempt }: Extract<EtcdAction, { kind: 'Change' }>, { means, upgrade }: Run): Promise<Turn> {
  const { host } = of.member
  const paths = upgrade.binaries.get(etcdText(of.version)) ?? new Map<string, string>()
  const files = new Map([...paths].map(([program, path]) => [`put-${program}`, path]))
  const say = (line: string) => means.say(line, host)
  const end = await runRecipe(
    { recipe: memberRecipe(of), attempt, files },
    { host: hostOf(upgrade.access, of.member), say, sleep: means.sleep, now: means.now },
  )
  if (end.kind === 'Complete') {
    means.say(`serves as ${etcdText(of.version)}`, host)
    return undefined
  }
  for (const line of end.lines) say(`  ${line}`)
  const now = await lookAtCluster(upgrade.access)
  means.seen(now)
  return { kind: 'Stopped', problems: [`${host} was not upgraded: ${end.message}`, quorumSentence(now)] }
}
