#!/usr/bin/env bash
# The power supply of one host: boots it, and boots it again when it reboots; ends when the host powers off or dies.
# usage: power.sh HOST_FOLDER BASE NAME NETWORK_NAMESPACE CGROUP
# HOST_FOLDER has upper/ (what this host has beyond BASE), work/, root/ and data/ (folders that must not lie on overlayfs).
set -euo pipefail
folder=$1 base=$2 name=$3 netns=$4 cgroup=$5
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=cgroup.sh
. "$here/cgroup.sh"

# beside the host's own: with cgroups of version 2 a cgroup that has others below it has no process
enter_cgroup "$cgroup-power"
while :; do
  ended=0
  # a signal for the death of the parent at every step: who ends this script ends the host
  setpriv --pdeathsig KILL -- nsenter --net="/run/netns/$netns" unshare --mount --uts --ipc --pid --fork --kill-child \
    bash "$here/boot.sh" "$folder" "$base" "$name" "$cgroup" < /dev/null || ended=$?
  echo "$(date -u +%T) init of $name ended: $ended"
  # the kernel ends the first process of a namespace by SIGHUP for a reboot, by SIGINT for a power-off
  [ "$ended" = 129 ] || exit 0
done
