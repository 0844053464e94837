/**
 * The package manager: what it has installed, holds, has left half done, and whether it is busy. Files are read where they say enough: that needs no
 * rights, no lock and no time. Source: dpkg(1), apt_preferences(5), dnf-plugins-core versionlock, zypper(8) locks.
 */
export const packageFacts = String.raw`
package_facts() {
  open packages
  manager=''
  for name in apt-get dnf yum zypper; do
    [ -x "$root/usr/bin/$name" ] && manager=$name && break
  done
  say manager "$manager"
  case $manager in
    apt-get) apt_facts ;;
    dnf | yum) rpm_installed; yum_holds; yum_repositories /etc/yum.repos.d ;;
    zypper) rpm_installed; zypper_holds; yum_repositories /etc/zypp/repos.d ;;
  esac
  lock_facts
  end
}

apt_facts() {
  list installed
  readable /var/lib/dpkg/status && dpkg_paragraphs | awk '
    $2 ~ /^(kube|cri-|containerd|docker|moby|runc$|etcd|k3s|rke2)/ && $4 != "not-installed" && $4 != "config-files" { print }
  ' | head -n 60 | while read -r _ name want state version; do
    open ''
    say name "$name"
    say version "$version"
    end
  done
  end
  list holds
  [ -r "$root/var/lib/dpkg/status" ] && dpkg_paragraphs | awk '$3 == "hold" { print $2 }' | head -n 40 | while read -r name; do hold "$name" apt-mark; done
  apt_pins
  end
  [ -r "$root/var/lib/dpkg/status" ] && dpkg_paragraphs |
    awk '$4 ~ /^(half-installed|unpacked|half-configured|triggers-awaited|triggers-pending)$/ { print $2 " is " $4 }' | head -n 20 | items broken
  list repositories
  for file in "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*.list "$root"/etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    told=$(told_path "$file")
    grep -E '^[[:space:]]*(deb |deb-src |deb[[:space:]]*\[|URIs:)' "$file" | grep -iE 'kube|k8s|rancher|docker|containerd|etcd' | mask | head -n 10 |
      while read -r source; do repository "$told" "$source"; done
  done
  end
}

# Each package as a line: "=", name, what is wanted of it, how it is, version
dpkg_paragraphs() {
  awk '
    /^Package: / { name = $2 }
    /^Status: / { want = $2; state = $4 }
    /^Version: / { version = $2 }
    /^$/ { if (name != "") print "=", name, want, state, version; name = version = want = state = "" }
    END { if (name != "") print "=", name, want, state, version }
  ' "$root/var/lib/dpkg/status"
}

apt_pins() {
  for file in "$root"/etc/apt/preferences "$root"/etc/apt/preferences.d/*; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    told=$(told_path "$file")
    sed -n 's/^Package:[[:space:]]*//p' "$file" | tr ' ' '\n' | grep -E '^(kube|cri-|containerd|docker|etcd)' | head -n 10 |
      while read -r name; do hold "$name" "$told"; done
  done
}

hold() {
  open ''
  say name "$1"
  say by "$2"
  end
}
repository() {
  open ''
  say file "$1"
  say source "$2"
  end
}
# FILE: its path as the host knows it
told_path() { printf '%s\n' "/$(printf %s "$1" | cut -c "$(($(printf %s "$root" | wc -c) + 2))-")"; }

rpm_installed() {
  list installed
  limited rpm -qa --qf '%{NAME} %{VERSION}-%{RELEASE}\n' 'kube*' 'cri-*' 'containerd*' 'docker*' 'moby*' runc 'etcd*' 'k3s*' 'rke2*' container-selinux |
    sort | head -n 60 | while read -r name version; do
      open ''
      say name "$name"
      say version "$version"
      end
    done
  end
}

yum_holds() {
  list holds
  for file in /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list; do
    readable "$file" || continue
    sed -E -e '/^[[:space:]]*(#.*)?$/d' -e 's/^!//' "$root$file" | head -n 40 | while read -r name; do hold "$name" versionlock; done
  done
  readable /etc/dnf/versionlock.toml && sed -n 's/^name[[:space:]]*=[[:space:]]*//p' "$root/etc/dnf/versionlock.toml" | tr -d "\"'" | head -n 40 |
    while read -r name; do hold "$name" versionlock; done
  for file in "$root"/etc/dnf/dnf.conf "$root"/etc/yum.conf "$root"/etc/yum.repos.d/*.repo; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    told=$(told_path "$file")
    sed -nE 's/^exclude(pkgs)?[[:space:]]*=[[:space:]]*//p' "$file" | tr ' ,' '\n\n' | grep -E '^(kube|cri-|containerd|docker|etcd|\*)' | head -n 10 |
      while read -r name; do hold "$name" "exclude in $told"; done
  done
  end
}

zypper_holds() {
  list holds
  readable /etc/zypp/locks && sed -n 's/^solvable_name:[[:space:]]*//p' "$root/etc/zypp/locks" | head -n 40 | while read -r name; do hold "$name" 'zypper addlock'; done
  end
}

# FOLDER: the base of each repository that is switched on
yum_repositories() {
  list repositories
  for file in "$root$1"/*.repo; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    told=$(told_path "$file")
    awk '
      function tell() { if (url != "" && on) print id, url }
      /^\[/ { tell(); id = $0; url = ""; on = 1 }
      /^(baseurl|mirrorlist|metalink)[ \t]*=/ { url = $0; sub(/^[a-z]*[ \t]*=[ \t]*/, "", url) }
      /^enabled[ \t]*=[ \t]*(0|false|no)/ { on = 0 }
      END { tell() }
    ' "$file" | grep -iE 'kube|k8s|rancher|docker|containerd|etcd' | mask | head -n 10 | while read -r source; do repository "$told" "$source"; done
  done
  end
}

# Who holds a lock of the package manager: by the kernel's list of locks, or by a file with its process
lock_facts() {
  for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock; do
    [ -f "$root$file" ] || continue
    inode=$(ls -i "$root$file" | awk '{ print $1 }')
    pid=$(awk -v inode="$inode" '{ n = split($6, part, ":"); if (n == 3 && part[3] == inode && $5 > 0) { print $5; exit } }' "$root/proc/locks")
    [ -n "$pid" ] && lock_holder "$file" "$pid" && return
  done
  for file in /run/zypp.pid /run/yum.pid /var/run/yum.pid /var/cache/dnf/metadata_lock.pid; do
    readable "$file" || continue
    pid=$(head -c 20 "$root$file" | tr -cd 0-9)
    [ -n "$pid" ] && [ -d "$root/proc/$pid" ] && lock_holder "$file" "$pid" && return
  done
}
lock_holder() {
  open lock
  say file "$1"
  say pid "$2"
  say program "$(first_line "/proc/$2/comm")"
  end
}

# PATH: the package that owns it; nothing when none does
owner_of() {
  if [ -d "$root/var/lib/dpkg/info" ]; then
    merged=$(printf %s "$1" | sed 's#^/usr/#/#')
    grep -lxF -e "$1" -e "$merged" "$root"/var/lib/dpkg/info/*.list 2> /dev/null | head -n 1 | sed -E -e 's#.*/##' -e 's#(:[a-z0-9]+)?\.list$##'
  elif [ -x "$root/usr/bin/rpm" ]; then
    limited rpm -qf --qf '%{NAME}\n' "$1" 2> /dev/null | grep -v ' ' | head -n 1
  fi
}
`
