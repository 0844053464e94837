/**
 * What the steps of a runtime share: files are kept before they are changed, so that a change can be taken back; containerd and the kubelet are
 * waited for by what they do, not by time. Goes behind `package-manager.ts`.
 */
export const runtimeBase = String.raw`
notes=$state/runtime/$change
preferences=/etc/apt/preferences
config=/etc/containerd/config.toml

# FILE: kept as it was before the change, once
keep() {
  [ ! -e "$notes/kept$1" ] && [ ! -e "$notes/kept$1.absent" ] || return 0
  mkdir -p "$notes/kept$(dirname "$1")"
  chmod 700 "$notes"
  if [ -e "$1" ]; then cp -a "$1" "$notes/kept$1.part" && mv -f "$notes/kept$1.part" "$notes/kept$1"; else : > "$notes/kept$1.absent"; fi
}
put_back() {
  if [ -e "$notes/kept$1" ]; then cp -a "$notes/kept$1" "$1.falkirk-part" && mv -f "$1.falkirk-part" "$1"; fi
  if [ -e "$notes/kept$1.absent" ]; then rm -f "$1"; fi
}
# FILE, content by standard input: in place at once, with the owner and mode of the one before
replace() {
  # of one that was left half written the mode would stay
  rm -f "$1.falkirk-part"
  cat > "$1.falkirk-part" || fail "$1 cannot be written"
  if [ -e "$1" ]; then chown --reference="$1" "$1.falkirk-part" && chmod --reference="$1" "$1.falkirk-part"; fi
  if [ -e /sys/fs/selinux/enforce ] && command -v restorecon > /dev/null; then restorecon "$1.falkirk-part"; fi
  mv -f "$1.falkirk-part" "$1"
}

# UNIT: whether its process is the program that is on the disk, and runs
runs() {
  [ "$(property "$1" ActiveState)" = active ] || return 1
  runs_pid=$(property "$1" MainPID)
  [ "$runs_pid" -gt 0 ] 2> /dev/null && ! is_replaced "$runs_pid"
}
# Where the kubelet was stopped by somebody it is not this change that has to start it
kubelet_was_on() { [ ! -e "$notes/kubelet-off" ]; }
note_kubelet() {
  mkdir -p "$notes"
  if [ -e "$notes/kubelet-on" ] || [ -e "$notes/kubelet-off" ]; then return; fi
  # one whose program was replaced under it, or that is about to be started again, is on
  case $(property kubelet.service ActiveState) in inactive | failed) : > "$notes/kubelet-off" ;; *) : > "$notes/kubelet-on" ;; esac
}
stop_kubelet() { systemctl stop kubelet.service || fail 'systemd does not stop the kubelet'; }

# Version as containerd counts: 1.7.24
containerd_version() { timeout 20 "$1" --version 2> /dev/null | awk '{ print $3 }' | sed -E -e 's/^v//' -e 's/[~+-].*//'; }
# What a kubelet speaks to is there and well
cri_serves() { timeout 20 ctr plugins ls 2> /dev/null | awk '$1 ~ /^io\.containerd\.(grpc|cri)\.v1$/ && $2 ~ /^(cri|runtime)$/ && $NF == "ok" { found = 1 } END { exit !found }'; }

start_containerd() {
  systemctl daemon-reload
  systemctl enable --quiet containerd.service
  systemctl restart containerd.service || told containerd.service 'does not start'
  waited=0
  until runs containerd.service && cri_serves; do
    [ "$waited" -lt "$wait_seconds" ] || told containerd.service "does not serve the kubelet after $wait_seconds seconds"
    sleep 1
    waited=$((waited + 1))
  done
}
# The kubelet stays up under one process, as one that does not like its flags ends at once
start_kubelet() {
  kubelet_was_on || return 0
  systemctl daemon-reload
  systemctl reset-failed kubelet.service 2> /dev/null
  systemctl start kubelet.service || told kubelet.service 'does not start'
  waited=0 steady=0 pid=0
  while [ "$steady" -lt "$steady_seconds" ]; do
    [ "$waited" -lt "$wait_seconds" ] || told kubelet.service 'does not stay up'
    [ "$(property kubelet.service ActiveState)" != failed ] || told kubelet.service 'does not stay up'
    sleep 1
    waited=$((waited + 1))
    now=$(property kubelet.service MainPID)
    if [ "$now" = 0 ] || [ "$now" != "$pid" ]; then pid=$now steady=0; else steady=$((steady + 1)); fi
  done
}
# UNIT WHAT: its own last words, then the verdict
told() {
  journalctl -q _SYSTEMD_UNIT="$1" -n 8 --no-pager -o cat 2> /dev/null | cut -c 1-300
  fail "$1 $2 ($(property "$1" ActiveState), $(property "$1" Result))"
}
`
