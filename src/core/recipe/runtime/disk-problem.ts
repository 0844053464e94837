import type { HostFacts, NamedDisk } from '../../host/host-facts.ts'

/** Where containerd has its images and containers. */
export const containerdData = '/var/lib/containerd'

/** Where it is mounted while images are copied to it. */
export const fillPlace = '/var/lib/falkirk/runtime/mount'

/** What docker makes in its data root. Source: moby, daemon and its storage drivers, 1.12 to 28. */
const dockerEntries =
  /^(aufs|btrfs|builder|buildkit|check-overlayfs-support\S*|containerd|containers|devicemapper|discovery_certs|engine-id|execdriver|fuse-overlayfs|graph|image|init|linkgraph\.db|lost\+found|network|nuke-graph-directory\.sh|overlay|overlay2|plugins|repositories-\S+|rootfs|runtimes|secrets|swarm|tmp|tmp-old|trust|vfs|volumes|zfs|\d+\.\d+|lastlogin)$/

/** What blkid calls a disk that is part of something else. */
const members: Readonly<Record<string, string>> = {
  LVM2_member: 'is a physical volume of LVM (pvs shows of which group): name a logical volume of it, or another disk',
  linux_raid_member: 'is a member of a RAID (cat /proc/mdstat): name the RAID, or another disk',
  ddf_raid_member: 'is a member of a RAID: name the RAID, or another disk',
  isw_raid_member: 'is a member of a RAID: name the RAID, or another disk',
  crypto_LUKS: 'is encrypted by LUKS: name the device that cryptsetup opens it as, or another disk',
  swap: 'is made for swap: name another disk',
  btrfs:
    'has btrfs, of which the kernel does not tell on which disk it is mounted: leave reformatDisk out, and give the disk away by hand when the node has containerd',
  zfs_member: 'belongs to a pool of ZFS: name another disk',
  unreadable: 'cannot be read: find out why (dmesg), or name another disk',
  ambiguous: 'has the marks of more than one file system: look at them (wipefs PATH), and name it when it is clear what is on it',
}

/** The folder in which docker has its data, also where docker was stopped already by a change that was begun. */
export function dockerRootOf({ runtime, disk }: Pick<HostFacts, 'runtime' | 'disk'>): string {
  return runtime.dockerRoot ?? disk?.notedRoot ?? '/var/lib/docker'
}

/** Whether containerd's data lie on the disk already: then nothing is made on it. */
export function isContainerds({ mounts }: NamedDisk): boolean {
  return mounts.includes(containerdData)
}

/** Whether its file system is the one that a change has made on it, which is mounted and never made again. */
export function isMade({ uuid, notedMade }: NamedDisk): boolean {
  return uuid !== undefined && uuid === notedMade
}

/** Why a disk is not touched: one clause with the fix; undefined where it is docker's, is empty, or has become containerd's. */
export function diskProblem(disk: NamedDisk, facts: Pick<HostFacts, 'runtime' | 'disk'>): string | undefined {
  if (isContainerds(disk)) return undefined
  if (isMade(disk)) return madeProblem(disk) ?? placeProblem(disk, facts)
  const root = dockerRootOf(facts)
  const text = kindProblem(disk) ?? partProblem(disk) ?? mountProblem(disk, root) ?? contentProblem(disk, root) ?? placeProblem(disk, facts)
  return text?.replaceAll('PATH', disk.path)
}

function kindProblem({ path, kind, readOnly, unknown, missing }: NamedDisk): string | undefined {
  if (kind === 'absent') return `there is no ${path}: name the disk that docker has on this host (lsblk)`
  if (kind === 'other') return `${path} is no block device: name the disk that docker has on this host (lsblk)`
  if (readOnly) return `${path} can only be read: name another disk`
  if (unknown) return `what is mounted on this host cannot be told, and so ${path} may be in use: let /proc/self/mountinfo be read`
  return missing === undefined ? undefined : `this host has no ${missing}, which making a file system needs: install it`
}

/** It was made for containerd by a change that has not ended yet, and may still be mounted where images are copied to it. */
function madeProblem({ path, mounts }: NamedDisk): string | undefined {
  const other = mounts.find((mount) => mount !== fillPlace)
  return other === undefined
    ? undefined
    : `${path} was formatted for containerd, and is mounted at ${other}: unmount it there, also in /etc/fstab`
}

/** What the disk is a part of, or is made of. */
function partProblem({ path, partitions, table, target, content, holders, swap }: NamedDisk): string | undefined {
  if (partitions.length > 0) return `${path} holds partitions (${partitions.join(', ')}): name one of them, or another disk`
  if (table !== undefined) return `${path} has a partition table (${table}): if nothing on it is needed, wipefs -a PATH`
  // a thin volume is a disk as others are; the other volumes of its pool are anybody's
  if (target === 'thin-pool') return `${path} belongs to a thin pool of LVM, as docker's devicemapper has one: ${byHand}`
  const member = content === undefined ? undefined : members[content]
  if (member !== undefined) return `${path} ${member}`
  if (holders.length > 0) return `${path} is what ${holders.join(', ')} is built upon: name that, or another disk`
  return swap ? `${path} is in use as swap: name another disk` : undefined
}

/** A pool cannot be formatted, and docker needs it until the node is drained. */
const byHand =
  'leave the disk out of this, and when the node has containerd give it away by hand (lvs shows GROUP and POOL): lvremove GROUP/POOL && lvcreate -n containerd -l 100%FREE GROUP'

function mountProblem({ path, mounts, below, entries, volumes, mountUnit }: NamedDisk, root: string): string | undefined {
  const other = mounts.find((mount) => mount !== root && !mount.startsWith(`${root}/`))
  if (other === '/') return `${path} is the root file system: name another disk`
  if (other !== undefined) return `${path} is mounted at ${other}, and docker's data are in ${root}: name another disk`
  if (mounts.length === 0) return undefined
  if (mounts[0] !== root) return `${path} is mounted at ${mounts[0]}, and not as a whole at ${root}: name another disk`
  if (below.length > 0) return `${below.join(', ')} is mounted below ${root}, which would go: unmount it, also in /etc/fstab`
  const strange = entries.filter((name) => !dockerEntries.test(name)).slice(0, 3)
  if (strange.length > 0) return `${path} has what is not docker's in ${root} (${strange.join(', ')}): move it elsewhere`
  if (volumes.length > 0)
    return `${path} has volumes of docker that somebody has named (${volumes.join(', ')}): keep what is needed of them, then docker volume rm ${volumes.join(' ')}`
  if (mountUnit === undefined) return undefined
  return `${path} is mounted by ${mountUnit}, and not by /etc/fstab, which would mount it at ${root} again: move the mount to /etc/fstab`
}

/** A file system that is not mounted may be anybody's, unless a change that was begun has unmounted it. */
function contentProblem(disk: NamedDisk, root: string): string | undefined {
  const { path, mounts, content, uuid, notedWas } = disk
  if (content === undefined || mounts.length > 0 || isMade(disk) || (uuid !== undefined && uuid === notedWas)) return undefined
  return `${path} has a file system (${content}) that is not mounted, and nobody knows whose it is: mount it at ${root} if it is docker's, or wipefs -a PATH if nothing on it is needed`
}

function placeProblem({ path, containerdOn, number }: NamedDisk, { runtime }: Pick<HostFacts, 'runtime'>): string | undefined {
  if (containerdOn !== undefined && containerdOn !== number)
    return `${containerdData} has a disk of its own already (device ${containerdOn}), and ${path} is not needed: leave reformatDisk out`
  const line = runtime.config.find((text) => /^\s*root\s*=/.test(text))
  const place = /=\s*["']([^"']*)["']/.exec(line ?? '')?.[1]
  if (place === undefined || place === containerdData) return undefined
  return `containerd has its data in ${place}, and a disk is mounted at ${containerdData} alone: leave reformatDisk out`
}
