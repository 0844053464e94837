# shellcheck shell=bash
# To be sourced. All hosts of a run together weigh as much as ten processes of the machine's own: without that they would have the time of one.
# Puts the shell itself into a cgroup RUN/NAME of every hierarchy (version 1), or of the only one (version 2).

enter_cgroup() { # RUN/NAME
  local run hierarchy setting controller weight=10
  run=$(dirname "$1")
  if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mkdir -p "/sys/fs/cgroup/$1"
    for hierarchy in /sys/fs/cgroup "/sys/fs/cgroup/$run"; do
      for controller in cpuset cpu io memory pids; do echo "+$controller" > "$hierarchy/cgroup.subtree_control" 2> /dev/null || true; done
    done
    echo $((weight * 100)) > "/sys/fs/cgroup/$run/cpu.weight" 2> /dev/null || true
    echo 0 > "/sys/fs/cgroup/$1/cgroup.procs"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    mkdir -p "$hierarchy$1"
    # these two are not handed down
    for setting in cpuset.cpus cpuset.mems; do
      [ -e "$hierarchy$setting" ] || continue
      cat "$hierarchy$setting" > "$hierarchy$run/$setting"
      cat "$hierarchy$setting" > "$hierarchy$1/$setting"
    done
    [ ! -e "$hierarchy$run/cpu.shares" ] || echo $((weight * 1024)) > "$hierarchy$run/cpu.shares"
    echo 0 > "$hierarchy$1/cgroup.procs"
  done
}
