#!/usr/bin/env bash
# The power supply of one host: boots it, and boots it again when it reboots; ends when the host powers off or dies.
# usage: power.sh HOST_FOLDER BASE NAME NETWORK_NAMESPACE CGROUP
# HOST_FOLDER has upper/ (what this host has beyond BASE), work/, root/ and data/ (folders that must not lie on overlayfs).
set -euo pipefail
folder=$1 base=$2 name=$3 netns=$4 cgroup=$5
here=$(cd "$(dirname "$0")" && pwd)

# The host's processes go into a cgroup of their own in every hierarchy, so that its cgroup namespace has that one as its root.
enter_cgroup() {
  local hierarchy controller
  if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mkdir -p "/sys/fs/cgroup/$cgroup"
    for hierarchy in /sys/fs/cgroup "/sys/fs/cgroup/$(dirname "$cgroup")"; do
      for controller in cpuset cpu io memory pids; do echo "+$controller" > "$hierarchy/cgroup.subtree_control" 2> /dev/null || true; done
    done
    echo $$ > "/sys/fs/cgroup/$cgroup/cgroup.procs"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    mkdir -p "$hierarchy$cgroup"
    # version 1 does not hand these two down
    if [ -e "${hierarchy}cpuset.cpus" ]; then
      for controller in cpuset.cpus cpuset.mems; do
        cat "$hierarchy$controller" > "$hierarchy$(dirname "$cgroup")/$controller"
        cat "$hierarchy$controller" > "$hierarchy$cgroup/$controller"
      done
    fi
    echo $$ > "$hierarchy$cgroup/cgroup.procs"
  done
}

enter_cgroup
while :; do
  ended=0
  # a signal for the death of the parent at every step: who ends this script ends the host
  setpriv --pdeathsig KILL -- nsenter --net="/run/netns/$netns" unshare --mount --uts --ipc --pid --cgroup --fork --kill-child \
    bash "$here/boot.sh" "$folder" "$base" "$name" < /dev/null || ended=$?
  echo "$(date -u +%T) init of $name ended: $ended"
  # the kernel ends the first process of a namespace by SIGHUP for a reboot, by SIGINT for a power-off
  [ "$ended" = 129 ] || exit 0
done
