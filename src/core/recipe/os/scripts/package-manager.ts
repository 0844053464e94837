import { aptManager } from './apt.ts'
import { dnfManager, zypperManager } from './rpm.ts'

/** Programs that install packages, as facts of a host name them. */
export type PackageManager = 'apt-get' | 'dnf' | 'yum' | 'zypper'

/**
 * Packages that a run upgrades in its own order, and that an upgrade of the operating system therefore leaves as they are: Kubernetes, its
 * runtime, etcd. An extended regular expression for names.
 */
export const ownPackages = '^(kube|cri-|containerd|docker|moby|runc$|etcd|k3s|rke2)'

/** What follows is the same for each manager: waiting for another that is at work, room on disks, and which kernel is there. */
const shared = String.raw`
# Who holds a lock of the package manager, by the kernel's list and by files with a process; nothing when nobody does
lock_holder() {
  for file in $lock_files; do
    [ -e "$file" ] || continue
    inode=$(stat -c %i "$file")
    for pid in $(awk -v inode="$inode" '{ n = split($6, part, ":"); if (n == 3 && part[3] == inode && $5 > 0) print $5 }' /proc/locks); do
      ls -l "/proc/$pid/fd" 2> /dev/null | grep -qF -- "-> $file" || continue
      echo "$(cat "/proc/$pid/comm") (process $pid) holds $file"
      return
    done
  done
  for file in $lock_pids; do
    pid=$(head -c 20 "$file" 2> /dev/null | tr -cd 0-9)
    [ -n "$pid" ] && [ -d "/proc/$pid" ] || continue
    echo "$(cat "/proc/$pid/comm") (process $pid) holds $file"
    return
  done
}
until_free() {
  waited=0
  while held=$(lock_holder) && [ -n "$held" ]; do
    [ "$waited" != 0 ] || echo "waits: $held"
    [ "$waited" -lt "$lock_seconds" ] || fail "$held, and has for more than $lock_seconds seconds: wait until it has ended, or end it, then go on"
    sleep 1
    waited=$((waited + 1))
  done
}

# FOLDER KIB WHAT
needs_room() {
  free=$(df -Pk "$1" | awk 'NR == 2 { print $4 }')
  [ "$2" -lt "$free" ] || fail "$1 has $((free / 1024)) MiB free, and $3 needs $(($2 / 1024 + 1)) MiB: make room there, then go on"
}

newest_kernel() { ls /boot/vmlinuz-* 2> /dev/null | sed 's/.*vmlinuz-//' | grep -v rescue | sort -V | tail -n 1; }
newer_kernel() {
  newest=$(newest_kernel)
  runs=$(uname -r)
  [ -n "$newest" ] && [ "$newest" != "$runs" ] && [ "$(printf '%s\n%s\n' "$newest" "$runs" | sort -V | tail -n 1)" = "$newest" ] || return 0
  echo "kernel $newest is installed, and $runs runs"
}
`

/** Shell functions of a package manager, fixed text: `refresh`, `pending`, `has`, `broken`, `mend`, `to_fetch`, `download`, `install`, `growth`, `reboot_wanted` and what they share. */
export function packageManagerScript(manager: PackageManager): string {
  // scripts of packages make files for everybody, unlike the steps'
  const lines = ['notes=$state/os/$change', "lock_pids=''", 'umask 022'].join('\n')
  switch (manager) {
    case 'apt-get':
      return `\n${lines}\n${aptManager}${shared}`
    case 'dnf':
    case 'yum':
      return `\n${lines}\n${dnfManager}${shared}`
    case 'zypper':
      return `\n${lines}\n${zypperManager}${shared}`
  }
}
