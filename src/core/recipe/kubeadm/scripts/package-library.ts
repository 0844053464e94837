import { sentPackages } from './sent-packages.ts'

/**
 * The package managers' words for the same things. `manager`, `names` (packages), `plain` (the version without `v`), `held` (whether they are held
 * or locked at their version) and `excludes` (the option by which what a repository's file excludes is installed) are assigned before it; so are
 * `aside` (whether the repositories of the target are used beside those that the host has, which stay as they are) and `aside_options`.
 * Source: kubernetes.io, "Upgrading kubeadm clusters"; apt-get(8), dnf(8), dnf-plugins-core versionlock, zypper(8).
 */
export const packageLibrary = String.raw`${sentPackages}
# in a string of this language it would be a value of it
version_field='$'{Version}
prepare_manager() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_CONFIG=$folder/apt.conf
  export DEBIAN_FRONTEND NEEDRESTART_SUSPEND APT_CONFIG
  # what people have changed stays; another apt-get is waited for; folders of steps are root's alone
  printf '%s\n' 'DPkg::Lock::Timeout "600";' 'Dpkg::Use-Pty "0";' 'APT::Sandbox::User "root";' 'Dpkg::Options { "--force-confdef"; "--force-confold"; };' > "$APT_CONFIG"
  # scripts of packages make files for everybody, unlike the steps'
  umask 022
  [ "$aside" = no ] || are_sent || lay_aside
}
# Copies of the repositories' files that name the target's minor, with indexes of their own; packages go where the manager looks for them later.
lay_aside() {
  own=$state/prepare
  rm -rf "$own/sources"
  mkdir -p "$own/sources" || fail "$state cannot be written to"
  case $manager in
    apt-get)
      cp -p /etc/apt/sources.list /etc/apt/sources.list.d/* "$own/sources/" 2> /dev/null
      # what the host has read already need not be fetched again
      [ -d "$own/lists" ] || cp -al /var/lib/apt/lists "$own/lists" 2> /dev/null || cp -a /var/lib/apt/lists "$own/lists" || fail "the package indexes cannot be copied to $own"
      # it would be the host's own
      rm -f "$own/lists/lock"
      printf '%s\n' 'Dir::Etc::sourcelist "/dev/null";' "Dir::Etc::sourceparts \"$own/sources\";" "Dir::State::lists \"$own/lists\";" \
        "Dir::Cache::pkgcache \"$own/pkgcache.bin\";" "Dir::Cache::srcpkgcache \"$own/srcpkgcache.bin\";" >> "$APT_CONFIG"
      ;;
    zypper) cp -p /etc/zypp/repos.d/*.repo "$own/sources/" ;;
    *) cp -p /etc/yum.repos.d/*.repo "$own/sources/" ;;
  esac
  for file in $repository_files; do
    sed -i -E "s#/v1\.[0-9]+/(deb|rpm)#/v1.$minor/\1#" "$own/sources/$(basename "$file")" || fail "$file cannot be copied to $own"
  done
}
# yum keeps what it knows of a repository by its name alone
end_aside() {
  [ "$aside" = yes ] || return 0
  rm -rf "$state/prepare"
  [ "$manager" != yum ] || yum makecache > /dev/null 2>&1
}

# NAME: how the manager is asked for the target and nothing else
exactly() {
  case $manager in
    apt-get) echo "$1=$plain-*" ;;
    zypper) echo "$1=$plain" ;;
    *) echo "$1-$plain-*" ;;
  esac
}
# OPTIONS NAMES
install_exactly() {
  if are_sent; then
    install_files "$1" "$(sent_files $2)"
    return
  fi
  set -f
  case $manager in
    apt-get) set -- apt-get install -y $1 $(for name in $2; do exactly "$name"; done) ;;
    zypper) set -- zypper --non-interactive $aside_options install --oldpackage $1 $(for name in $2; do exactly "$name"; done) ;;
    *) set -- "$manager" install -y $excludes $aside_options $1 $(for name in $2; do exactly "$name"; done) ;;
  esac
  set +f
  run "$@"
}
refresh() {
  if are_sent; then return; fi
  case $manager in
    apt-get) run apt-get update ;;
    zypper) run zypper --non-interactive $aside_options refresh ;;
    *) run "$manager" makecache $aside_options ;;
  esac
}
# All versions that the repositories have of a package, one a line
versions_of() {
  if are_sent; then version_in "$(sent "$1" "$sent_folder")" "$1"; else offered "$1"; fi 2> /dev/null | sed 's/^[0-9]*://' | grep -E '^[0-9]+\.[0-9]+\.[0-9]+-' | sort -u
}
offered() {
  case $manager in
    apt-get) apt-cache madison "$1" | awk -F '|' '{ gsub(/ /, "", $2); print $2 }' ;;
    zypper) zypper --non-interactive $aside_options search --details --match-exact --type package "$1" | awk -F '|' '{ gsub(/ /, "", $4); print $4 }' ;;
    *) "$manager" -q list --showduplicates "$1" $excludes $aside_options | tr -s ' ' '\n' ;;
  esac
}
tell_versions() {
  if are_sent; then
    tell "ls $sent_folder"
    return
  fi
  case $manager in
    apt-get) tell "apt-cache madison $*" ;;
    zypper) tell "zypper$(printf ' %s' $aside_options | sed 's/ $//') search --details --match-exact --type package $*" ;;
    *) tell "$manager list --showduplicates $*$(printf ' %s' $excludes $aside_options)" ;;
  esac
}

# Whether all of them at the target are where the manager finds them, or installed
are_fetched() {
  are_sent && return
  case $manager in
    apt-get) eval "$(apt-config shell archives Dir::Cache::archives/d)" ;;
    zypper) archives=/var/cache/zypp/packages ;;
    *) archives='/var/cache/dnf /var/cache/libdnf5 /var/cache/yum' ;;
  esac
  for name in $names; do
    case $(installed "$name") in "$plain-"*) continue ;; esac
    find $archives -type f \( -name "$name"_"$plain-*.deb" -o -name "$name-$plain-*.rpm" \) 2> /dev/null | grep -q . || return 1
  done
}

# Files in which a hold is written; asking the manager would take a second at each look
is_held() {
  [ "$held" = yes ] || return 0
  for name in $1; do
    case $manager in
      apt-get) apt-mark showhold "$name" 2> /dev/null | grep -qx "$name" || return 1 ;;
      zypper) grep -qsx "solvable_name: *$name" /etc/zypp/locks || return 1 ;;
      *) cat /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list /etc/dnf/versionlock.toml 2> /dev/null | grep -q "$name[-\"]" || return 1 ;;
    esac
  done
}
unhold() {
  [ "$held" = yes ] || return 0
  case $manager in
    apt-get) run apt-mark unhold $1 ;;
    zypper) run zypper --non-interactive removelock $1 ;;
    *) run "$manager" versionlock delete $1 ;;
  esac
}
hold() {
  [ "$held" = yes ] || return 0
  case $manager in
    apt-get) run apt-mark hold $1 ;;
    zypper) run zypper --non-interactive addlock $1 ;;
    *) run "$manager" versionlock add $1 ;;
  esac
}
# NAME: the version of an installed package
installed() {
  case $manager in
    apt-get) dpkg-query -W -f "$version_field" "$1" ;;
    *) rpm -q --qf '%{VERSION}-%{RELEASE}' "$1" ;;
  esac 2> /dev/null
}
# NAMES: installs them at the target, and holds them again whatever happens
change_packages() {
  changing=$1
  unhold "$1"
  trap 'hold "$changing"' EXIT
  install_exactly '' "$1" || fail "$manager does not install $1 $plain: what it says stands above"
  trap - EXIT
  hold "$1" || fail "$1 cannot be held again: $manager does not answer"
}
`
