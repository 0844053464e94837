/**
 * What the steps of an operating system ask of apt and dpkg. The functions are those of each package manager (`package-manager.ts`).
 * Source: apt-get(8), apt.conf(5), apt_preferences(5), dpkg(1), dpkg-query(1).
 */
export const aptManager = String.raw`
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1

# Nobody answers questions: files that people have changed stay as they are. What the run itself upgrades in its own order stays at its version.
apt() {
  apt-get -y -o Dir::Etc::Preferences="$preferences" -o DPkg::Lock::Timeout="$lock_seconds" -o APT::Color=0 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
lock_files='/var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock'
preferences=$notes/preferences

keep_own_packages() {
  {
    dpkg-query -W -f '$''{db:Status-Status} $''{Package} $''{Version}\n' |
      awk -v own="$own_packages" '$1 != "not-installed" && $1 != "config-files" && $2 ~ own { printf "Package: %s\nPin: version %s\nPin-Priority: 1001\n\n", $2, $3 }'
    cat /etc/apt/preferences 2> /dev/null
  } > "$notes/preferences.part"
  mv -f "$notes/preferences.part" "$notes/preferences"
}

# Brings the index up to date. apt takes an index that it could not fetch for a warning, and goes on with the old one.
refresh() {
  apt update > "$folder/log" 2>&1
  code=$?
  cat "$folder/log"
  said=$(sed -n -E 's/^(E|W): (The repository .*(does not have a Release file|is not signed|no longer has).*|GPG error:.*|Failed to fetch.*|Release file .*|An error occurred during the signature.*)/\2/p' "$folder/log" | head -n 1)
  [ -n "$said" ] || [ "$code" = 0 ] || said=$(sed -n 's/^E: //p' "$folder/log" | head -n 1)
  [ -n "$said" ] || return 0
  fail "a repository of this host does not answer as it should ($(printf %s "$said" | cut -c 1-300)): mend it in $(repository_file "$said"), or take it out there"
}
# TEXT: the file that names the repository of it
repository_file() {
  host=$(printf %s "$1" | sed -n 's#.*[a-z]*://\([^/ ]*\).*#\1#p' | head -n 1)
  found=''
  [ -z "$host" ] || found=$(grep -lsF "//$host" /etc/apt/sources.list /etc/apt/sources.list.d/* | head -n 1)
  if [ -n "$found" ]; then echo "$found"; else echo /etc/apt/sources.list; fi
}

# Lines "NAME VERSION" of what would be installed
pending() {
  keep_own_packages
  apt -s -qq upgrade --with-new-pkgs > "$folder/simulated" 2>&1 || { cat "$folder/simulated"; fail "apt-get cannot tell what is pending: $(sed -n 's/^E: //p' "$folder/simulated" | head -n 1)"; }
  awk -v wanted="$packages" '
    $1 == "Inst" {
      told = $0
      sub(/^[^(]*\(/, "", told)
      sub(/\).*/, "", told)
      split(told, part, " ")
      if (wanted == "All" || tolower(told) ~ /security/) print $2, part[1]
    }
  ' "$folder/simulated"
}

# What is installed, as lines "NAME VERSION"
versions() { dpkg-query -W -f '$''{db:Status-Status} $''{Package} $''{Version}\n' | sed -n 's/^installed //p'; }
# NAME VERSION: whether it is there, or a newer one
has() {
  has_version=$(dpkg-query -W -f '$''{db:Status-Status} $''{Version}\n' "$1" 2> /dev/null | sed -n 's/^installed //p' | head -n 1)
  [ -n "$has_version" ] && dpkg --compare-versions "$has_version" ge "$2"
}

# What a broken installation has left, one package a line
broken() {
  dpkg-query -W -f '$''{db:Status-Status} $''{Package}\n' | awk '$1 ~ /^(half-installed|unpacked|half-configured|triggers-awaited)$/ { print $2 " is " $1 }'
  [ -z "$(ls /var/lib/dpkg/updates 2> /dev/null)" ] || echo 'dpkg was interrupted'
  # it also fails for what it reads, which the next step tells
  if apt-get -s -qq check 2>&1 | grep -qi 'unmet dependencies'; then echo 'dependencies are not met'; fi
}
mend() {
  keep_own_packages
  dpkg --force-confdef --force-confold --configure -a > "$folder/log" 2>&1
  apt -f install >> "$folder/log" 2>&1
  code=$?
  cat "$folder/log"
  [ "$code" = 0 ] && [ -z "$(broken)" ] || fail "what an earlier installation has left cannot be mended: $(install_verdict)"
}

# KiB that are still to be fetched
to_fetch() { apt_wanted --print-uris -qq 2> /dev/null | awk '/^'"'"'/ { bytes += $3 } END { print int((bytes + 1023) / 1024) }'; }
archive_folder=/var/cache/apt/archives
download() { apt_wanted --download-only > "$folder/log" 2>&1 || installation_failed; }
# What is named to apt-get counts as wanted by people from then on, unless it is told otherwise.
install() {
  [ -e "$notes/auto" ] || { apt-mark showauto > "$notes/auto.part" && mv -f "$notes/auto.part" "$notes/auto"; }
  apt_wanted > "$folder/log" 2>&1 || installation_failed
  cat "$folder/log"
  [ "$packages" = All ] || cut -d ' ' -f 1 "$notes/pending" | grep -xF -f "$notes/auto" | xargs -r apt-mark auto > /dev/null
}

# ARGUMENTS...: apt-get with what is pending. Security alone: by their names, as an upgrade of apt knows no such choice.
apt_wanted() {
  keep_own_packages
  if [ "$packages" = All ]; then apt "$@" upgrade --with-new-pkgs; return; fi
  apt "$@" install --only-upgrade $(cut -d ' ' -f 1 "$notes/pending")
}
# KiB that the new packages take more than those before them, with the largest twice: while it is unpacked both are there
growth() {
  cut -d ' ' -f 1,2 "$notes/pending" | while read -r name version; do
    new=$(apt-cache show --no-all-versions "$name=$version" 2> /dev/null | sed -n 's/^Installed-Size: //p' | head -n 1)
    old=$(dpkg-query -W -f '$''{Installed-Size}\n' "$name" 2> /dev/null | head -n 1)
    echo "0$new 0$old"
  done | awk '{ sum += $1 - $2; if ($1 > most) most = $1 } END { print int(sum + most) }'
}

installation_failed() { cat "$folder/log"; fail "$(install_verdict)"; }
install_verdict() {
  if grep -qE 'No space left on device|enough free space' "$folder/log"; then
    echo "there is no room on this host for the packages ($(grep -ohE '.*(No space left on device|enough free space).*' "$folder/log" | head -n 1 | sed 's/^E: //' | cut -c 1-200)): make room there, then go on"
    return
  fi
  package=$(sed -n -E 's/^dpkg: error processing (package|archive) ([^ ]*) .*/\2/p' "$folder/log" | head -n 1)
  if [ -n "$package" ]; then
    echo "dpkg does not get $package through ($(grep -A 1 "^dpkg: error processing .*$package" "$folder/log" | sed -n 2p | sed 's/^ *//' | cut -c 1-200)): mend it by hand (dpkg --configure $package), then go on"
    return
  fi
  said=$(sed -n 's/^E: //p' "$folder/log" | head -n 1 | cut -c 1-300)
  [ -n "$said" ] || said='it said nothing'
  echo "apt-get failed: $said"
}

reboot_wanted() {
  for file in /run/reboot-required /var/run/reboot-required; do
    [ -e "$file" ] || continue
    echo "$file is there$(sort -u "$file.pkgs" 2> /dev/null | head -n 5 | sed 's/^/ /' | tr -d '\n')"
    return
  done
  newer_kernel
}
# New files beside those that people have changed
kept_files() { find /etc -xdev -name '*.dpkg-dist' -newer "$notes/pending" 2> /dev/null | head -n 10; }
`
