import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type HostFacts, parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { factsOf } from './fake-root.ts'
import { hostLayouts } from './host-layouts.ts'

function factsWith(kind: string, tools: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}): HostFacts {
  const host = hostLayouts[kind]
  if (host === undefined) throw new Error(`there is no kind ${kind}`)
  const read = parseHostFacts(factsOf({ ...host, files: { ...host.files, ...files }, tools: { ...host.tools, ...tools } }))
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts
}

it('a host with much on it starts few programs to tell of it: each costs a millisecond or more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-facts-log-'))
  try {
    const log = join(folder, 'log')
    const names = [
      'awk',
      'base64',
      'basename',
      'cat',
      'cut',
      'grep',
      'head',
      'ls',
      'readlink',
      'sed',
      'sort',
      'tail',
      'timeout',
      'tr',
      'wc',
    ]
    const tools = Object.fromEntries(
      names.map((name) => [name, `echo ${name} >> '${log}'; exec "$(PATH=/usr/bin:/bin; command -v ${name})" "$@"`]),
    )
    factsWith('kubeadm-docker', tools)
    expect(readFileSync(log, 'utf8').trim().split('\n').length).toBeLessThan(60)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

it('df is asked for all folders at once, and each is told of its own file system', () => {
  const df =
    'echo Filesystem 1024-blocks Used Available Capacity Mounted; shift; for f; do echo "/dev/x 4000 1000 3000 25% /$#-of-$(basename $f)"; done'
  const { disks } = factsWith('external-etcd', { df })
  expect(disks.map(({ path, mount }) => [path, mount])).toEqual([
    ['/', '/6-of-root'],
    ['/boot', '/6-of-boot'],
    ['/etc/kubernetes', '/6-of-kubernetes'],
    ['/var/lib', '/6-of-lib'],
    ['/var/lib/kubelet', '/6-of-kubelet'],
    ['/var/lib/etcd/cluster', '/6-of-cluster'],
  ])
})

it.each([
  {
    what: 'the one that apt takes first',
    locked: ['/var/lib/dpkg/lock', '/var/lib/dpkg/lock-frontend'],
    file: '/var/lib/dpkg/lock-frontend',
  },
  { what: 'another', locked: ['/var/lib/apt/lists/lock'], file: '/var/lib/apt/lists/lock' },
  { what: 'none', locked: [], file: undefined },
])('of the locks of a package manager, $what is told with who holds it', ({ locked, file }) => {
  const all = ['/var/lib/dpkg/lock', '/var/lib/dpkg/lock-frontend', '/var/lib/apt/lists/lock']
  const inodes = all.map((path, index) => `*${path}) echo "${70 + index} $each" ;;`).join(' ')
  const ls = `[ "$1" = -i ] || exec /bin/ls "$@"; shift; for each; do case $each in ${inodes} esac; done | sort -k 2`
  const held = locked.map((path) => `2: POSIX  ADVISORY  WRITE 901 00:1f:${70 + all.indexOf(path)} 0 EOF\n`)
  const others =
    '1: FLOCK  ADVISORY  WRITE 555 00:1f:7 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 556 00:1f:70 0 EOF\n3: OFDLCK ADVISORY  READ -1 00:06:71 0 EOF\n'
  const { packages } = factsWith(
    'external-etcd',
    { ls },
    { ...Object.fromEntries(all.map((path) => [path, ''])), '/proc/locks': others + held.join(''), '/proc/901/comm': 'apt-get\n' },
  )
  expect(packages.lock).toEqual(file === undefined ? undefined : { file, pid: 901, program: 'apt-get' })
})
