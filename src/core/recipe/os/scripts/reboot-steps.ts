/**
 * Reboots the host, once: the boot ID from before is written down, and another one says that it has happened. While the host goes down the step
 * does not end: whoever asks then is told that it is at work.
 */
export const rebootScript = `
before=$notes/boot-before
boot_id() { cat "/proc/sys/kernel/random/boot_id"; }

probe() {
  if [ -s "$before" ]; then [ "$(cat "$before")" != "$(boot_id)" ]; return; fi
  case $reboot in
    Never) return 0 ;;
    Always) return 1 ;;
  esac
  [ -z "$(reboot_wanted)" ]
}

act() {
  note_services
  while read -r unit; do
    case $(property "$unit" UnitFileState) in disabled | masked | masked-runtime)
      fail "$unit runs and would not come back after a reboot: systemctl enable $unit, then go on" ;;
    esac
  done < "$notes/services"
  until_free
  boot_id > "$before.part" && sync && mv -f "$before.part" "$before" && sync
  why=$(reboot_wanted)
  [ -n "$why" ] || why='it was asked for'
  echo "reboots: $why"
  systemctl --no-block reboot || fail 'systemd does not reboot this host'
  sleep "$down_seconds"
  fail "this host has not gone down within $down_seconds seconds after its reboot was asked for: look at systemctl list-jobs there"
}
`

/** After a reboot, or where packages have restarted them: what ran before the change runs again. */
export const servicesScript = `
missing_unit() { while read -r unit; do [ "$(property "$unit" ActiveState)" = active ] || { echo "$unit" && break; }; done < "$notes/services"; }
probe() { [ ! -e "$notes/services" ] || [ -z "$(missing_unit)" ]; }

act() {
  waited=0
  while unit=$(missing_unit) && [ -n "$unit" ]; do
    if [ "$waited" -ge "$wait_seconds" ]; then
      journalctl -q _SYSTEMD_UNIT="$unit" -n 8 --no-pager -o cat 2> /dev/null | cut -c 1-300
      also=''
      # a kubelet does not start beside swap, and a reboot turns on again what fstab names
      if [ "$unit" = kubelet.service ] && [ "$(grep -c . /proc/swaps)" -gt 1 ]; then also='; swap is on: take it out of /etc/fstab'; fi
      fail "$unit ran before and does not run again ($(property "$unit" ActiveState), $(property "$unit" Result))$also"
    fi
    sleep 1
    waited=$((waited + 1))
  done
  why=$(reboot_wanted)
  [ -z "$why" ] || echo "a reboot is still wanted: $why"
}
`
