/** The operating system: what it is, what it runs on, and what it waits for. */
export const systemFacts = String.raw`
# FIELD of os-release; the file is read, never run
os_release() {
  for release in /etc/os-release /usr/lib/os-release; do
    readable "$release" || continue
    sed -n "s/^$1=//p" "$root$release" | head -n 1 | tr -d "\"'"
    return
  done
}

first_line() { head -c 300 "$root$1" 2> /dev/null | head -n 1; }

system_facts() {
  [ "$(id -u)" = 0 ] && say asRoot yes || say asRoot no
  open os
  say id "$(os_release ID)"
  say like "$(os_release ID_LIKE)"
  say version "$(os_release VERSION_ID)"
  say name "$(os_release PRETTY_NAME)"
  say kernel "$(first_line /proc/sys/kernel/osrelease)"
  say architecture "$(uname -m)"
  say hostname "$(first_line /proc/sys/kernel/hostname)"
  say machineId "$(first_line /etc/machine-id)"
  say bootId "$(first_line /proc/sys/kernel/random/boot_id)"
  [ -d "$root/run/systemd/system" ] && say init systemd || say init other
  say cgroup "$(cgroup_version)"
  end
  say epochSeconds "$(date +%s)"
  reboot_facts
  swap_facts
}

cgroup_version() {
  if [ -e "$root/sys/fs/cgroup/cgroup.controllers" ]; then echo v2
  elif [ -d "$root/sys/fs/cgroup/unified" ]; then echo hybrid
  elif [ -d "$root/sys/fs/cgroup/memory" ]; then echo v1
  fi
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
  sed 1d "$root/proc/swaps" 2> /dev/null | head -n 10 | while read -r device _ kib used _; do
    open ''
    say device "$device"
    say kib "$kib"
    say usedKib "$used"
    end
  done
  end
  say fstabSwaps "$(awk '$1 !~ /^#/ && $3 == "swap"' "$root/etc/fstab" 2> /dev/null | grep -c .)"
}

# Free room of folders, each told of the file system that it lies on
disk_facts() {
  list disks
  for folder in / /boot /etc/kubernetes /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/docker /var/lib/rancher /var/cache "$etcd_data"; do
    [ -n "$folder" ] && [ -d "$root$folder" ] || continue
    found=$(limited df -Pk "$root$folder" | awk 'NR == 2 && $2 ~ /^[0-9]+$/ && $4 ~ /^[0-9]+$/ && $6 != "" { print $2, $4, $6 }')
    [ -n "$found" ] || continue
    open ''
    say path "$folder"
    say sizeKib "$(printf '%s\n' "$found" | cut -d ' ' -f 1)"
    say freeKib "$(printf '%s\n' "$found" | cut -d ' ' -f 2)"
    say mount "$(printf '%s\n' "$found" | cut -d ' ' -f 3-)"
    end
  done
  end
}
`
