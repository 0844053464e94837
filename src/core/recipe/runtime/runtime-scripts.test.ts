import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { library } from '../scripts/library.ts'
import { shellAssignments } from '../shell-quote.ts'
import { reformatDiskScript } from './scripts/reformat-disk.ts'
import { runtimeBase } from './scripts/runtime-base.ts'
import { restoreDockerScript, switchRuntimeScript } from './scripts/switch-runtime.ts'

let folder: string
const at = (path: string) => join(folder, path)
const read = (path: string) => readFileSync(at(path), 'utf8')
function write(path: string, content: string) {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), content)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'falkirk-runtime-'))
  for (const path of ['etc/docker', 'var/lib', 'state/runtime/c1', 'step']) mkdirSync(at(path), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const was = 'aaaa-1'
/** systemd, docker and the disk are played: `said` has what systemd was asked, `units` who is active. */
const played = `
said() { echo "$*" >> "$root/said"; }
systemctl() {
  case $1 in
    show) [ ! -e "$root/environment-files" ] || cat "$root/environment-files"; return ;;
    disable) case "$*" in *"docker.service docker.socket"*) return 1 ;; *docker.socket*) return 1 ;; *docker.service*) rm -f "$root/units/docker.service" ;; esac ;;
    enable) case "$*" in *docker.socket*) return 1 ;; esac ;;
    stop) rm -f "$root/units/$2" ;;
    start) : > "$root/units/$2" ;;
  esac
  said "$@"
}
property() { case $2 in
  ActiveState) if [ -e "$root/units/$1" ]; then echo active; else echo inactive; fi ;;
  MainPID) echo $$ ;;
  Environment) [ ! -e "$root/environment" ] || cat "$root/environment" ;;
  UnitFileState) echo enabled ;;
esac; }
docker() { [ ! -e "$root/strangers" ] || case "$*" in *Names*) cat "$root/strangers" ;; esac; }
ctr() { :; }
sync() { :; }
sleep() { :; }
content_of() { [ ! -e "$root/disk" ] || sed -n "s/^$2=//p" "$root/disk"; }
`

function run(script: string, call: string): string {
  const values = shellAssignments({
    ...{ root: folder, state: at('state'), folder: at('step'), change: 'c1', step: 's', wait_seconds: '3', steady_seconds: '1' },
    ...{ disk: '/dev/vg0/docker', disk_uuid: was, disk_content: 'ext4', disk_id: '', disk_kib: '1', docker_root: '/var/lib/docker' },
    ...{ containerd_data: '/var/lib/containerd', fill_place: at('mount'), socket: 'unix:///c.sock', settings: '', registries: '' },
    ...{ flag_files: at('etc/flags'), flags_file: at('etc/flags'), flags_variable: 'KUBELET_ARGS', remove_flags: '', add_flags: '--x' },
  })
  const text = [library, runtimeBase, script].join('').replaceAll('/etc/', `${folder}/etc/`)
  return execFileSync('sh', ['-c', [values, text, played, call].join('\n')], { encoding: 'utf8', stdio: 'pipe' })
}

describe('the line of docker in /etc/fstab', () => {
  it.each([
    { line: 'LABEL=docker /var/lib/docker/ xfs defaults,nofail,pquota 0 0', options: ',nofail' },
    {
      line: `UUID="${was}" /var/lib/docker ext4 defaults,_netdev,x-systemd.requires=iscsid.service 0 2`,
      options: ',_netdev,x-systemd.requires=iscsid.service',
    },
    { line: '/dev/vg0/docker\t/var/lib/docker\text4\tdefaults\t0 2', options: '' },
  ])('$line becomes a comment, and what it says of the boot holds for containerd', ({ line, options }) => {
    write('etc/fstab', `/dev/sda1 / ext4 defaults 0 1\n${line}`)
    write('state/runtime/disk', `was=${was}\nroot=/var/lib/docker\n`)
    run(reformatDiskScript, `quiet_fstab "$docker_root" ${was}`)
    expect(read('etc/fstab')).toBe(`/dev/sda1 / ext4 defaults 0 1\n# the disk is containerd's now, says falkirk: ${line}\n`)
    run(reformatDiskScript, 'made=bbbb-2; add_to_fstab && add_to_fstab')
    expect(read('etc/fstab').split('\n').slice(2)).toEqual([`UUID=bbbb-2 /var/lib/containerd ext4 defaults${options} 0 2`, ''])
  })
})

describe('docker', () => {
  it('loses nothing while containers run on it that are not of Kubernetes', () => {
    write('units/docker.service', '')
    write('units/kubelet.service', '')
    write('strangers', 'postgres \nk8s_web web\n')
    const says =
      /docker runs containers that are not of Kubernetes \(postgres\), which would not come back: nothing was touched; move them elsewhere/
    expect(() => run(reformatDiskScript, 'number=1:1; look_again')).toThrow(says)
    expect(() => run(switchRuntimeScript, 'act')).toThrow(says)
    expect(existsSync(at('units/kubelet.service'))).toBe(true)
  })

  it('ends where it has no socket, and comes back after a boot where it did before', () => {
    write('units/docker.service', '')
    run(switchRuntimeScript, 'end_docker')
    expect(existsSync(at('units/docker.service'))).toBe(false)
    run(restoreDockerScript, 'disk=; act')
    expect(read('said')).toMatch(/^enable --quiet docker\.service$/m)
  })

  it('is not told to be as it was while the kubelet that was stopped is down', () => {
    write('units/docker.service', '')
    expect(run(restoreDockerScript, 'probe && echo yes')).toBe('yes\n')
    write('units/kubelet.service', '')
    run(switchRuntimeScript, 'note_kubelet; stop_kubelet')
    expect(run(restoreDockerScript, 'disk=; probe || echo no; act; probe && echo yes')).toBe('no\nyes\n')
  })
})

describe('where the disk of docker was formatted', () => {
  const refusal = () => run(`${restoreDockerScript}\ndocker_is_gone() { true; }`, 'act')

  it('an empty docker comes back by the commands that are told', () => {
    expect(refusal).toThrow(/comes back by systemctl enable --now docker\.service; systemctl restart kubelet/)
  })

  it('the file of the flags belongs to them once it is kept', () => {
    const kept = `state/runtime/c1/kept${at('etc/flags')}`
    write(kept, '')
    expect(refusal).toThrow(`comes back by cp -a ${at(kept)} ${at('etc/flags')}; systemctl enable --now docker.service`)
  })
})

it('a file that was put back and then mended is kept as it was mended', () => {
  write('etc/flags', 'KUBELET_ARGS="--old"\n')
  write('units/docker.service', '')
  const change = 'end_docker; keep "$flags_file"; echo KUBELET_ARGS=--x > "$flags_file"'
  const back = 'disk=; probe || act'
  run(switchRuntimeScript, change)
  run(restoreDockerScript, back)
  expect(read('etc/flags')).toBe('KUBELET_ARGS="--old"\n')
  write('etc/flags', 'KUBELET_ARGS="--mended"\n')
  // begun once more, and ended before anything was kept
  run(restoreDockerScript, 'disk=; act')
  expect(read('etc/flags')).toBe('KUBELET_ARGS="--mended"\n')
  run(switchRuntimeScript, change)
  run(restoreDockerScript, back)
  expect(read('etc/flags')).toBe('KUBELET_ARGS="--mended"\n')
})

describe('the kubelet', () => {
  const noted = () => ['kubelet-on', 'kubelet-off'].filter((name) => existsSync(at(`state/runtime/c1/${name}`)))

  it.each([
    { state: 'active', noted: 'kubelet-on' },
    { state: 'activating', noted: 'kubelet-on' },
    { state: 'inactive', noted: 'kubelet-off' },
    { state: 'failed', noted: 'kubelet-off' },
  ])('that is $state when docker is left is noted as $noted, also where its program was replaced under it', ({ state, noted: as }) => {
    run(switchRuntimeScript, `is_replaced() { true; }; property() { echo ${state}; }; note_kubelet`)
    expect(noted()).toEqual([as])
  })

  it('is noted once, before the change has stopped it', () => {
    run(switchRuntimeScript, 'property() { echo active; }; note_kubelet')
    run(switchRuntimeScript, 'property() { echo inactive; }; note_kubelet')
    expect(noted()).toEqual(['kubelet-on'])
  })
})

describe("docker's certificates of a registry", () => {
  const there = 'etc/containerd/certs.d/registry:5000'

  it('go to containerd as a whole, also after a copy that was cut off', () => {
    write('etc/docker/certs.d/registry:5000/ca.crt', 'ca')
    write('etc/docker/certs.d/registry:5000/client.key', 'key')
    write(`${there}.falkirk-part/half`, '')
    run(switchRuntimeScript, 'write_registries')
    expect(readdirSync(at(there)).sort()).toEqual(['ca.crt', 'client.key'])
    expect(existsSync(at(`${there}.falkirk-part`))).toBe(false)
  })

  it('do not replace those that somebody has given to containerd', () => {
    write('etc/docker/certs.d/registry:5000/ca.crt', 'ca')
    write(`${there}/hosts.toml`, 'own')
    run(switchRuntimeScript, 'write_registries')
    expect(readdirSync(at(there))).toEqual(['hosts.toml'])
  })
})

describe("docker's proxy", () => {
  const proxy = 'etc/systemd/system/containerd.service.d/falkirk-proxy.conf'

  it('is that of containerd, wherever docker has it from, with the percent signs of its password', () => {
    write('environment', 'HTTP_PROXY=http://me:p%40ss@proxy:3128 OTHER=1\n')
    write('etc/sysconfig-docker', "# HTTPS_PROXY=no\nHTTPS_PROXY='http://proxy:3129'\n")
    write('environment-files', `EnvironmentFiles=${at('etc/sysconfig-docker')} (ignore_errors=yes)\n`)
    write('etc/docker/daemon.json', '{"proxies": {\n "no-proxy": "localhost,10.0.0.0/8" } }\n')
    run(switchRuntimeScript, 'write_proxy && write_proxy')
    expect(read(proxy)).toBe(
      '[Service]\nEnvironment="HTTP_PROXY=http://me:p%%40ss@proxy:3128"\nEnvironment="HTTPS_PROXY=http://proxy:3129"\nEnvironment="no_proxy=localhost,10.0.0.0/8"\n',
    )
  })

  it('is for root alone to read, as it may hold a password, also while it is being written', () => {
    write('environment', 'HTTP_PROXY=http://me:secret@proxy:3128\n')
    const modes = `mv() { stat -c %a "$2" >> "$root/modes"; command mv "$@"; }`
    run(switchRuntimeScript, `${modes}; umask 022; write_proxy; umask >> "$root/modes"`)
    expect([read('modes'), statSync(at(proxy)).mode & 0o777]).toEqual(['600\n0022\n', 0o600])
  })

  it('is none where docker has none', () => {
    run(switchRuntimeScript, 'write_proxy')
    expect(existsSync(at(proxy))).toBe(false)
  })
})
