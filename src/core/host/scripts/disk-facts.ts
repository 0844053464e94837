import { shellText } from './shell-text.ts'

/** The one disk that an order names to be reformatted, asked for by its path (`disk`), and what is on it: all by which it may be refused. */
export const diskFacts = shellText`
named_disk_facts() {
  [ -n "$disk" ] || return 0
  open disk
  say path "$disk"
  told_of_stat=$(limited stat -Lc '%F/%t/%T' "$root$disk")
  case $told_of_stat in
    'block special file/'*) say kind block; block_facts "\${told_of_stat#*/}" ;;
    ?*) say kind other ;;
    *) say kind absent ;;
  esac
  for program in blkid mkfs.ext4; do
    command -v "$program" > /dev/null || { say missing "$program"; break; }
  done
  note=$root/var/lib/falkirk/runtime/disk
  [ ! -r "$note" ] || awk -F = '
    BEGIN { name["was"] = "notedWas"; name["made"] = "notedMade"; name["root"] = "notedRoot" }
    $1 in name && $2 != "" && !told[$1]++ { print "say\t" name[$1] "\t" $2 }' "$note"
  end
}

# MAJOR/MINOR, both in hex: what the kernel knows of it
block_facts() {
  number=$((0x\${1%/*})):$((0x\${1#*/}))
  say number "$number"
  kernel_path=/sys/dev/block/$number
  sys=$root$kernel_path
  kernel_says "$kernel_path/size"
  [ -z "$found" ] || say sizeKib "$((found / 2))"
  kernel_says "$kernel_path/ro"
  [ "$found" != 1 ] || say readOnly yes
  identity_of "$sys"
  say id "$identity"
  if [ -e "$sys/dm" ]; then say target "$(limited dmsetup table "$root$disk" | awk '{ print $3; exit }')"; fi
  list partitions
  for file in "$sys"/*/partition; do [ ! -e "$file" ] || { file=\${file%/partition}; say '' "\${file##*/}"; }; done
  end
  list holders
  for file in "$sys"/holders/*; do
    [ -e "$file" ] || [ -L "$file" ] || continue
    found=''
    [ ! -r "$file/dm/name" ] || kernel_says "\${file#"$root"}/dm/name"
    say '' "\${found:-\${file##*/}}"
  done
  end
  content_facts
  mount_facts
  swap_on_disk
}

# What blkid finds by reading it, and not what somebody has noted of it once
content_facts() {
  content=$(limited blkid -p -o export "$root$disk")
  case $? in
    0) printf '%s\n' "$content" | awk -F = '
        $1 == "TYPE" { print "say\tcontent\t" $2 }
        $1 == "PTTYPE" { print "say\ttable\t" $2 }
        $1 == "UUID" { print "say\tuuid\t" $2 }' ;;
    # nothing is there, or it cannot be read
    2) head -c 512 "$root$disk" > /dev/null || say content unreadable ;;
    8) say content ambiguous ;;
    *) say content unreadable ;;
  esac
}

# Where it is mounted, what else is mounted below there, and what has a mount of its own where containerd's data go
mount_facts() {
  [ -r "$root/proc/self/mountinfo" ] || { say unknown yes; return; }
  mounted=$(awk -v number="$number" '$3 == number { print $5 }' "$root/proc/self/mountinfo" | head -n 20)
  printf '%s\n' "$mounted" | awk 'NF' | items mounts
  awk '$5 == "/var/lib/containerd" { number = $3 } END { if (number != "") print "say\tcontainerdOn\t" number }' "$root/proc/self/mountinfo"
  where=\${mounted%%"$nl"*}
  [ -n "$where" ] || return 0
  awk -v number="$number" -v below="$where/" '
    index($5, below) == 1 && $3 != number && index($5, below "devicemapper/mnt/") != 1 {
      for (i = 7; $i != "-"; i++);
      if ($(i + 1) !~ /^(overlay|aufs|tmpfs|nsfs|proc)$/) print $5
    }' "$root/proc/self/mountinfo" | head -n 5 | items below
  ls -A "$root$where" | head -n 60 | items entries
  ls "$root$where/volumes" | grep -vxE '[0-9a-f]{64}|metadata\.db|backingFsBlockDev' | head -n 5 | items volumes
  unit=$(limited systemd-escape -p --suffix=mount "$where")
  [ -z "$unit" ] || say mountUnit "$(limited systemctl show -p FragmentPath "$unit" | sed -n -e '/=\/run\/systemd\/generator/d' -e 's/^FragmentPath=//p')"
}

swap_on_disk() {
  [ -r "$root/proc/swaps" ] || return 0
  while read -r device _; do
    case $device in /*) ;; *) continue ;; esac
    [ "$(limited stat -Lc '%F/%t/%T' "$root$device")" != "$told_of_stat" ] || say swap yes
  done < "$root/proc/swaps"
}
`
