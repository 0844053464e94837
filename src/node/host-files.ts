import { shellAssignments } from '../core/recipe/shell-quote.ts'
import { fileSha256 } from './file-sha256.ts'
import type { Host } from './host.ts'

const quietShell = `set -u
umask 077
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
fail() { echo "$*" >&2; exit 1; }
digest_of() { sha256sum < "$1" | cut -d ' ' -f 1; }
`

/** `$1` is the path. It takes its place in one rename, when all of it has arrived. */
const putScript = `${quietShell}
# where nobody listens any more, what was begun is still taken away
trap '' PIPE
part=$(mktemp "$1.falkirk-part.XXXXXX") || fail "$1 cannot be written to"
trap 'rm -f "$part"' EXIT
cat > "$part" || fail "there is no room for $1"
[ "$(digest_of "$part")" = "$sha256" ] || fail "$1 has not arrived whole"
chmod "$mode" "$part" && sync && mv -f "$part" "$1"
`

/** The digest is said beside the content: the file may change while it is read. */
const getScript = `${quietShell}
[ -f "$1" ] || fail "$1 is no file"
digest_of "$1" >&2
cat "$1"
`

export interface FilePlace {
  /** On this machine. */
  readonly here: string
  /** On the host; absolute. */
  readonly there: string
}

/** Brings a file to a host, owned by root. Gives one sentence when that failed. @throws as `Host.run` */
export async function putFile(host: Host, { here, there }: FilePlace, mode = 0o600): Promise<string | undefined> {
  const values = shellAssignments({ sha256: await fileSha256(here), mode: mode.toString(8) })
  const { exitCode, stderr } = await host.run(values + putScript, there, { file: here })
  return exitCode === 0 ? undefined : `${there} was not put on ${host.name}: ${stderr.trim()}`
}

/** Fetches a file of a host of at most so many bytes. Gives one sentence when that failed. @throws as `Host.run` */
export async function getFile(host: Host, { here, there }: FilePlace, mostBytes: number): Promise<string | undefined> {
  const { exitCode, stderr } = await host.run(getScript, there, undefined, { file: here, mostBytes })
  const failed = (why: string) => `${there} was not fetched from ${host.name}: ${why}`
  if (exitCode !== 0) return failed(stderr.trim())
  return stderr.trim() === (await fileSha256(here)) ? undefined : failed('it changed while it was read')
}
