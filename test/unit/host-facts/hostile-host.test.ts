import { existsSync, rmSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hostFactsScript } from '../../../src/core/host/facts-script.ts'
import { type HostFacts, parseHostFacts } from '../../../src/core/host/host-facts.ts'
import { commandHost } from '../../../src/node/command-host.ts'
import { type FakeHost, factsOf, type HostFiles } from './fake-root.ts'
import { hostLayouts } from './host-layouts.ts'

// nobody makes it: a word that is run would
const mark = join(tmpdir(), `falkirk-hostile-${process.pid}`)
afterAll(() => rmSync(mark, { force: true }))

function read(output: string): HostFacts {
  expect(output.length).toBeLessThan(65_536)
  const parsed = parseHostFacts(output)
  if (parsed.kind === 'Refused') throw new Error(parsed.message)
  return parsed.facts
}

function changed(files: HostFiles, kind = 'kubeadm-docker'): FakeHost {
  const host = hostLayouts[kind]
  if (host === undefined) throw new Error(`there is no kind ${kind}`)
  return { ...host, files: { ...host.files, ...files } }
}

describe('the facts script on a hostile host', () => {
  const words = [`$(touch ${mark})`, `\`touch ${mark}\``, `'; touch ${mark}; '`, `" && touch ${mark} && "`, `| touch ${mark}`]

  it('says shell metacharacters as they stand, and runs nothing of them', () => {
    const files = {
      '/etc/os-release': words.map((word, index) => `${['ID_LIKE', 'PRETTY_NAME', 'VERSION_ID'][index] ?? 'X'}=${word}\n`).join(''),
      '/proc/901/cmdline': `/usr/bin/kubelet\0--config=${words[0]}\0${words.map((word) => `--x=${word}\0`).join('')}`,
      '/var/lib/kubelet/kubeadm-flags.env': `KUBELET_KUBEADM_ARGS=${words.join(' ')}\n`,
      '/etc/docker/daemon.json': words.join('\n'),
      '/etc/kubernetes/kubelet.conf': `    server: https://${words[0]}:6443\n`,
      '/etc/kubernetes/scheduler.conf': `    server: https://*\n`,
      '/etc/kubernetes/controller-manager.conf': '    server: https://me:hunter2@--help/\n',
      '/var/lib/dpkg/status': words.map((word) => `Package: kubelet\nStatus: hold ok installed\nVersion: ${word}\n`).join('\n'),
      '/etc/kubernetes/pki/apiserver.crt': `-----BEGIN CERTIFICATE-----\n${words.join('\n')}\n-----END CERTIFICATE-----\n`,
      ...Object.fromEntries(
        words.flatMap((word) => [
          [`/etc/apt/sources.list.d/${word.replaceAll('/', '_')}.list`, `deb https://${word}/kubernetes x main\n`],
          [`/etc/kubernetes/manifests/${word.replaceAll('/', '_')}.yaml`, `    - --x=${word}\n    image: ${word}\n`],
        ]),
      ),
    }
    const facts = read(factsOf(changed(files)))
    expect(facts.kubelet.arguments).toEqual(expect.arrayContaining(words.map((word) => `--x=${word}`)))
    expect(facts.api?.servers.map(({ server }) => server)).toEqual([
      `https://${words[0]?.replace(' ', '')}:6443`,
      'https://me:***@--help/',
      'https://*',
      'https://api.example:6443',
    ])
    expect(facts.api?.names.map(({ name }) => name)).toEqual(['api.example'])
    expect(existsSync(mark)).toBe(false)
  })

  it('says nothing that a terminal would obey, and no line that it was not meant to', () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\r\tsay\tasRoot\tno\ndone\t\t\nopen\t\t\n\\ " \u{1f4a9} \\n \\c \\u0000'
    const files = {
      '/etc/docker/daemon.json': evil,
      '/etc/machine-id': `${evil}\n`,
      '/etc/os-release': `ID=debian\nPRETTY_NAME="${evil}"\n`,
    }
    const output = factsOf(changed({ ...files, '/proc/sys/kernel/hostname': 'host-1', '/etc/machine-id': 'abc\n' }))
    expect(output).toMatch(/^[ -~]+\n$/)
    const facts = read(output)
    expect(facts.asRoot).toBe(true)
    expect(facts.runtime.dockerConfig).toContain('\\ "      \\n \\c \\u0000')
  })

  it('has room for what matters when files are megabytes long and folders are full', () => {
    const many = (count: number, file: (index: number) => readonly [string, string]) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => file(index)))
    const long = 'x'.repeat(1_000_000)
    const facts = read(
      factsOf(
        changed({
          '/etc/docker/daemon.json': `${'"quoted" '.repeat(100_000)}\n`,
          '/etc/os-release': `ID=debian\nPRETTY_NAME="${long}"\n`,
          '/var/lib/kubelet/kubeadm-flags.env': '--a-flag="with quotes"\n'.repeat(20_000),
          '/var/lib/kubelet/config.yaml': `${'key: value\n'.repeat(20_000)}${long}`,
          '/proc/901/cmdline': `/usr/bin/kubelet\0${'--flag=value\0'.repeat(20_000)}`,
          '/var/lib/dpkg/status': Array.from(
            { length: 5_000 },
            (_, index) => `Package: kube-${index}\nStatus: hold ok half-configured\nVersion: 1\n`,
          ).join('\n'),
          ...many(60, (index) => [
            `/etc/apt/sources.list.d/k${index}.list`,
            'deb https://pkgs.k8s.io/core:/stable:/v1.30/deb/ /\n'.repeat(30),
          ]),
          ...many(100, (index) => [`/etc/kubernetes/pki/x${index}.crt`, long.slice(0, 10_000)]),
          ...many(40, (index) => [`/etc/kubernetes/manifests/p${index}.yaml`, '    - --flag="a value"\n'.repeat(500)]),
        }),
      ),
    )
    expect(facts).toMatchObject({ cut: true, complete: true, os: { id: 'debian' } })
    expect(facts.packages.holds.length).toBeGreaterThan(10)
  })

  it('tells what cannot be answered by leaving it out', () => {
    const facts = read(factsOf({ files: { '/proc/swaps': '' } }))
    expect(facts).toMatchObject({ os: { init: 'other' }, programs: [], services: [], complete: true })
    expect(facts.packages.manager).toBeUndefined()
  })
})

it('the facts script says what this machine is', async () => {
  const { stdout, exitCode } = await commandHost('here', ['/bin/sh']).run(hostFactsScript(), 'facts')
  expect(exitCode).toBe(0)
  expect(read(stdout).os.kernel).toBe(release())
})
