#!/usr/bin/env bash
# Makes the root file system that all hosts share read-only: Debian 12 with systemd, sshd, containerd and etcd.
# usage: make-base.sh FOLDER     does nothing where it is there; needs root, mmdebstrap and Debian's mirror
set -euo pipefail
base=${1:?usage: make-base.sh FOLDER}
# shellcheck source=../debian-mirror.sh
. "$(dirname "$0")/../debian-mirror.sh"

packages=(
  systemd systemd-sysv dbus openssh-server ca-certificates
  iproute2 iputils-ping procps kmod iptables conntrack ethtool socat mount
  containerd runc containernetworking-plugins etcd-server
)
# what a host in a namespace has no use for, or what would change the machine below it
masked=(
  getty.target console-getty.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount dev-hugepages.mount
  systemd-journal-flush.service systemd-sysctl.service systemd-modules-load.service systemd-random-seed.service
)

mkdir -p "$(dirname "$base")"
exec 9> "$base.lock"
flock 9
[ ! -e "$base/.rig-base" ] || exit 0
rm -rf "$base"
mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" bookworm "$base" "$(debian_sources deb)"

rm -f "$base"/etc/apt/sources.list "$base"/etc/apt/sources.list.d/* "$base"/etc/ssh/ssh_host_*
rm -rf "$base"/var/cache/apt/archives/*.deb "$base"/var/lib/apt/lists/*
: > "$base/etc/resolv.conf"
: > "$base/etc/machine-id"
for unit in "${masked[@]}"; do ln -sfn /dev/null "$base/etc/systemd/system/$unit"; done
# the package turns it on everywhere; only a server's own unit starts it
rm -f "$base/etc/systemd/system/multi-user.target.wants/etcd.service" "$base/etc/systemd/system/etcd2.service"
mkdir -p "$base/etc/systemd/journald.conf.d" "$base/etc/systemd/system.conf.d" "$base/etc/cni/net.d" "$base/etc/containerd" "$base/root/.ssh"
printf '[Journal]\nReadKMsg=no\nStorage=volatile\nRuntimeMaxUse=64M\n' > "$base/etc/systemd/journald.conf.d/rig.conf"
printf '[Manager]\nLogTarget=journal\nDefaultTimeoutStopSec=10s\n' > "$base/etc/systemd/system.conf.d/rig.conf"
printf 'PermitRootLogin prohibit-password\nUseDNS no\nMaxStartups 100\n' > "$base/etc/ssh/sshd_config.d/rig.conf"
# restrict_oom_score_adj: where the machine has no CAP_SYS_RESOURCE, runc cannot lower a score, and no pod would start
cat > "$base/etc/containerd/config.toml" << 'TOML'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "k8s.gcr.io/pause:3.2"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
TOML
touch "$base/.rig-base"
