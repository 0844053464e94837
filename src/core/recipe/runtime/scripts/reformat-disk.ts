import { diskIdentity } from '../../../host/scripts/disk-identity.ts'
import { diskNote } from './disk-note.ts'
import { dockerFunctions } from './docker-functions.ts'

/** Looks at the disk once more: it was judged by facts, and a reboot may have given its name to another disk since. */
const lookAgain = `${diskIdentity}
look_again() {
  no_strangers
  sys=/sys/dev/block/$number
  identity_of "$sys"
  [ "$identity $(($(cat "$sys/size") / 2)) $(content_of "$disk" TYPE) $(content_of "$disk" UUID)" = "$disk_id $disk_kib $disk_content $disk_uuid" ] ||
    fail "$disk is not the disk that was looked at, or what is on it has changed: nothing was touched; look at it (lsblk -f), then go on"
  for file in "$sys"/*/partition "$sys"/holders/*; do
    if [ -e "$file" ] || [ -L "$file" ]; then fail "$disk is in use by others now ($file): nothing was touched; look at it (lsblk), then go on"; fi
  done
  strange=$(mounts_of | awk -v root="$docker_root" '$0 != root && index($0, root "/") != 1' | head -n 1)
  [ -z "$strange" ] || fail "$disk is mounted at $strange now: nothing was touched; unmount it there, then go on"
  needed=$(du -sxk "$containerd_data/." 2> /dev/null | awk '{ kib = $1 } END { print kib + 0 }')
  [ "$((needed * 5 / 4 + 65536))" -lt "$disk_kib" ] || fail "$disk has $((disk_kib / 1024)) MiB, and containerd has $((needed / 1024)) MiB already: nothing was touched; name a larger disk"
}
mounts_of() { awk -v number="$number" '$3 == number { print $5 }' /proc/self/mountinfo; }
`

/** Lines of /etc/fstab: at every moment a boot finds all that they name. */
const fstabFunctions = String.raw`
# PLACE UUID FILE WHAT: its lines that would mount the disk as it was: as comments among the others, or their options
fstab_as() {
  awk -v place="$1" -v uuid="UUID=$2" -v disk="$disk" -v what="$4" '
    function bare(text) { gsub(/"/, "", text); if (length(text) > 1) sub(/\/+$/, "", text); return text }
    { is_dockers = !/^[ \t]*(#|$)/ && ((place != "" && bare($2) == place) || bare($1) == disk || (uuid != "UUID=" && bare($1) == uuid)) }
    what == "options" { if (is_dockers) print $4; next }
    is_dockers { print "# the disk is containerd\047s now, says falkirk: " $0; next }
    { print }
  ' "$3"
}
quiet_fstab() {
  [ -e /etc/fstab ] || return 0
  keep /etc/fstab
  fstab_as "$1" "$2" /etc/fstab comments > "$notes/fstab" || fail "$notes/fstab cannot be written, and /etc/fstab is as it was: make room there, then go on"
  replace /etc/fstab < "$notes/fstab"
  systemctl daemon-reload
}
# What docker's line said of the boot: a disk that comes late, by the network or not at all must not hold it up now either
boot_options() {
  was=$(noted was)
  if [ -n "$was" ]; then fstab_as "$docker_root" "$was" "$notes/kept/etc/fstab" options; else fstab_as '' '' "$notes/kept/etc/fstab" options; fi 2> /dev/null |
    tr ',' '\n' | grep -E '^(_netdev|nofail|noatime|nodiratime|discard|x-systemd\.(requires|after|before|device-timeout|mount-timeout|requires-mounts-for)=.*)$' | awk '!seen[$0]++' | sed 's/^/,/' | tr -d '\n'
}
in_fstab() { awk -v what="UUID=$made" -v place="$containerd_data" '$1 == what && $2 == place { found = 1 } END { exit !found }' /etc/fstab 2> /dev/null; }
add_to_fstab() {
  if ! in_fstab; then
    keep /etc/fstab
    # its last line may have no end
    { { [ ! -e /etc/fstab ] || awk 1 /etc/fstab; } && printf 'UUID=%s %s ext4 defaults%s 0 2\n' "$made" "$containerd_data" "$(boot_options)"; } > "$notes/fstab" || fail "$notes/fstab cannot be written, and /etc/fstab is as it was: make room there, then go on"
    replace /etc/fstab < "$notes/fstab"
    chmod 644 /etc/fstab
  fi
  systemctl daemon-reload
}
`

/**
 * Gives containerd the disk that docker had: kubelet and docker off, the disk unmounted, formatted, filled with the images that containerd was given beforehand,
 * and mounted. The file system that it makes has a UUID that is written down first, and one with that UUID is never formatted.
 */
export const reformatDiskScript = `${dockerFunctions}${diskNote}${lookAgain}${fstabFunctions}
aside=$containerd_data.before-disk

probe() {
  number=$(number_of "$disk") && [ "$(mounted_on "$containerd_data")" = "$number" ] || return 1
  # what somebody else has mounted there is theirs
  ! is_made || { in_fstab && [ ! -e "$aside" ]; }
}

end_all() {
  note_kubelet
  stop_kubelet
  end_docker
  if [ "$(property containerd.service ActiveState)" = active ]; then
    left=$(for space in $(timeout 20 ctr namespaces ls -q); do timeout 20 ctr -n "$space" tasks ls | awk '$3 == "RUNNING" { print $1 }'; done | head -n 3 | cut -c 1-40 | paste -s -d ' ')
    [ -z "$left" ] || fail "containerd runs containers that did not end with docker ($left): end them, then go on"
  fi
  systemctl stop containerd.service || fail 'systemd does not stop containerd'
}

unmount_docker() {
  [ -n "$(mounts_of)" ] || return 0
  # inner ones first; what containers have left there goes with them
  awk -v root="$docker_root" '$5 == root || index($5, root "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r place; do
    umount "$(printf %b "$place")" > "$folder/log" 2>&1 || { cat "$folder/log"; fail "$place is still in use, and nothing was formatted: find out by what (fuser -vm $place), then go on"; }
  done || exit 1
  [ -z "$(mounts_of)" ] || fail "$disk is still mounted at $(mounts_of | head -n 1), and nothing was formatted: unmount it, then go on"
}

# A single -F answers mkfs for whole disks; what is mounted or in use it refuses all the same
format() {
  made=$(cat /proc/sys/kernel/random/uuid)
  note_disk made "$made"
  echo "formats $disk as $made"
  mkfs.ext4 -q -F -L containerd -U "$made" "$disk" < /dev/null > "$folder/log" 2>&1 || { tail -n 5 "$folder/log"; fail "mkfs.ext4 does not format $disk: look at what it says, then go on"; }
  sync
  is_made || fail "$disk was formatted, and blkid does not find that file system on it: look at it (blkid -p $disk), then go on"
}

# What containerd has already, so that no image has to be pulled
fill() {
  [ "$(noted filled)" != "$made" ] || return 0
  mkdir -p "$fill_place" "$containerd_data"
  [ "$(mounted_on "$fill_place")" = "$number" ] || mount -t ext4 "$disk" "$fill_place" > "$folder/log" 2>&1 || { cat "$folder/log"; fail "$disk was formatted and cannot be mounted: wipefs -a $disk, then go on"; }
  # of an earlier try
  find "$fill_place" -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
  cp -a "$containerd_data/." "$fill_place/" 2> "$folder/log" || { tail -n 3 "$folder/log"; fail "what is in $containerd_data cannot be copied to $disk: look at what is said, then go on"; }
  sync
  note_disk filled "$made"
}

# What lay there before is out of the way until the disk is in its place, and would be hidden by it
put_in_place() {
  if [ "$(mounted_on "$fill_place")" = "$number" ]; then umount "$fill_place" || fail "$fill_place cannot be unmounted: unmount it, then go on"; fi
  [ -e "$aside" ] || [ ! -e "$containerd_data" ] || mv "$containerd_data" "$aside" || fail "$containerd_data cannot be moved out of the way: look at what uses it (fuser -vm $containerd_data), then go on"
  mkdir -p "$containerd_data"
  chmod 711 "$containerd_data"
  add_to_fstab
  mount "$containerd_data" > "$folder/log" 2>&1
  [ "$(mounted_on "$containerd_data")" = "$number" ] || { cat "$folder/log"; fail "$disk is not mounted at $containerd_data by its line in /etc/fstab: mend that, then go on"; }
  if [ -e /sys/fs/selinux/enforce ] && command -v restorecon > /dev/null; then restorecon "$containerd_data"; fi
}

act() {
  mkdir -p "$notes"
  number=$(number_of "$disk") || fail "there is no block device $disk any more: look at it (lsblk), then go on"
  if [ "$(mounted_on "$containerd_data")" != "$number" ]; then
    if is_made; then end_all; else
      look_again
      # one that was ended in the midst of formatting has nothing on it, and was docker's all the same
      if [ -n "$disk_content" ]; then was=$disk_uuid; else was=$(noted was); fi
      begin_note "$was"
      end_all
      if [ -n "$was" ]; then quiet_fstab "$docker_root" "$was"; else quiet_fstab '' ''; fi
      unmount_docker
      format
    fi
    fill
    put_in_place
  fi
  is_made || return 0
  add_to_fstab
  rm -rf "$aside"
  rmdir "$fill_place" 2> /dev/null
  echo "$containerd_data is on $disk; /etc/fstab as it was is $notes/kept/etc/fstab"
}
`
