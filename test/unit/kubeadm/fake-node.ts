import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { commandHost } from '../../../src/node/command-host.ts'
import type { Host } from '../../../src/node/host.ts'
import { program, tools } from './stand-ins.ts'

/** A node in a folder: the real scripts of the steps run on it, with stand-ins for the programs that they call. */
export interface FakeNode extends Host {
  readonly folder: string
  read(path: string): string
  write(path: string, content: string, mode?: number): void
  /** What the stand-ins were asked that changes something, oldest first. */
  calls(): readonly string[]
  /** Commands that a step told in its output. */
  told(output: string): readonly string[]
  /** Version of the kubelet that runs. */
  running(): string
  remove(): void
}

export interface FakeNodeLook {
  readonly version: string
  /** What the repositories have beside it. */
  readonly target: string
  readonly role: 'ControlPlane' | 'Worker'
  /** Where the programs lie: `/usr/bin`. */
  readonly programs?: string
}

type Write = (path: string, content: string, mode?: number) => void

export function fakeNode({ version, target, role, programs = '/usr/bin' }: FakeNodeLook): FakeNode {
  const folder = mkdtempSync(join(tmpdir(), 'falkirk-node-'))
  const write = (path: string, content: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    chmodSync(join(folder, path), mode)
  }
  furnish(write, folder, { version, target, role, programs })
  const shell = commandHost('fake', ['/bin/sh'], { FAKE: folder })
  const lines = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8').trimEnd().split('\n') : [])
  return {
    name: 'fake',
    folder,
    run: (script, word, input) =>
      shell.run(
        translated(script, folder),
        word,
        input !== undefined && 'text' in input ? { text: translated(input.text, folder) } : input,
      ),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write,
    calls: () => lines('/calls'),
    told: (output) =>
      output
        .split('\n')
        .filter((line) => line.startsWith('+ '))
        .map((line) =>
          line.slice(2).replaceAll(`${folder}/state`, '/var/lib/falkirk').replaceAll(`-C ${folder} `, '-C / ').replaceAll(folder, ''),
        ),
    running: () =>
      /# \w+ (\S+)/.exec(readFileSync(join(folder, 'proc', lines('/units/kubelet.service/MainPID')[0] ?? '', 'exe'), 'utf8'))?.[1] ?? '',
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** What is on the node before anything is done. */
function furnish(write: Write, folder: string, { version, target, role, programs }: Required<FakeNodeLook>): void {
  for (const [name, text] of Object.entries(tools)) write(`/bin/${name}`, text, 0o755)
  for (const name of ['kubeadm', 'kubelet', 'kubectl']) {
    write(`${programs}/${name}`, program(name, version), 0o755)
    write(`/packages/${name}`, `${version.slice(1)}-00`)
    for (const each of [version, target]) write(`/repository/${name}/${each.slice(1)}-00`, program(name, each), 0o755)
  }
  write('/held', 'kubeadm\nkubelet\nkubectl\n')
  write('/target', target)
  write('/programs', join(folder, programs))
  for (const path of ['/proc/100/exe', '/var/lib/kubelet/config.yaml', '/etc/kubernetes/kubelet.conf']) write(path, `${path}\n`)
  write('/proc/100/exe', program('kubelet', version), 0o755)
  for (const [property, value] of Object.entries({ ActiveState: 'active', MainPID: '100' }))
    write(`/units/kubelet.service/${property}`, `${value}\n`)
  write('/var/lib/kubelet/kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS=""\n')
  if (role === 'ControlPlane') {
    for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      write(`/etc/kubernetes/manifests/${name}.yaml`, `spec:\n  containers:\n  - image: k8s.gcr.io/${name}:${version}\n`)
    }
    write('/etc/kubernetes/manifests/etcd.yaml', 'spec:\n  containers:\n  - image: k8s.gcr.io/etcd:3.4.13-0\n')
    write('/etc/kubernetes/admin.conf', 'admin\n')
    write('/var/lib/etcd/member/snap/db', 'all keys\n')
    // as etcd ends it
    writeFileSync(
      join(folder, 'snapshot.db'),
      Buffer.concat([Buffer.from('all keys\n'), createHash('sha256').update('all keys\n').digest()]),
    )
  }
}

/** The scripts as they are, but for where things are and how long a second is. */
function translated(script: string, folder: string): string {
  return (
    script
      .replaceAll('/var/lib/falkirk', join(folder, 'state'))
      .replaceAll(
        /(?<![\w.])\/(etc|usr\/bin|usr\/local\/bin|var\/lib\/kubelet|var\/lib\/etcd|var\/lib\/apt|var\/cache)(?=[/ '])/g,
        `${folder}/$1`,
      )
      .replaceAll('"/proc/', `"${folder}/proc/`)
      .replaceAll('-C / ', `-C ${folder} `)
      .replace('PATH=/usr/local/sbin', `PATH=${folder}/bin:/usr/local/sbin`)
      .replace(/PATH=\S+(?=:\/usr\/local\/sbin)/, `PATH=${folder}/bin`)
      .replaceAll('sleep 1\n', 'sleep 0.02\n')
      .replaceAll("steady_seconds='10'", "steady_seconds='2'")
      // of the whole machine, which others use
      .replaceAll(/\bsync\b/g, 'true')
  )
}
