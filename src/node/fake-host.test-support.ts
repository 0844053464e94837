import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandHost } from './command-host.ts'
import type { Host } from './host.ts'

/** A file that answers like a k3s binary. `ends`: its service does not stay up. */
export function fakeBinary(version: string, { ends = false, says = version } = {}): string {
  return `#!/bin/sh\n# ${version}${ends ? ' ends at once' : ''}\necho 'k3s version ${says} (0123abcd)'\n`
}

/** systemd of one service in a folder: what a unit is like are files, `systemctl restart` makes a new process of what is on the disk. */
const systemctl = String.raw`#!/bin/sh
value() { cat "$FAKE/units/$1/$2" 2> /dev/null; }
case $1 in
  show) property=$3; shift 3; for unit; do printf '%s=%s\n' "$property" "$(value "$unit" "$property")"; done ;;
  list-units) for unit in "$FAKE"/units/k3s*.service; do echo "$(basename "$unit") loaded"; done ;;
  stop) echo inactive > "$FAKE/units/$2/ActiveState" && echo 0 > "$FAKE/units/$2/MainPID" ;;
  restart)
    unit=$FAKE/units/$3
    echo restart >> "$FAKE/restarts"
    program=$(sed -n 's/^{ path=\([^ ]*\) .*/\1/p' "$unit/ExecStart")
    if grep -q 'ends at once' "$program"; then
      echo activating > "$unit/ActiveState"
      (n=0; while [ $n -lt 30 ] && [ "$(cat "$unit/ActiveState")" = activating ]; do n=$((n + 1)); echo $((1000 + n)) > "$unit/MainPID"; sleep 0.1; done) &
      exit 0
    fi
    pid=$(($(cat "$unit/MainPID") + 1))
    mkdir -p "$FAKE/proc/$pid" && cp -p "$program" "$FAKE/proc/$pid/exe"
    echo "$pid" > "$unit/MainPID" && echo active > "$unit/ActiveState"
    ;;
esac
`

/** The unit runs in the background, in a session of its own; whoever started it may be killed. */
const systemdRun = `#!/bin/sh
unit=$FAKE/units/$(echo "$*" | sed 's/.*--unit=\\([^ ]*\\) .*/\\1/')
while [ "$1" != /bin/sh ]; do shift; done
mkdir -p "$unit" && echo active > "$unit/ActiveState"
setsid sh -c '"$@"; rm -r "$0"' "$unit" "$@" < /dev/null > /dev/null 2>&1 &
`

export interface FakeHost extends Host {
  readonly folder: string
  readonly binary: string
  /** What was logged on the host, oldest first: `STEP what`. */
  log(): string[]
  restarts(): number
  /** Version of the process that serves. */
  running(): string
  setUnit(unit: string, properties: Readonly<Record<string, string>>): void
  remove(): void
}

/** A host in a folder, with k3s of a version that runs as `k3s.service`; its scripts are run for real, by `sh`. */
export function fakeHost(version: string, { role = 'server' } = {}): FakeHost {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-host-'))
  const binary = join(folder, 'usr/local/bin/k3s')
  for (const part of ['bin', 'usr/local/bin', 'proc/1', 'run/systemd/system', 'units']) mkdirSync(join(folder, part), { recursive: true })
  const write = (path: string, content: string) => {
    writeFileSync(join(folder, path), content)
    chmodSync(join(folder, path), 0o755)
  }
  write('bin/systemctl', systemctl)
  write('bin/systemd-run', systemdRun)
  write('usr/local/bin/k3s', fakeBinary(version))
  write('proc/1/exe', fakeBinary(version))
  const unit = role === 'server' ? 'k3s.service' : 'k3s-agent.service'
  const setUnit = (name: string, properties: Readonly<Record<string, string>>) => {
    mkdirSync(join(folder, 'units', name), { recursive: true })
    for (const [property, value] of Object.entries(properties)) write(join('units', name, property), `${value}\n`)
  }
  const exec = `{ path=${binary} ; argv[]=${binary} ${role} --token hunter2 ; ignore_errors=no }`
  setUnit(unit, { ExecStart: exec, ActiveState: 'active', MainPID: '1', UnitFileState: 'enabled', Type: 'notify' })
  const lines = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trimEnd().split('\n') : [])
  const shell = commandHost('fake', ['/bin/sh'], { FAKE: folder })
  return {
    name: 'fake',
    folder,
    binary,
    run: (script, word, input) => {
      const here = input !== undefined && 'text' in input ? { text: translated(input.text, folder) } : input
      return shell.run(translated(script, folder), word, here)
    },
    log: () => lines('state/steps.log').map((line) => line.split(' ').slice(2).join(' ')),
    restarts: () => lines('restarts').length,
    running: () => {
      const pid = readFileSync(join(folder, 'units', unit, 'MainPID'), 'utf8').trim()
      return /# (\S+)/.exec(readFileSync(join(folder, 'proc', pid, 'exe'), 'utf8'))?.[1] ?? ''
    },
    setUnit,
    remove: () => {
      // what still runs as a unit ends with its state: nothing is left in the folder for it to go on with
      for (const name of readdirSync(join(folder, 'units'))) setUnit(name, { ActiveState: 'inactive' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The scripts as they are, but for where things are and how long a second is. */
function translated(script: string, folder: string): string {
  return (
    script
      .replaceAll('/var/lib/falkirk', join(folder, 'state'))
      .replaceAll('/var/lib/rancher', join(folder, 'rancher'))
      .replaceAll('/etc/rancher', join(folder, 'etc/rancher'))
      .replaceAll('"/proc/', `"${folder}/proc/`)
      .replaceAll('/run/systemd/system', join(folder, 'run/systemd/system'))
      .replace('PATH=/usr/local/sbin', `PATH=${folder}/bin:/usr/local/sbin`)
      .replaceAll('sleep 1\n', 'sleep 0.05\n')
      .replaceAll("steady_seconds='10'", "steady_seconds='2'")
      .replaceAll("most_starts='10'", "most_starts='3'")
      // of the whole machine, which others use
      .replaceAll(/\bsync\b/g, 'true')
  )
}
