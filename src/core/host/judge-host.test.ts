import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseVersion } from '../version/kubernetes-version.ts'
import { type HostFacts, parseHostFacts } from './host-facts.ts'
import { judgeHost } from './judge-host.ts'
import { layoutOf } from './layout.ts'

const nowMs = Date.parse('2026-11-22T00:00:00Z')

function factsOf(kind: string): HostFacts {
  const read = parseHostFacts(readFileSync(join(import.meta.dirname, 'testdata', `${kind}.facts.json`), 'utf8').replaceAll('\n', ''))
  if (read.kind === 'Refused') throw new Error(read.message)
  return read.facts
}

const kubeadm = factsOf('kubeadm-containerd')
const units = factsOf('external-etcd')

/** What is said of one check, as `severity message`. */
function said(check: string, facts: HostFacts, to?: string, withinMs = 0): readonly string[] {
  const target = to === undefined ? undefined : parseVersion(to)
  const view = { facts, layout: layoutOf(facts), nowMs, withinMs, ...(target === undefined ? {} : { target }) }
  return judgeHost(view).flatMap((finding) => (finding.check === check ? [`${finding.severity} ${finding.message}`] : []))
}

function at(version: string, facts: HostFacts = kubeadm): HostFacts {
  return { ...facts, programs: facts.programs.map((program) => (program.name === 'kubelet' ? { ...program, version } : program)) }
}

function containerd(version: string, facts: HostFacts = kubeadm): HostFacts {
  return { ...facts, programs: facts.programs.map((program) => (program.name === 'containerd' ? { ...program, version } : program)) }
}

function etcd(tag: string): HostFacts {
  const staticPods = kubeadm.staticPods.map((pod) =>
    pod.path.endsWith('etcd.yaml') ? { ...pod, image: `registry.k8s.io/etcd:${tag}` } : pod,
  )
  return { ...at('v1.33.6'), staticPods }
}

describe('a disk that docker has for itself', () => {
  const disk = {
    path: '/var/lib/docker',
    mount: '/var/lib/docker',
    sizeKib: 41_943_040,
    freeKib: 20_971_520,
    device: '/dev/mapper/vg0-docker',
  }

  it.each([
    { what: 'docker', facts: factsOf('kubeadm-docker'), disks: [disk], says: ['Note'] },
    { what: 'docker without one', facts: factsOf('kubeadm-docker'), disks: [{ ...disk, mount: '/' }], says: [] },
    { what: 'containerd', facts: kubeadm, disks: [disk], says: [] },
  ])('is named beforehand: $what', ({ facts, disks, says }) => {
    const found = { ...facts, disks }
    const findings = judgeHost({ facts: found, layout: layoutOf(found), nowMs }).filter(({ check }) => check === 'docker-disk')
    expect(findings.map(({ severity }) => severity)).toEqual(says)
    for (const { message, fix } of findings) {
      expect(message).toBe('docker has a disk of its own: /dev/mapper/vg0-docker at /var/lib/docker (40.0 GiB, 20.0 GiB of it in use)')
      expect(fix).toContain('--reformat-disk /dev/mapper/vg0-docker gives it to containerd, and all that is on it is lost')
    }
  })
})

describe('the runtime', () => {
  it.each([
    { version: '1.5.18', from: 'v1.25.3', to: 'v1.25.16', says: [] },
    {
      version: '1.5.18',
      from: 'v1.25.3',
      to: 'v1.26.0',
      says: ['Blocks containerd 1.5.18 has no CRI v1: a kubelet of v1.26 does not register beside it'],
    },
    { version: '1.6.0', from: 'v1.25.3', to: 'v1.26.0', says: [] },
    {
      version: '2.0.0',
      from: 'v1.22.1',
      to: 'v1.23.0',
      says: ['Blocks containerd 2.0.0 has CRI v1 alone, which a kubelet below v1.23 does not speak'],
    },
    { version: '2.0.0', from: 'v1.23.1', to: 'v1.24.0', says: [] },
    {
      version: '1.6.39',
      from: 'v1.34.2',
      to: 'v1.35.0',
      says: ['Risk containerd 1.6.39 is older than what v1.35 is tried with (1.7.28, 2.1.5)'],
    },
    {
      version: '1.7.28',
      from: 'v1.34.2',
      to: 'v1.36.0',
      says: ['Note containerd 1.7.28 cannot tell its cgroup driver, which a kubelet of v1.38 asks for'],
    },
    { version: '2.1.5', from: 'v1.34.2', to: 'v1.36.0', says: [] },
  ])('containerd $version on the way from $from to $to', ({ version, from, to, says }) => {
    expect(said('runtime', containerd(version, at(from)), to)).toEqual(says)
  })

  it('has the cgroup driver of the kubelet, unless both are new enough to ask', () => {
    expect(said('cgroup-driver', units)).toEqual([])
    expect(said('cgroup-driver', containerd('1.7.28', units))).toEqual([
      'Blocks the kubelet has cgroup driver systemd, and containerd has cgroupfs: pods do not start',
    ])
  })

  it('gets the driver of kubeadm v1.22 where the kubelet has named none', () => {
    const facts = { ...at('v1.21.14'), kubelet: { ...kubeadm.kubelet, config: [] }, runtime: { ...kubeadm.runtime, config: [] } }
    expect(said('cgroup-driver', facts, 'v1.21.14')).toEqual([])
    expect(said('cgroup-driver', facts, 'v1.22.17')).toEqual([
      'Blocks the kubelet names no cgroup driver, kubeadm of v1.22 writes systemd there, and containerd has cgroupfs',
    ])
  })
})

describe('etcd', () => {
  it.each([
    { tag: '3.5.24-0', to: 'v1.33.13', says: 0 },
    { tag: '3.5.24-0', to: 'v1.34.11', says: 1 },
    { tag: '3.5.26-0', to: 'v1.34.11', says: 0 },
    // what it will be at v1.34 is told by the path
    { tag: '3.5.24-0', to: 'v1.35.8', says: 0 },
  ])('$tag before $to', ({ tag, to, says }) => {
    expect(said('etcd', etcd(tag), to)).toHaveLength(says)
  })
})

describe('an etcd on hosts of its own', () => {
  const beside = (servers: string): HostFacts => {
    const path = '/etc/kubernetes/manifests/kube-apiserver.yaml'
    return { ...kubeadm, staticPods: [{ path, image: 'kube-apiserver:v1.33.5', arguments: [`--etcd-servers=${servers}`] }] }
  }

  it.each([
    { servers: 'https://etcd1:2379,https://etcd2:2379', says: [] },
    {
      servers: 'https://etcd1:2379',
      says: [
        'Risk the API server knows one address of etcd, https://etcd1:2379: where that is one member, it serves nothing while that one is restarted',
      ],
    },
  ])('that an API server reaches at $servers', ({ servers, says }) => {
    expect(said('etcd', beside(servers))).toEqual(says)
  })
})

describe('certificates', () => {
  const ends = (path: string, notAfter: string): HostFacts => ({ ...kubeadm, certificates: [{ path, notAfter }] })

  it.each([
    { path: '/etc/kubernetes/pki/a.crt', notAfter: '261222000000Z', says: [] },
    { path: '/etc/kubernetes/pki/a.crt', notAfter: '261221235959Z', says: ['Risk /etc/kubernetes/pki/a.crt ends in 29 days'] },
    { path: '/etc/kubernetes/pki/a.crt', notAfter: '261122120000Z', says: ['Risk /etc/kubernetes/pki/a.crt ends today'] },
    { path: '/etc/kubernetes/pki/a.crt', notAfter: '261121000000Z', says: ['Blocks /etc/kubernetes/pki/a.crt has ended 1 day ago'] },
    { path: '/etc/kubernetes/pki/a.crt', notAfter: '991231000000Z', says: ['Blocks /etc/kubernetes/pki/a.crt has ended 9823 days ago'] },
    { path: '/etc/kubernetes/pki/ca.crt', notAfter: '20270501000000Z', says: ['Risk /etc/kubernetes/pki/ca.crt ends in 160 days'] },
    { path: '/etc/kubernetes/pki/ca.crt', notAfter: '20990101000000Z', says: [] },
    { path: '/etc/kubernetes/pki/ca.crt', notAfter: '261123110000Z', says: ['Blocks /etc/kubernetes/pki/ca.crt ends in 1 day'] },
    // no API server asks for it, and a kubelet never makes another: on each cluster that is older than a year it has ended
    {
      path: '/var/lib/kubelet/pki/kubelet.crt',
      notAfter: '250101000000Z',
      says: ['Note /var/lib/kubelet/pki/kubelet.crt has ended 690 days ago'],
    },
    {
      path: '/var/lib/kubelet/pki/kubelet-client-current.pem',
      notAfter: '261123110000Z',
      says: ['Risk /var/lib/kubelet/pki/kubelet-client-current.pem ends in 1 day'],
    },
  ])('$path until $notAfter', ({ path, notAfter, says }) => {
    expect(said('certificate', ends(path, notAfter))).toEqual(says)
  })

  it('that end tomorrow hold an upgrade where kubeadm cannot renew them', () => {
    const { kubeadm: own, ...rest } = ends('/etc/kubernetes/pki/apiserver.crt', '261123110000Z')
    expect(said('certificate', { ...rest, kubeadm: { ...own, caKey: true } })).toEqual([
      'Risk /etc/kubernetes/pki/apiserver.crt ends in 1 day',
    ])
    expect(said('certificate', { ...rest, kubeadm: { ...own, caKey: false } })).toEqual([
      'Blocks /etc/kubernetes/pki/apiserver.crt ends in 1 day',
    ])
  })
})

describe('the system', () => {
  it.each([
    { ahead: 5, within: 0, says: [] },
    { ahead: 6, within: 0, says: ['Risk the clock is 6 s ahead of the one of this machine'] },
    { ahead: -90, within: 0, says: ['Risk the clock is 90 s behind the one of this machine'] },
    { ahead: -8, within: 4_000, says: [] },
  ])('with a clock $ahead s ahead, known to $within ms', ({ ahead, within, says }) => {
    expect(said('clock', { ...kubeadm, epochSeconds: nowMs / 1000 + ahead }, undefined, within)).toEqual(says)
  })

  it('may have swap where the kubelet is told so', () => {
    const swaps = [{ device: '/dev/sda2', kib: 2_097_148, usedKib: 0 }]
    expect(said('swap', { ...kubeadm, swaps })).toEqual(['Blocks swap is on (/dev/sda2, 2.0 GiB), and a kubelet does not start beside it'])
    expect(said('swap', { ...units, swaps })).toEqual([])
    expect(said('swap', { ...factsOf('k3s'), swaps })).toEqual([])
  })

  it.each([
    { kernel: '4.18.0-553.el8', to: 'v1.32.13', says: [] },
    {
      kernel: '4.18.0-553.el8',
      to: 'v1.33.13',
      says: ['Blocks Linux 4.18.0-553.el8 is refused by kubeadm of v1.33, which wants 4.19 or newer'],
    },
    { kernel: '4.18.0-553.el8', to: 'v1.34.11', says: ['Risk Linux 4.18.0-553.el8 is older than what v1.34 is made for (5.4)'] },
    { kernel: '4.19.0', to: 'v1.33.13', says: [] },
  ])('with Linux $kernel before $to', ({ kernel, to, says }) => {
    expect(said('kernel', { ...at('v1.32.9'), os: { ...kubeadm.os, kernel } }, to)).toEqual(says)
  })

  it('needs cgroup v2 from v1.35 on, unless the kubelet is told so', () => {
    const facts: HostFacts = { ...kubeadm, os: { ...kubeadm.os, cgroup: 'hybrid' } }
    expect(said('cgroup', facts, 'v1.34.11')).toEqual([])
    expect(said('cgroup', facts, 'v1.35.8')).toEqual(['Blocks this host has cgroup v1, and a kubelet of v1.35 does not start on it'])
    const told = { ...facts, kubelet: { ...facts.kubelet, config: [...facts.kubelet.config, 'failCgroupV1: false'] } }
    expect(said('cgroup', told, 'v1.35.8')).toEqual([])
  })

  it('has room for what kubeadm keeps of etcd', () => {
    const disks = kubeadm.disks.map((disk) => ({ ...disk, freeKib: 90_000 }))
    expect(said('etcd-backup-room', { ...kubeadm, disks })).toEqual([
      "Blocks kubeadm copies etcd's 80 MiB to /etc/kubernetes/tmp, and 88 MiB are left there",
    ])
    expect(said('etcd-backup-room', { ...kubeadm, disks: disks.map((disk) => ({ ...disk, freeKib: 98_304 })) })).toEqual([])
  })
})

describe('packages', () => {
  const from = (source: string): HostFacts => ({
    ...kubeadm,
    packages: { ...kubeadm.packages, repositories: [{ file: '/etc/x.repo', source }] },
  })

  it.each([
    { source: 'https://pkgs.k8s.io/core:/stable:/v1.34/rpm/', to: 'v1.34.11', says: [] },
    { source: 'https://pkgs.k8s.io/core:/stable:/v1.34/rpm/', to: 'v1.35.8', says: ['Note /etc/x.repo names the repository of v1.34'] },
    { source: 'https://mirror.example/kubernetes/yum', to: 'v1.35.8', says: [] },
    {
      source: 'https://download.docker.com/linux/centos',
      to: 'v1.35.8',
      says: ['Note no repository of this host is named as one of Kubernetes'],
    },
    { source: 'https://download.docker.com/linux/centos', to: undefined, says: [] },
  ])('from $source for $to', ({ source, to, says }) => {
    expect(said('repository', from(source), to)).toEqual(says)
  })

  it('that somebody is at work with are told with who it is', () => {
    const lock = { file: '/var/lib/dpkg/lock-frontend', pid: 77, program: 'unattended-upgr' }
    expect(said('package-lock', { ...kubeadm, packages: { ...kubeadm.packages, lock } })).toEqual([
      'Risk unattended-upgr (process 77) holds the lock of the package manager (/var/lib/dpkg/lock-frontend)',
    ])
  })
})

it('the version is never lowered', () => {
  expect(said('version', kubeadm, 'v1.33.9')).toEqual(['Blocks this host has v1.34.2, and v1.33.9 is lower'])
  expect(said('version', kubeadm, 'v1.34.2')).toEqual([])
})

describe('an answer', () => {
  const good = JSON.parse(readFileSync(join(import.meta.dirname, 'testdata/k3s.facts.json'), 'utf8'))

  it.each([
    { what: 'nothing', output: '', says: 'said nothing' },
    { what: 'no JSON', output: 'Last login: yesterday', says: 'no JSON' },
    { what: 'a list', output: '[]', says: 'the object is a list' },
    { what: 'half of it', output: JSON.stringify({ ...good, complete: 'no' }), says: 'stopped in the middle' },
    { what: 'another format', output: JSON.stringify({ ...good, format: 'x' }), says: 'format is "x"' },
    { what: 'a field that nobody knows', output: JSON.stringify({ ...good, run: 'rm -rf /' }), says: 'did not answer with facts' },
    {
      what: 'a machine ID that is none',
      output: JSON.stringify({ ...good, os: { ...good.os, machineId: '$(reboot)' } }),
      says: 'os.machineId',
    },
    {
      what: 'a list without end',
      output: JSON.stringify({ ...good, swaps: Array(1_000).fill({ device: 'a', kib: '1', usedKib: '1' }) }),
      says: 'swaps',
    },
    { what: 'a number that is none', output: JSON.stringify({ ...good, epochSeconds: '1e999' }), says: 'epochSeconds' },
  ])('of $what is refused', ({ output, says }) => {
    expect(parseHostFacts(output)).toMatchObject({ kind: 'Refused', message: expect.stringContaining(says) })
  })

  it('is read behind what a login prints, and texts of it are masked', () => {
    const name = 'Debian\u001b[2J\u202e token: hunter2 https://a:hunter2@b'
    const read = parseHostFacts(`Welcome!\n${JSON.stringify({ ...good, os: { ...good.os, name } })}\n`)
    expect(read).toMatchObject({ kind: 'Facts', facts: { os: { name: 'Debian [2J  token: *** https://a:***@b' } } })
  })
})
