/** What dnf, yum and zypper have in common: packages of rpm. Source: rpm(8), needs-restarting(1). */
const rpmPackages = String.raw`
lock_files='/var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock'
lock_pids='/run/zypp.pid /run/yum.pid /var/run/yum.pid /var/cache/dnf/metadata_lock.pid'

# What is installed, as lines "NAME VERSION"
versions() { rpm -qa --qf '%{NAME} %{EVR}\n'; }
# NAME VERSION: whether it is there, or a newer one; of kernels several are
has() {
  rpm -q --qf '%{EVR}\n' "$1" 2> /dev/null | while read -r has_version; do
    [ "$(rpm --eval "%{lua:print(rpm.vercmp('$has_version', '$2'))}")" -ge 0 ] 2> /dev/null && echo yes && break
  done | grep -q yes
}
growth() { echo 0; }
kept_files() { find /etc -xdev -name '*.rpmnew' -newer "$notes/pending" 2> /dev/null | head -n 10; }
rpm_broken() { rpm -Va --nofiles --nodigest --nosignature 2> /dev/null | sed -n 's/^Unsatisfied dependencies for /unmet dependencies of /p' | head -n 5; }
installation_failed() { cat "$folder/log"; fail "$(install_verdict)"; }
install_verdict() {
  if grep -qiE 'no space left|needs [0-9]+ ?[KMG]i?B' "$folder/log"; then
    echo "there is no room on this host for the packages ($(grep -oiE '.*(no space left|needs [0-9]+ ?[KMG]i?B).*' "$folder/log" | head -n 1 | cut -c 1-200)): make room there, then go on"
    return
  fi
  said=$(grep -iE '^(error|problem|fatal)' "$folder/log" | head -n 1 | cut -c 1-300)
  [ -n "$said" ] || said=$(tail -n 1 "$folder/log" | cut -c 1-300)
  echo "$manager failed: $said"
}
refused_repository() {
  cat "$folder/log"
  said=$(grep -iE 'error|failed|not found|cannot' "$folder/log" | head -n 1 | cut -c 1-300)
  [ -n "$said" ] || said='it said nothing'
  fail "a repository of this host does not answer as it should ($said): mend it in $1, or disable it there"
}
`

/** Source: dnf(8), yum(8): `check-update` ends with 100 when something is pending. */
export const dnfManager = String.raw`${rpmPackages}
own_names='kube* kubernetes* cri-* containerd* docker* moby* runc etcd* k3s* rke2*'
dnf() {
  set -f
  for own in $own_names; do set -- "--exclude=$own" "$@"; done
  if [ "$packages" = Security ]; then set -- --security "$@"; fi
  command "$manager" -y "$@"
  dnf_code=$?
  set +f
  return "$dnf_code"
}
refresh() {
  dnf makecache > "$folder/log" 2>&1 || refused_repository /etc/yum.repos.d
  ! grep -qiE 'failed to (download|synchronize)|cannot (download|prepare)' "$folder/log" || refused_repository /etc/yum.repos.d
  cat "$folder/log"
}
pending() {
  dnf -q check-update > "$folder/simulated" 2> "$folder/log"
  code=$?
  [ "$code" = 0 ] || [ "$code" = 100 ] || { cat "$folder/log"; fail "$manager cannot tell what is pending: $(head -n 1 "$folder/log" | cut -c 1-300)"; }
  # long names go to a line of their own; what is made obsolete comes behind
  awk '/^Obsoleting/ { exit } NF == 1 { name = $1; next } NF == 2 && name != "" { print name, $1; name = ""; next } NF == 3 && $1 ~ /\.[a-z0-9_]+$/ { print $1, $2 }' \
    "$folder/simulated" | sed -E 's/^([^ ]+)\.[a-z0-9_]+ /\1 /'
}
broken() { rpm_broken; }
mend() {
  # of yum alone; dnf has nothing that goes on where another has stopped
  if command -v yum-complete-transaction > /dev/null; then yum-complete-transaction -y; fi
  [ -z "$(broken)" ] || fail "what an earlier installation has left cannot be mended here: look at $manager check"
}
archive_folder=/var/cache
to_fetch() { echo 1; }
download() { dnf upgrade --downloadonly > "$folder/log" 2>&1 || installation_failed; }
install() { dnf upgrade > "$folder/log" 2>&1 || installation_failed; cat "$folder/log"; }
reboot_wanted() {
  if command -v needs-restarting > /dev/null; then
    needs-restarting -r > /dev/null 2>&1
    [ $? != 1 ] || echo 'needs-restarting -r says so'
  else
    newer_kernel
  fi
}
`

/** Source: zypper(8): 7 is another's lock, 102 a reboot that is needed, 103 a restart of zypper itself. */
export const zypperManager = String.raw`${rpmPackages}
zypper() { command zypper --non-interactive --no-color "$@"; }
refresh() {
  zypper refresh > "$folder/log" 2>&1 || refused_repository /etc/zypp/repos.d
  cat "$folder/log"
}
pending() {
  if [ "$packages" = Security ]; then set -- --category security; pending_of list-patches "$@"; else pending_of list-updates; fi
}
pending_of() {
  zypper --xmlout "$@" > "$folder/simulated" 2> "$folder/log" || { cat "$folder/log"; fail "zypper cannot tell what is pending: $(head -n 1 "$folder/log" | cut -c 1-300)"; }
  tr '\n' ' ' < "$folder/simulated" | sed 's/<update /\n<update /g' | sed -n -E 's/^<update .*[ ]name="([^"]*)".*[ ]edition="([^"]*)".*/\1 \2/p' |
    awk -v own="$own_packages" '$1 !~ own'
}
# patches are no packages: one is there when it is needed no more
if [ "$packages" = Security ]; then
  has() { ! zypper -q list-patches --category security 2> /dev/null | grep -qF " $1 "; }
fi
broken() { rpm_broken; }
mend() { zypper verify > "$folder/log" 2>&1 || installation_failed; }
archive_folder=/var/cache
to_fetch() { echo 1; }
download() { zypper_wanted --download-only; }
install() { zypper_wanted; cat "$folder/log"; }
zypper_wanted() {
  if [ "$packages" = Security ]; then set -- patch --category security "$@"; else set -- update "$@" $(cut -d ' ' -f 1 "$notes/pending"); fi
  zypper "$@" > "$folder/log" 2>&1
  case $? in 0 | 102 | 103) ;; *) installation_failed ;; esac
}
reboot_wanted() {
  if [ -e /run/reboot-needed ]; then echo '/run/reboot-needed is there'; return; fi
  command zypper needs-rebooting > /dev/null 2>&1
  [ $? != 102 ] || echo 'zypper needs-rebooting says so'
}
`
