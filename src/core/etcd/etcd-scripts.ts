import { library } from '../recipe/scripts/library.ts'
import { shellAssignments } from '../recipe/shell-quote.ts'
import { stateFolder } from '../recipe/step-script.ts'
import { clientValues } from './client-values.ts'
import type { SeenHost } from './cluster.ts'
import type { EtcdHostFacts } from './host-facts.ts'
import type { MemberSettings } from './member-settings.ts'
import { etcdctlFunctions } from './scripts/etcdctl.ts'
import { hostScript } from './scripts/host-script.ts'
import { memberScript } from './scripts/member-script.ts'
import { restoreCheckScript, scratchUnitScript, snapshotScript } from './scripts/snapshot-script.ts'

/** Seconds for a snapshot or a restore: of a database of eight GiB, on a slow disk. */
const longLimit = 1_800
const memberLimit = 12

/** Reads how etcd is started on a host (`parseEtcdHost`). */
export function etcdHostScript(): string {
  return [shellAssignments({ state: stateFolder }), library, hostScript].join('')
}

/** Asks the member of a host (`parseMemberFacts`). Its standard input is a `login`. */
export function etcdMemberScript(facts: EtcdHostFacts, settings: MemberSettings): string {
  return onMember(facts, settings, {}, memberScript)
}

/** Takes a snapshot and sends it as its output (`parseToldSnapshot` reads standard error). Its standard input is a `login`. */
export function etcdSnapshotScript({ facts, settings, answer }: SeenHost): string {
  const needed = Math.ceil(((answer.status?.dbBytes ?? 0) * 1.1) / 1024) + 32_768
  return onMember(facts, settings, { limit_seconds: String(longLimit), needed_kib: String(needed) }, snapshotScript)
}

/** Restores a snapshot into an etcd of its own and asks that (`parseToldSnapshot`). Its standard input is a `login`, then the snapshot. */
export function etcdRestoreScript({ facts }: SeenHost, file: { readonly sha256: string; readonly bytes: number }): string {
  const needed = Math.ceil((file.bytes * 2.2) / 1024) + 131_072
  const alone: MemberSettings = {
    ...{ name: 'scratch', dataDir: '', endpoint: 'http://127.0.0.1:2379', ca: '', cert: '', key: '' },
    ...{ quotaBytes: 0, flags: new Map(), variables: new Map() },
  }
  const values = { limit_seconds: String(longLimit), needed_kib: String(needed), sha256: file.sha256, etcd: facts.binary }
  const check = onMember(facts, alone, values, restoreCheckScript)
  return [shellAssignments({ check, unit_seconds: String(longLimit * 2) }), library, scratchUnitScript].join('')
}

/** Lets another member lead. `to` is its identity, hexadecimal. Its standard input is a `login`. */
export function moveLeaderScript({ facts, settings }: SeenHost, to: string): string {
  const script = 'seconds=30\nread_login\nctl move-leader "$to" 2>&1 || fail "etcd does not move its leader to $to"\n'
  return onMember(facts, settings, { to }, script)
}

/** Has the package manager read anew which versions there are; what runs does not notice. */
export function refreshScript(): string {
  return `${library}export DEBIAN_FRONTEND=noninteractive\napt-get -q -o DPkg::Lock::Timeout=60 update < /dev/null > /dev/null 2>&1\n`
}

/** The user of etcd's own and its password, two lines; empty: none is needed. */
export function loginText(login: { readonly user: string; readonly password: string } | undefined): string {
  return login === undefined ? '\n\n' : `${login.user}\n${login.password}\n`
}

function onMember(facts: EtcdHostFacts, settings: MemberSettings, more: Readonly<Record<string, string>>, script: string): string {
  const values = {
    state: stateFolder,
    seconds: String(memberLimit),
    ...clientValues(facts, settings),
    data_dir: settings.dataDir,
    ...more,
  }
  return [shellAssignments(values), library, etcdctlFunctions, script].join('')
}
