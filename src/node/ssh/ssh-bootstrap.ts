import { Readable } from 'node:stream'
import { shellQuote } from '../../core/recipe/shell-quote.ts'

/** How the user becomes root: it is root, or by sudo, which gets `password` by its standard input. */
export type Privilege = { readonly kind: 'Root' } | { readonly kind: 'Sudo'; readonly password?: string }

/** What is behind the password; sudo may not have asked for it. */
const endOfPassword = 'end-of-password'

/**
 * Reads its first line, a word that nobody can know beforehand, starts the inner shell as root, and says that word and the exit code on standard
 * error when that has ended: an exit code of ssh's own cannot be told from one of the script. Nothing of the user's environment goes on, whose
 * start-up files may print and set what they like.
 */
function outer(root: string): string {
  const path = 'PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'
  return `IFS= read -r n; env -i LC_ALL=C ${path} ${root} "$n"; echo "$n $?" >&2`
}

/**
 * Where the script ends: with its line, or with all that comes, and then with the word of the first line. A shell asks the system for each byte of a line,
 * which for a long script is most of what it costs a host to take it; but only so nothing is taken of an input behind it.
 */
export type ScriptEnd = 'WithItsLine' | 'WithAll'

/**
 * Says the word on both outputs if it is root (what came before is not the script's), reads the script's word and the script, each encoded as one line, and
 * becomes the script: the rest of standard input is the script's own. It is quoted twice, so it holds neither quotes nor backslashes: not every login
 * shell reads those as this one does. `read` takes no byte more than its line, whatever the shell.
 */
function inner(ends: ScriptEnd): string {
  return [
    '[ "$(id -u)" = 0 ] || exit; echo "$1"; echo "$1" >&2',
    'IFS= read -r w || exit',
    // what is without its end was cut off with the connection: half a script is not run
    ends === 'WithItsLine' ? 'IFS= read -r s || exit' : `s=$(cat); case "$s" in *"$1") s="\${s%"$1"}" ;; *) exit 1 ;; esac`,
    // the point keeps line ends at the end of a word
    `w=$(printf %b. "$w"); s=$(printf %b "$s"); set -- "\${w%.}"`,
    'eval "unset l w s; $s"',
  ].join('; ')
}

const skipPassword = `while IFS= read -r l; do [ "$l" = ${endOfPassword} ] && break; done; `

/** The command for the user's login shell, whichever that is: fixed text, in which nothing of the script or of a password stands. */
export function bootstrap(privilege: Privilege, ends: ScriptEnd): string {
  return `exec /bin/sh -c ${shellQuote(outer(`${rootShell(privilege, inner(ends))} falkirk`))}`
}

function rootShell(privilege: Privilege, program: string): string {
  if (privilege.kind === 'Root') return `/bin/sh -c ${shellQuote(program)}`
  if (privilege.password === undefined) return `sudo -n -- /bin/sh -c ${shellQuote(program)}`
  // -k: a password that sudo remembers would not be asked for, and one that is wrong not be found out
  return `sudo -k -S -p ${shellQuote('')} -- /bin/sh -c ${shellQuote(skipPassword + program)}`
}

export interface BootstrapInput {
  readonly mark: string
  readonly privilege: Privilege
  readonly word: string
  readonly script: string
}

/** What goes to the standard input of `bootstrap`, before `input`; without one, the script ends `WithAll`. */
export function bootstrapInput({ mark, privilege, word, script }: BootstrapInput, input?: Readable): Readable {
  const password = privilege.kind === 'Sudo' && privilege.password !== undefined ? [privilege.password, endOfPassword] : []
  const lines = [mark, ...password, oneLine(word), `${oneLine(script)}${input === undefined ? mark : ''}`]
  return Readable.from(
    (async function* () {
      yield Buffer.from(`${lines.join('\n')}\n`)
      if (input !== undefined) yield* input
    })(),
    { objectMode: false },
  )
}

/** The same for finding out whether a password is right: nothing is behind it that sudo could take for another one. */
export function passwordInput(mark: string, password: string): Readable {
  return Readable.from([`${mark}\n${password}\n`])
}

/** As `printf %b` gives it back. @throws RangeError for a NUL character, which no shell can hold */
function oneLine(text: string): string {
  if (text.includes('\0')) throw new RangeError('a script cannot hold a NUL character')
  return text.replaceAll('\\', '\\0134').replaceAll('\n', '\\0012')
}
