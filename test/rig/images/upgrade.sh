#!/bin/sh
# Entry point of the rig's upgrade image: does to a node what the k3s upgrade image does, and leaves a line for each thing it did in
# /host/var/lib/rig/upgrades, so that a test can count how often a node was touched.
# usage: upgrade.sh upgrade | prepare PLAN | any function below or command
# env: RIG_WAIT_SECONDS  wait before the work (0)
#      RIG_RESULT        upgrade | nothing: exit 0 and leave the node as it is | fail: write two lines, exit with RIG_EXIT_CODE
#      RIG_FAIL_RUNS     fail in the first so many runs on a node, upgrade in those that follow (0)
#      RIG_LEDGER        another file for those lines
set -eu

new=/opt/k3s
ledger=${RIG_LEDGER:-/host/var/lib/rig/upgrades}

say() { echo "$*"; }

record() { # WORD DETAIL...
  mkdir -p "$(dirname "$ledger")"
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $(hostname) $*" >> "$ledger"
}

refuse() {
  record refused "$*"
  say "$*" >&2
  exit 1
}

words() { # PID: its command line
  tr '\0' ' ' < "/proc/$1/cmdline" 2> /dev/null || true
}

parent() { # PID
  sed 's/.*) [A-Z] \([0-9]*\) .*/\1/' "/proc/$1/stat" 2> /dev/null || true
}

is_k3s() { # COMMAND LINE
  case "/$1" in
    */k3s\ *server*|*/k3s\ *agent*) ;;
    *) return 1 ;;
  esac
  case $1 in *channelserver*|*supervise-daemon*|*init*|*grep*) return 1 ;; esac
}

# The process of the host's k3s: with hostPID all of the machine's processes are seen, also a k3s that runs inside a container.
find_k3s() {
  found='' host=''
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    is_k3s "$(words "$pid")" || continue
    found="$found $pid"
    if [ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink /proc/1/ns/pid)" ]; then host="$host $pid"; fi
  done
  # shellcheck disable=SC2086 # a list of numbers
  set -- $found
  # shellcheck disable=SC2086
  [ $# -eq 1 ] || set -- $host
  [ $# -gt 0 ] || refuse 'no k3s process on this node (does the pod have hostPID?)'
  [ $# -eq 1 ] || refuse "more than one k3s process on this node:$found"
  up=$(parent "$1")
  if [ "$up" != 1 ] && is_k3s "$(words "$up")"; then echo "$up"; else echo "$1"; fi
}

binary_of() { # PID
  if [ "$1" = 1 ]; then
    echo /bin/k3s
    return
  fi
  tr '\0' '\n' < "/host/proc/$1/cmdline" | head -n 1
}

numbers() { # BINARY: X Y Z of its version
  "$1" -v | sed -n 's/^k3s version v\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\).*/\1 \2 \3/p'
}

built() { # BINARY: year and month of its build, as one number
  "$1" kubectl version --client -o json | sed -n 's/.*"buildDate": "\([0-9]*\)-\([0-9]*\).*/\1\2/p' | head -n 1
}

lower() { # X Y Z X Y Z: is the second version lower?
  [ "$4" -lt "$1" ] && return 0
  [ "$4" -gt "$1" ] && return 1
  [ "$5" -lt "$2" ] && return 0
  [ "$5" -gt "$2" ] && return 1
  [ "$6" -lt "$3" ]
}

gate() { # OLD NEW: two binaries
  current=$(numbers "$1") wanted=$(numbers "$2")
  # shellcheck disable=SC2086 # three words each
  if lower $current $wanted; then refuse "refusing to lower $("$1" -v | head -n 1) to $("$2" -v | head -n 1)"; fi
  current=$(built "$1") wanted=$(built "$2")
  if [ -n "$current" ] && [ -n "$wanted" ] && [ "$wanted" -lt "$current" ]; then refuse "refusing a build of $wanted over one of $current"; fi
}

upgrade() {
  runs=$(grep -c ' started ' "$ledger" 2> /dev/null || true)
  record started "${SYSTEM_UPGRADE_PLAN_NAME:-} ${SYSTEM_UPGRADE_PLAN_LATEST_VERSION:-}"
  sleep "${RIG_WAIT_SECONDS:-0}"
  result=${RIG_RESULT:-upgrade}
  if [ "${runs:-0}" -lt "${RIG_FAIL_RUNS:-0}" ]; then result=fail; fi
  case $result in
    nothing)
      record nothing
      say 'this image leaves the node as it is'
      return
      ;;
    fail)
      record failed
      say 'looking for the new version'
      say 'the disk of this node is full: /usr/local/bin/k3s was not written' >&2
      exit "${RIG_EXIT_CODE:-1}"
      ;;
  esac
  replace
}

replace() {
  pid=$(find_k3s)
  path=$(binary_of "$pid")
  if [ -z "$path" ] || [ ! -f "/host$path" ]; then refuse "process $pid has no binary at /host$path"; fi
  [ -f "$new" ] || refuse "this image has no $new"
  old=/host$path
  if [ "$(sha256sum < "$old")" = "$(sha256sum < "$new")" ]; then
    record current "$("$new" -v | head -n 1)"
    say "$path has been replaced already"
    return
  fi
  gate "$old" "$new"
  # A running file cannot be written to: the new one takes its name, the process keeps the old one until it ends.
  cp "$new" "$old.new"
  chmod 755 "$old.new"
  mv "$old.new" "$old"
  record replaced "$("$new" -v | head -n 1)"
  say "replaced $path, ending process $pid"
  kill -TERM "$pid"
}

kubectl() {
  "$new" kubectl "$@"
}

prepare() {
  plan=${1:-}
  [ -n "$plan" ] || { say 'usage: prepare PLAN' >&2; exit 1; }
  namespace=$(cat /var/run/secrets/kubernetes.io/serviceaccount/namespace)
  until kubectl -n "$namespace" get plans.upgrade.cattle.io "$plan" -o name; do pause "plan $plan is not there"; done
  while applying=$(kubectl -n "$namespace" get plans.upgrade.cattle.io "$plan" -o 'jsonpath={.status.applying[*]}') || applying=unknown; [ -n "$applying" ]; do
    pause "plan $plan is at work on $applying"
  done
  until [ "$(control_plane_versions)" = "$SYSTEM_UPGRADE_PLAN_LATEST_VERSION" ]; do
    pause "the control plane runs $(control_plane_versions), not $SYSTEM_UPGRADE_PLAN_LATEST_VERSION yet"
  done
  say "the control plane runs $SYSTEM_UPGRADE_PLAN_LATEST_VERSION"
}

control_plane_versions() {
  kubectl get nodes -l node-role.kubernetes.io/control-plane -o 'jsonpath={range .items[*]}{.status.nodeInfo.kubeletVersion}{"\n"}{end}' |
    sort -u | tr + - | paste -s -d , -
}

pause() {
  say "$*"
  sleep 5
}

[ $# -gt 0 ] || set -- upgrade
"$@"
