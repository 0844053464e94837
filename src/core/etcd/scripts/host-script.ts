import { containerFunctions } from './container.ts'
import { containerUnitFunctions } from './container-unit.ts'
import { podFunctions } from './static-pod.ts'

/**
 * Reads how etcd is started on a host, and changes nothing: lines `name=value`, each bounded; names may come again. What etcd was given is told as it is,
 * and read by `member-settings.ts`. `state` is where the outcomes of steps lie.
 */
export const hostScript = String.raw`${containerFunctions}${podFunctions}${containerUnitFunctions}
say() { printf '%s=%s\n' "$1" "$(printf %s "$2" | tr '\n\t' '  ' | tr -cd '[:print:]' | head -c 1000)"; }
# NAME: a line each
lines() { head -n 150 | tr -cd '[:print:]\n' | cut -c 1-1000 | while IFS= read -r line; do printf '%s=%s\n' "$1" "$line"; done; }
etcd_version() { timeout 20 "$1" --version 2> /dev/null | sed -n 's/^etcd Version: //p' | head -c 100; }
ctl_version() { timeout 20 "$1" version 2> /dev/null | sed -n 's/^etcd[a-z]* version: //p' | head -c 100; }
owner_of() {
  owned=$(dpkg-query -S "$1" 2> /dev/null || rpm -qf --qf '%{NAME}: \n' "$1" 2> /dev/null) || return
  echo "$owned" | head -n 1 | cut -d : -f 1
}
# readlink -f would follow the root of a process to the host's own
real() { case $1 in /proc/*) echo "$1" ;; *) readlink -f "$1" ;; esac; }

# Those of etcd's own program and those that start a container, which may be called the same (podman generate systemd: container-NAME): "NAME STATE ENABLED KIND"
units() {
  systemctl list-units --all --plain --no-legend 'etcd*.service' 'container-etcd*.service' 2> /dev/null | while read -r name _; do
    if starts_container "$name"; then of=container
    elif [ "$(basename "$(program_of "$name")")" = etcd ]; then of=unit
    else continue; fi
    echo "$name $(property "$name" ActiveState) $(property "$name" UnitFileState) $of"
  done
}

# What etcd has been given: by its process, or, where it is down, as its unit would give it
given() {
  if [ -n "$pid" ]; then
    tr '\000' '\n' < "/proc/$pid/cmdline" | sed 1d | lines argument
    tr '\000' '\n' < "/proc/$pid/environ" | grep '^ETCD_' | lines environment
  elif [ "$kind" = pod ]; then
    sed -n 's/^ *- *\(--[a-z].*\)$/\1/p' "$place" | tr -d "\"'" | lines argument
  else
    property "$unit" Environment | tr ' ' '\n' | grep '^ETCD_' | lines environment
    systemctl show -p EnvironmentFiles "$unit" | sed -n 's/^EnvironmentFiles*=\([^ ]*\).*/\1/p' | while read -r file; do
      [ -r "$file" ] && grep -h '^ETCD_' "$file" | tr -d "\"'" | lines environment
    done
    property "$unit" ExecStart | sed -n 's/^{ path=[^ ]* ; argv\[\]=[^ ]* *\([^;]*\) ;.*/\1/p' | own_arguments | tr ' ' '\n' | grep -v '^\$' | lines argument
  fi
}

# FILE: a configuration of etcd in YAML, a line for each value: "section.name value"
flat() {
  head -c 65536 "$1" | awk '
    /^[ ]*(#|$)/ { next }
    /^[a-z0-9-]+:[ ]*$/ { section = $1; sub(/:$/, "", section); next }
    { is_inner = /^[ ]/; name = $1; sub(/:$/, "", name); value = $0; sub(/^[ ]*[^:]*:[ ]*/, "", value); gsub(/["\047]/, "", value); sub(/[ ]+#.*$/, "", value) }
    value != "" { print (is_inner ? section "." : "") name " " value }
  '
}

say root "$(id -u)"
say boot "$(cat /proc/sys/kernel/random/boot_id)"
say hostname "$(cat /proc/sys/kernel/hostname)"
if [ ! -d /run/systemd/system ] || ! command -v systemd-run > /dev/null; then say init other; exit 0; fi
say init systemd
found=$(units)
running=$(echo "$found" | awk '$2 != "inactive" && $2 != "failed" { print $1 }')
[ -n "$running" ] || running=$(echo "$found" | awk '$3 == "enabled" { print $1 }')
[ -n "$running" ] || running=$(echo "$found" | awk '{ print $1 }')
kind=$(echo "$found" | awk -v unit="$(echo "$running" | head -n 1)" '$1 == unit { print $4 }')
[ -n "$kind" ] || kind=unit
find_manifests
if [ -n "$manifests" ] && ! echo "$found" | grep -q ' active '; then
  kind=pod running=$manifests
fi
say kind "$kind"
say units "$(echo "$running" | grep -c .)"
unit=$(echo "$running" | head -n 1)
[ -n "$unit" ] || exit 0
pid= owner= binary=
# An etcd whose programs are in an image
look_into_container() {
  [ "$(etcd_in_container | grep -c .)" -lt 2 ] || say containers "$(etcd_in_container | grep -c .)"
  pid=$(etcd_in_container | head -n 1)
  [ -z "$pid" ] || { binary=/proc/$pid/root$(readlink "/proc/$pid/exe") && say runs "$(container_version "$pid")"; }
  # reached once there is a process again
  [ -n "$binary" ] || binary=/proc/0/root/usr/local/bin/etcd
}
tell_container() {
  say engine "$engine"
  say socket "$socket"
  say image "$image"
  say mark "$mark"
  echo "$places" | lines place
  active=$(property "$unit" ActiveState)
  if [ "$active" = active ] && [ -z "$pid" ]; then active=exited; fi
  say active "$active"
  say free_kib "$(df -Pk /var/lib | awk 'NR == 2 { print $4 }')"
}
if [ "$kind" = pod ]; then
  place=$(readlink -f "$unit") unit=kubelet.service
  image=$(image_in "$place")
  ! grep -q kube-apiserver "$manifest_folder"/*.yaml 2> /dev/null || say stacked yes
  look_into_container
  find_engine
  mark=$image places="$(times_in "$place" "$image") $place"
  say previous_mark "$(image_in "$state/etcd/previous/$(basename "$place")")"
  tell_container
elif [ "$kind" = container ]; then
  look_into_container
  find_image
  say engine_user "$(property "$unit" User)"
  tell_container
else
  say active "$(property "$unit" ActiveState)"
  pid=$(property "$unit" MainPID)
  [ -e "/proc/$pid/exe" ] || pid=
  binary=$(readlink -f "$(program_of "$unit")")
  say disk "$(etcd_version "$binary")"
  [ -z "$pid" ] || say runs "$(etcd_version "/proc/$pid/exe")"
  say previous "$(etcd_version "$(dirname "$binary")/.etcd.falkirk-previous")"
  owner=$(owner_of "$binary")
  say package "$owner"
  say free_kib "$(df -Pk "$(dirname "$binary")" | awk 'NR == 2 { print $4 }')"
fi
say unit "$unit"
say binary "$binary"
etcdctl=
for each in "$(dirname "$binary")/etcdctl" "$(command -v etcdctl)"; do [ -x "$each" ] && etcdctl=$(real "$each") && break; done
if [ "$kind" != unit ] && [ -z "$pid$etcdctl" ]; then etcdctl=$(dirname "$binary")/etcdctl; fi
if [ -n "$etcdctl" ]; then
  say etcdctl "$etcdctl"
  say etcdctl_version "$(ctl_version "$etcdctl")"
  say etcdctl_package "$(owner_of "$etcdctl")"
fi
for each in "$(dirname "$binary")/etcdutl" "$(command -v etcdutl)"; do [ -x "$each" ] && say etcdutl "$(real "$each")" && break; done
given
config=$({ given | sed -n 's/^argument=--*config-file[= ]*//p'; given | sed -n 's/^environment=ETCD_CONFIG_FILE=//p'; } | grep . | head -n 1)
[ -z "$config" ] || [ ! -r "$config" ] || flat "$config" | lines config
if [ -n "$owner" ] && command -v apt-get > /dev/null; then
  say manager apt-get
  for name in $owner $(owner_of "$etcdctl"); do
    say installed "$name $(dpkg-query -W "$name" 2> /dev/null | awk '{ print $2 }')"
    apt-cache madison "$name" 2> /dev/null | awk -F ' *[|] *' '{ gsub(/ /, "", $1); print $1 " " $2 }' | lines available
  done
  apt-mark showhold 2> /dev/null | grep '^etcd' | lines held
fi
for file in "$state"/steps/*/*-etcd*/outcome; do
  [ -s "$file" ] || continue
  folder=$(dirname "$file")
  say step "$(basename "$(dirname "$folder")") $(basename "$folder") $(tr '\n' ' ' < "$file" | sed 's/[a-z_]*=//g')"
done
for name in $(systemctl list-units --plain --no-legend 'falkirk-*-etcd*.service' 2> /dev/null | awk '$3 == "active" || $3 == "activating" { print $1 }'); do
  say at_work "$name"
done
say end yes
`
