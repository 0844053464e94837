import { blocks, type Finding, type HostView, note, risk, sizeText } from '../finding.ts'
import { kubeletSettings } from '../kubelet-settings.ts'

/** What the operating system has in store: systemd, swap, reboots, the clock, room. */
export function systemFindings(view: HostView): readonly Finding[] {
  return [
    ...initFindings(view),
    ...swapFindings(view),
    ...rebootFindings(view),
    ...clockFindings(view),
    ...diskFindings(view),
    ...unreadFindings(view),
  ]
}

function initFindings({ facts }: HostView): readonly Finding[] {
  if (facts.os.init === 'systemd') return []
  return [blocks('init', 'systemd does not run this host, and every step is a unit of it', 'upgrade this host by hand, or give it systemd')]
}

function swapFindings(view: HostView): readonly Finding[] {
  const { swaps, fstabSwaps } = view.facts
  // k3s and RKE2 let their kubelet run beside swap
  if (view.layout.distribution === 'k3s' || view.layout.distribution === 'rke2') return []
  const settings = kubeletSettings(view.facts)
  if ((settings.flag('fail-swap-on') ?? settings.field('failSwapOn')) === 'false') return []
  const fix = 'turn it off (swapoff -a) and take it out of /etc/fstab, or set failSwapOn: false in the kubelet configuration'
  if (swaps.length > 0) {
    const devices = swaps.map(({ device, kib }) => `${device}, ${sizeText(kib)}`).join('; ')
    return [blocks('swap', `swap is on (${devices}), and a kubelet does not start beside it`, fix)]
  }
  if (fstabSwaps === 0) return []
  return [risk('swap', 'swap is off now, but /etc/fstab turns it on at the next boot, and a kubelet does not start beside it', fix)]
}

function rebootFindings({ facts: { reboot } }: HostView): readonly Finding[] {
  if (reboot.by === undefined) return []
  const why = reboot.packages.length === 0 ? reboot.by : `${reboot.by}: ${reboot.packages.slice(0, 4).join(', ')}`
  return [note('reboot', `a reboot is pending (${why})`, 'reboot it within the same drain: a kernel that changes later costs another one')]
}

/** Certificates, leases and etcd bear some seconds. Source: Kubernetes' leases last 15 s, tokens are valid from the second in which they are made. */
const bearableSeconds = 5

function clockFindings({ facts, nowMs, withinMs = 0 }: HostView): readonly Finding[] {
  const ahead = Math.round(facts.epochSeconds - nowMs / 1000)
  if (Math.abs(ahead) <= bearableSeconds + withinMs / 1000) return []
  const text = `the clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} the one of this machine`
  return [risk('clock', text, 'let chrony, ntpd or systemd-timesyncd set it')]
}

interface Need {
  readonly folder: string
  readonly kib: number
  readonly why: string
}

/** Rough, and on the safe side: three packages of Kubernetes are 150 to 250 MB, images of a control plane 700 MB, a kernel with its initrd 150 MB. */
const needs: readonly Need[] = [
  { folder: '/', kib: 1_000_000, why: 'packages and their backups' },
  { folder: '/boot', kib: 200_000, why: 'a kernel' },
  { folder: '/var/lib', kib: 2_000_000, why: 'images and backups' },
  { folder: '/var/lib/containerd', kib: 2_000_000, why: 'images' },
  { folder: '/var/lib/rancher', kib: 2_000_000, why: 'images and the binary' },
]

function diskFindings(view: HostView): readonly Finding[] {
  const found = needs.flatMap(({ folder, kib, why }) => {
    const disk = view.facts.disks.find(({ path }) => path === folder)
    // of folders on one disk the first one tells
    if (disk === undefined || disk.freeKib >= kib || (folder !== '/' && disk.mount === '/')) return []
    return [risk('disk', `${folder} has ${sizeText(disk.freeKib)} left, and ${why} need about ${sizeText(kib)}`, 'make room')]
  })
  return [...found, ...backupFindings(view), ...evictionFindings(view)]
}

/** Source: kubeadm copies the data of a stacked etcd to /etc/kubernetes/tmp at each upgrade, and keeps the copy. */
function backupFindings({ facts, layout }: HostView): readonly Finding[] {
  const disk = facts.disks.find(({ path }) => path === '/etc/kubernetes') ?? facts.disks.find(({ path }) => path === '/')
  if (layout.etcd?.kind !== 'Stacked' || layout.etcd.dataKib === undefined || disk === undefined) return []
  const needed = Math.ceil(layout.etcd.dataKib * 1.2)
  if (disk.freeKib >= needed) return []
  const old = facts.kubeadm.leftoverKib ?? 0
  const fix = old > 1024 ? `make room: ${sizeText(old)} in /etc/kubernetes/tmp are copies of former upgrades` : 'make room'
  const message = `kubeadm copies etcd's ${sizeText(layout.etcd.dataKib)} to /etc/kubernetes/tmp, and ${sizeText(disk.freeKib)} are left there`
  return [blocks('etcd-backup-room', message, fix)]
}

/** Source: the kubelet's default eviction threshold, nodefs.available<10%. */
function evictionFindings({ facts }: HostView): readonly Finding[] {
  const disk = facts.disks.find(({ path }) => path === '/var/lib/kubelet')
  if (disk === undefined || disk.freeKib >= disk.sizeKib * 0.1) return []
  const left = `${Math.floor((100 * disk.freeKib) / disk.sizeKib)} %`
  return [risk('disk', `/var/lib/kubelet has ${left} left, and below 10 % a kubelet evicts pods`, 'make room')]
}

function unreadFindings({ facts }: HostView): readonly Finding[] {
  const findings: Finding[] = []
  if (facts.unread.length > 0) {
    const more = facts.unread.length > 3 ? ` and ${facts.unread.length - 3} more` : ''
    const message = `not all could be read: ${facts.unread.slice(0, 3).join(', ')}${more}`
    findings.push(note('unread', message, 'look at the host as root (become: sudo in the inventory)'))
  }
  if (facts.cut) findings.push(note('cut', 'this host has more to say than fits into 64 KiB', 'the last parts of the facts are missing'))
  return findings
}
