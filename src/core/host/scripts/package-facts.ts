import { shellText } from './shell-text.ts'

/**
 * The package manager: what it has installed, holds, has left half done, and whether it is busy. Files are read where they say enough: that needs no
 * rights, no lock and no time. Source: dpkg(1), apt_preferences(5), dnf-plugins-core versionlock, zypper(8) locks.
 */
export const packageFacts = shellText`
package_facts() {
  open packages
  manager=''
  for name in apt-get dnf yum zypper; do
    [ -x "$root/usr/bin/$name" ] && manager=$name && break
  done
  say manager "$manager"
  case $manager in
    apt-get) apt_facts ;;
    dnf | yum | zypper) rpm_installed; rpm_rules ;;
  esac
  lock_facts
  end
}

# What the awk programs below have in common. They are given files behind the kind of them, and begin to count anew with each.
package_words='
  FNR == 1 { count = 0; file = substr(FILENAME, skip + 1); gsub(/\n/, " ", file) }
  function trimmed(text) { sub(/^[ \t]+/, "", text); sub(/[ \t]+$/, "", text); return text }
  function part(name, value) { return value == "" ? "" : name "\t" value "\n" }
  function package(name, version) { return "open\t\t\n" part("say\tname", name) part("say\tversion", version) "end\t\t\n" }
  function hold(name, by) { return "open\t\t\n" part("say\tname", trimmed(name)) part("say\tby", by) "end\t\t\n" }
  function repository(file, source) { return "open\t\t\n" part("say\tfile", file) part("masked\tsource", trimmed(source)) "end\t\t\n" }
'

apt_facts() {
  set -- kind=none /dev/null
  readable /var/lib/dpkg/status && set -- "$@" kind=status "$root/var/lib/dpkg/status"
  set -- "$@" kind=pins
  for file in "$root"/etc/apt/preferences "$root"/etc/apt/preferences.d/*; do
    [ -f "$file" ] && [ -r "$file" ] && set -- "$@" "$file"
  done
  set -- "$@" kind=sources
  for file in "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*.list "$root"/etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && [ -r "$file" ] && set -- "$@" "$file"
  done
  awk -v skip="\${#root}" "$package_words"'
    function tell() {
      if (name ~ /^(kube|cri-|containerd|docker|moby|runc$|etcd|k3s|rke2)/ && state != "not-installed" && state != "config-files" && installed++ < 60)
        packages = packages package(name, version)
      if (name != "" && want == "hold" && held++ < 40) holds = holds hold(name, "apt-mark")
      if (name != "" && state ~ /^(half-installed|unpacked|half-configured|triggers-awaited|triggers-pending)$/ && half++ < 20) broken = broken "say\t\t" name " is " state "\n"
      name = want = state = version = ""
    }
    kind == "status" {
      read = 1
      if ($0 ~ /^Package: /) name = $2
      else if ($0 ~ /^Status: /) { want = $2; state = $4 }
      else if ($0 ~ /^Version: /) version = $2
      else if ($0 == "") tell()
      next
    }
    kind == "pins" && sub(/^Package:[ \t]*/, "") {
      n = split($0, word, " ")
      for (i = 1; i <= n; i++) if (word[i] ~ /^(kube|cri-|containerd|docker|etcd)/ && count++ < 10) pins = pins hold(word[i], file)
    }
    kind == "sources" && /^[ \t]*(deb |deb-src |deb[ \t]*\[|URIs:)/ && tolower($0) ~ /kube|k8s|rancher|docker|containerd|etcd/ && count++ < 10 {
      repositories = repositories repository(file, $0)
    }
    END {
      tell()
      printf "list\tinstalled\t\n%send\t\t\nlist\tholds\t\n%s%send\t\t\n", packages, holds, pins
      if (read) printf "list\tbroken\t\n%send\t\t\n", broken
      printf "list\trepositories\t\n%send\t\t\n", repositories
    }
  ' "$@"
}

rpm_installed() {
  list installed
  limited rpm -qa --qf '%{NAME} %{VERSION}-%{RELEASE}\n' 'kube*' 'cri-*' 'containerd*' 'docker*' 'moby*' runc 'etcd*' 'k3s*' 'rke2*' container-selinux |
    sort | awk "$package_words"'NR > 60 { exit } { name = $1; sub(/^[^ ]* */, ""); printf "%s", package(name, $0) }'
  end
}

# What keeps packages as they are, and the base of each repository that is switched on
rpm_rules() {
  set -- kind=none /dev/null
  case $manager in
    zypper)
      folder=/etc/zypp/repos.d
      readable /etc/zypp/locks && set -- "$@" kind=zypper "$root/etc/zypp/locks"
      ;;
    *)
      folder=/etc/yum.repos.d
      for file in /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list; do
        readable "$file" && set -- "$@" kind=lines "$root$file"
      done
      readable /etc/dnf/versionlock.toml && set -- "$@" kind=toml "$root/etc/dnf/versionlock.toml"
      set -- "$@" kind=excludes
      for file in "$root"/etc/dnf/dnf.conf "$root"/etc/yum.conf "$root"/etc/yum.repos.d/*.repo; do
        [ -f "$file" ] && [ -r "$file" ] && set -- "$@" "$file"
      done
      ;;
  esac
  set -- "$@" kind=repositories
  for file in "$root$folder"/*.repo; do
    [ -f "$file" ] && [ -r "$file" ] && set -- "$@" "$file"
  done
  awk -v skip="\${#root}" "$package_words"'
    function tell(  source) {
      source = id " " url
      if (url != "" && on && tolower(source) ~ /kube|k8s|rancher|docker|containerd|etcd/ && told++ < 10) repositories = repositories repository(of, source)
      url = ""
    }
    kind == "lines" && !/^[ \t\r]*(#.*)?$/ && count++ < 40 { sub(/^!/, ""); holds = holds hold($0, "versionlock") }
    kind == "toml" && sub(/^name[ \t]*=[ \t]*/, "") && count++ < 40 { gsub(/["'\'']/, ""); holds = holds hold($0, "versionlock") }
    kind == "zypper" && sub(/^solvable_name:[ \t]*/, "") && count++ < 40 { holds = holds hold($0, "zypper addlock") }
    kind == "excludes" && sub(/^exclude(pkgs)?[ \t]*=[ \t]*/, "") {
      n = split($0, word, /[ ,]/)
      for (i = 1; i <= n; i++) if (word[i] ~ /^(kube|cri-|containerd|docker|etcd|\*)/ && count++ < 10) holds = holds hold(word[i], "exclude in " file)
    }
    kind == "repositories" && FNR == 1 { tell(); told = on = 0; of = file; id = "" }
    kind == "repositories" && /^\[/ { tell(); id = $0; on = 1 }
    kind == "repositories" && /^(baseurl|mirrorlist|metalink)[ \t]*=/ { url = $0; sub(/^[a-z]*[ \t]*=[ \t]*/, "", url) }
    kind == "repositories" && /^enabled[ \t]*=[ \t]*(0|false|no)/ { on = 0 }
    END {
      tell()
      printf "list\tholds\t\n%send\t\t\nlist\trepositories\t\n%send\t\t\n", holds, repositories
    }
  ' "$@"
}

# Who holds a lock of the package manager: by the kernel's list of locks, or by a file with its process
lock_facts() {
  set --
  for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock; do
    [ -f "$root$file" ] && set -- "$@" "$root$file"
  done
  if [ $# -gt 0 ]; then
    found=$(ls -i "$@" | awk -v skip="\${#root}" '
      BEGIN { for (i = 3; i < ARGC; i++) file[i] = ARGV[i]; last = ARGC; ARGC = 3 }
      NR == FNR { inode[$2] = $1; next }
      { n = split($6, part, ":") }
      n == 3 && $5 > 0 && !(part[3] in holder) { holder[part[3]] = $5 }
      END { for (i = 3; i < last; i++) if (inode[file[i]] in holder) { print holder[inode[file[i]]], substr(file[i], skip + 1); exit } }
    ' - "$root/proc/locks" "$@")
    [ -n "$found" ] && lock_holder "\${found#* }" "\${found%% *}" && return
  fi
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
  kernel_says "/proc/$2/comm"
  say program "$found"
  end
}

# Sets owners to which of dpkg's lists name a file of programs, as lines "LIST:PATH"
find_owners() {
  owners=''
  [ -n "$programs" ] && [ -d "$root/var/lib/dpkg/info" ] || return 0
  set --
  by_lines
  for each in $programs; do
    each=\${each#* }
    # of what is in /usr/bin the package may say that it is in /bin
    set -- "$@" -e "$each" -e "\${each#/usr}"
  done
  by_words
  owners=$(grep -HxF "$@" "$root"/var/lib/dpkg/info/*.list)
}
# PATH: sets owner to the package that owns it; to nothing when none does
owner_of() {
  owner=''
  if [ -d "$root/var/lib/dpkg/info" ]; then
    by_lines
    for each in $owners; do
      case $each in *".list:$1" | *".list:\${1#/usr}") owner=\${each%.list:*}; break ;; esac
    done
    by_words
    owner=\${owner##*/}
    owner=\${owner%%:*}
  elif [ -x "$root/usr/bin/rpm" ]; then
    found=$(limited rpm -qf --qf '%{NAME}\n' "$1")
    by_lines
    for each in $found; do
      # it says so where none does
      case $each in *' '*) ;; *) owner=$each; break ;; esac
    done
    by_words
  fi
}
`
