import { shellText } from './shell-text.ts'

/** The operating system: what it is, what it runs on, and what it waits for. */
export const systemFacts = shellText`
# Of os-release what is wanted; the file is read, never run
os_release() {
  for release in /etc/os-release /usr/lib/os-release; do
    readable "$release" || continue
    awk '
      BEGIN { n = split("ID ID_LIKE VERSION_ID PRETTY_NAME", key, " "); split("id like version name", told, " "); for (i = 1; i <= n; i++) wanted[key[i]] }
      { at = index($0, "="); word = substr($0, 1, at - 1) }
      at && word in wanted && !(word in value) { value[word] = substr($0, at + 1); gsub(/["'\'']/, "", value[word]) }
      END { for (i = 1; i <= n; i++) if (value[key[i]] != "") print "say\t" told[i] "\t" value[key[i]] }
    ' "$root$release"
    return
  done
}

system_facts() {
  user=$(id -u)
  [ "$user" = 0 ] && say asRoot yes || say asRoot no
  open os
  os_release
  kernel_says /proc/sys/kernel/osrelease
  say kernel "$found"
  say architecture "$(uname -m)"
  kernel_says /proc/sys/kernel/hostname
  say hostname "$found"
  if [ -e "$root/etc/machine-id" ]; then
    found=$(head -c 300 "$root/etc/machine-id")
    say machineId "\${found%%"$nl"*}"
  fi
  kernel_says /proc/sys/kernel/random/boot_id
  say bootId "$found"
  [ -d "$root/run/systemd/system" ] && say init systemd || say init other
  if [ -e "$root/sys/fs/cgroup/cgroup.controllers" ]; then say cgroup v2
  elif [ -d "$root/sys/fs/cgroup/unified" ]; then say cgroup hybrid
  elif [ -d "$root/sys/fs/cgroup/memory" ]; then say cgroup v1
  fi
  end
  say epochSeconds "$(date +%s)"
  reboot_facts
  swap_facts
}

# Debian and Ubuntu, then SUSE, leave a file; elsewhere a program knows
reboot_facts() {
  open reboot
  reboot_by=''
  for file in /run/reboot-required /var/run/reboot-required /run/reboot-needed; do
    [ -e "$root$file" ] && reboot_by=$file && break
  done
  if [ -z "$reboot_by" ] && [ -x "$root/usr/bin/needs-restarting" ]; then
    limited needs-restarting -r > /dev/null 2>&1
    [ $? = 1 ] && reboot_by='needs-restarting -r'
  fi
  say by "$reboot_by"
  for file in /run/reboot-required.pkgs /var/run/reboot-required.pkgs; do
    readable "$file" || continue
    sort -u "$root$file" | head -n 20 | items packages
    break
  done
  end
}

swap_facts() {
  list swaps
  if [ -r "$root/proc/swaps" ]; then
    count=0
    # the first line names the columns
    while [ "$count" -le 10 ] && read -r device _ kib used _; do
      count=$((count + 1))
      [ "$count" -gt 1 ] || continue
      open ''
      say device "$device"
      say kib "$kib"
      say usedKib "$used"
      end
    done < "$root/proc/swaps"
  fi
  end
  count=0
  [ -f "$root/etc/fstab" ] && [ -r "$root/etc/fstab" ] && count=$(awk '$1 !~ /^#/ && $3 == "swap" { n++ } END { print n + 0 }' "$root/etc/fstab")
  say fstabSwaps "$count"
}

# Free room of folders, each told of the file system that it lies on
disk_facts() {
  list disks
  set --
  for folder in / /boot /etc/kubernetes /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/docker /var/lib/rancher /var/cache "$etcd_data"; do
    [ -n "$folder" ] && [ -d "$root$folder" ] && set -- "$@" "$root$folder"
  done
  disks_of "$@" || for folder; do disks_of "$folder"; done
  end
}
# FOLDERS: asked together; fails, and says nothing, when not all of them are answered
disks_of() {
  found=$(limited df -Pk "$@" | awk -v skip="\${#root}" '
    BEGIN { for (i = 1; i < ARGC; i++) folder[i] = substr(ARGV[i], skip + 1); wanted = ARGC - 1; ARGC = 1 }
    NR == 1 || NR > wanted + 1 || $2 !~ /^[0-9]+$/ || $4 !~ /^[0-9]+$/ || $6 == "" { next }
    {
      gsub(/\n/, " ", folder[NR - 1])
      told = told "open\t\t\nsay\tpath\t" folder[NR - 1] "\nsay\tsizeKib\t" $2 "\nsay\tfreeKib\t" $4 "\nsay\tmount\t" $6 (folder[NR - 1] == "/var/lib/docker" && $6 == folder[NR - 1] ? "\nsay\tdevice\t" $1 : "") "\nend\t\t\n"
    }
    END { printf "%s", told; exit NR != wanted + 1 }
  ' "$@") || { [ $# = 1 ] || return 1; }
  [ -z "$found" ] || printf '%s\n' "$found"
}
`
