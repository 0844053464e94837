#!/usr/bin/env bash
# The boot of a host, inside its new namespaces: mounts its root file system and becomes its systemd.
# usage (by power.sh): boot.sh HOST_FOLDER BASE NAME [CGROUP]
set -euo pipefail
folder=$1 base=$2 name=$3 cgroup=${4:-}
root=$folder/root

# first into the host's cgroup, then a namespace that has this one as its root
if [ -n "$cgroup" ]; then
  # shellcheck source=cgroup.sh
  . "$(dirname "$0")/cgroup.sh"
  enter_cgroup "$cgroup"
  exec unshare --cgroup bash "$0" "$folder" "$base" "$name"
fi

mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$base,upperdir=$folder/upper,workdir=$folder/work" "$root"
# one overlayfs cannot be the upper layer of another: what containerd stacks lies on the machine's own disk
for data in "$folder"/data/*; do
  mkdir -p "$root/var/lib/$(basename "$data")"
  mount --bind "$data" "$root/var/lib/$(basename "$data")"
done
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"

mount -t tmpfs -o mode=755 dev "$root/dev"
mkdir "$root"/dev/{pts,shm,mqueue,net}
for device in null zero full random urandom tty kmsg fuse; do
  if [ -e "/dev/$device" ]; then cp -a "/dev/$device" "$root/dev/"; fi
done
mknod "$root/dev/net/tun" c 10 200
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup "$root/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 cgroup "$root/sys/fs/cgroup"
  for hierarchy in /sys/fs/cgroup/*/; do
    hierarchy=$(basename "$hierarchy")
    mkdir "$root/sys/fs/cgroup/$hierarchy"
    case $hierarchy in
      unified) mount -t cgroup2 cgroup "$root/sys/fs/cgroup/$hierarchy" ;;
      systemd) mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/$hierarchy" ;;
      *) mount -t cgroup -o "$hierarchy" cgroup "$root/sys/fs/cgroup/$hierarchy" ;;
    esac
  done
fi

# A file over one of the kernel's settings. The boot ID: "has it rebooted" is read there, and the machine below has not. The rest: a kubelet
# sets them when they differ, and would set them for the whole machine.
pretend() { # SETTING VALUE
  [ -e "$root/proc/sys/$1" ] || return 0
  mkdir -p "$root/run/rig/$(dirname "$1")"
  echo "$2" > "$root/run/rig/$1"
  mount --bind "$root/run/rig/$1" "$root/proc/sys/$1"
}
pretend kernel/random/boot_id "$(cat /proc/sys/kernel/random/uuid)"
pretend vm/overcommit_memory 1
pretend vm/panic_on_oom 0
pretend kernel/panic 10
pretend kernel/panic_on_oops 1
pretend kernel/keys/root_maxkeys 1000000
pretend kernel/keys/root_maxbytes 25000000

# a kernel's name for a host has at most 64 characters; Kubernetes has the whole name from its own settings
hostname "${name:0:63}"
mkdir -p "$root/.old"
cd "$root"
pivot_root . .old
exec chroot . /usr/bin/env -i container=rig PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /bin/sh -c 'umount -l /.old; rmdir /.old 2> /dev/null; mount --make-rshared /; exec /sbin/init' < /dev/null
