import { shellText } from '../../../host/scripts/shell-text.ts'

/**
 * What is known of the disk that docker had and containerd gets: what is on it counts, by the UUIDs of the file system that was there and of the one that was
 * made, which a step has written down before it acted. `disk` and `docker_root` are assigned before it; `disk` is empty where no disk was named.
 */
export const diskNote = shellText`
disk_note=$state/runtime/disk
noted() { sed -n "s/^$1=//p" "$disk_note" 2> /dev/null | tail -n 1; }
# Written before anything follows from it, as a whole: whoever comes after a kill has no other word for whose the disk is
# the end of a pipe, whose caller has to end itself
keep_note() { cat > "$disk_note.part" && mv -f "$disk_note.part" "$disk_note" && sync || fail "$disk_note cannot be written"; }
# UUID of what docker had: nothing else is known yet
begin_note() { printf 'was=%s\nroot=%s\n' "$1" "$docker_root" | keep_note || exit 1; }
# KEY VALUE
note_disk() { { grep -v "^$1=" "$disk_note" 2> /dev/null; printf '%s=%s\n' "$1" "$2"; } | keep_note || exit 1; }

# PATH of a block device: its number as in mountinfo; fails when it is none
number_of() {
  told=$(stat -Lc '%F/%t/%T' "$1" 2> /dev/null)
  case $told in 'block special file/'*) told=\${told#*/} && echo "$((0x\${told%/*})):$((0x\${told#*/}))" ;; *) return 1 ;; esac
}
# FOLDER: number of the device that is mounted there, the last where there are several
mounted_on() { awk -v place="$1" '$5 == place { number = $3 } END { print number }' /proc/self/mountinfo; }
content_of() { blkid -p -o value -s "$2" "$1" 2> /dev/null; }
is_made() { made=$(noted made) && [ -n "$made" ] && [ "$(content_of "$disk" UUID)" = "$made" ]; }
# Whether there is no way back: the file system that docker had is not on the disk any more
docker_is_gone() { [ -n "$disk" ] && was=$(noted was) && [ -n "$was" ] && [ "$(content_of "$disk" UUID)" != "$was" ]; }
`
