import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { hostFactsScript } from '../../../src/core/host/facts-script.ts'

/** A host as files: what is at a path, a link to somewhere, or a program that says something. */
export type HostFile = string | Uint8Array | { readonly link: string } | { readonly says: string }
export type HostFiles = Readonly<Record<string, HostFile>>

/** A unit of systemd, as `systemctl show` tells of it. */
export type Unit = Readonly<Record<string, string>>

export interface FakeHost {
  readonly files: HostFiles
  readonly units?: readonly Unit[]
  /** Programs of the host that the script asks, beside those that every host has. */
  readonly tools?: Readonly<Record<string, string>>
}

/** Programs whose answers differ from machine to machine. */
const sameEverywhere = {
  id: 'echo 0',
  date: 'echo 1795305600',
  uname: 'echo x86_64',
  df: 'echo Filesystem 1024-blocks Used Available Capacity Mounted; echo /dev/sda1 40000000 10000000 30000000 25% /',
  du: 'echo 81920 x',
  ip: 'echo "2: eth0    inet 10.0.0.1/24 brd 10.0.0.255 scope global eth0"; echo "9: cni0    inet 10.244.0.1/24 scope global cni0"',
  getent: 'echo "10.0.0.100      STREAM $2"; echo "10.0.0.100      DGRAM"',
  systemctl: [
    'units=$(dirname "$0")/units',
    'case "$*" in *containerd.service*) cat "$units" ;; *) sed -n "/^Id=kubelet.service$/,/^$/p" "$units" ;; esac',
  ].join('\n'),
}

/** What the facts script prints on a host of such files. Everything that was made for it goes. */
export function factsOf({ files, units = [], tools = {} }: FakeHost, shell = 'sh', disk = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-facts-'))
  try {
    const root = join(folder, 'root')
    for (const [path, file] of Object.entries(files)) put(join(root, path), file)
    for (const [name, script] of Object.entries({ ...sameEverywhere, ...tools })) put(join(folder, 'tools', name), program(script), 0o755)
    put(join(folder, 'tools/units'), units.map(unitText).join('\n'))
    const script = hostFactsScript({ disk, root, tools: join(folder, 'tools') })
    // as over SSH: the shell reads the script from its standard input
    return execFileSync(shell, { input: script, encoding: 'latin1', env: {}, maxBuffer: 10_000_000 }).replaceAll(root, '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function put(path: string, file: HostFile, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  if (typeof file === 'string' || file instanceof Uint8Array) {
    writeFileSync(path, file)
    chmodSync(path, mode)
  } else if ('link' in file) symlinkSync(file.link, path)
  else put(path, program(`echo '${file.says}'`), 0o755)
}

function program(script: string): string {
  return `#!/bin/sh\n${script}\n`
}

function unitText(unit: Unit): string {
  const all = { LoadState: 'loaded', ActiveState: 'active', UnitFileState: 'enabled', ...unit }
  return Object.entries(all)
    .map(([property, value]) => `${property}=${value}\n`)
    .join('')
}
