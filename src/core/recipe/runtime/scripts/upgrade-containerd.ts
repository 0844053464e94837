/** Packages by version, whoever holds them: held before is held after. */
const exactPackages = String.raw`
# The newest package of the version, behind which packagers put a count of their own; 1.7.28 is none of 1.7.2
packaged() {
  apt-cache madison "$package" | awk -F '|' '{ gsub(/ /, "", $2); print $2 }' | grep -E "^([0-9]+:)?$(printf %s "$version" | sed 's/\./\\./g')([^0-9.].*)?$" | head -n 1
}
# ARGUMENTS...: installs containerd in its version, or fetches it
get_containerd() {
  case $manager in
    apt-get)
      exact=$(packaged)
      if [ -z "$exact" ]; then echo "E: Version '$version' for '$package' was not found" && return 1; fi
      apt "$@" --allow-change-held-packages --no-remove install "$package=$exact"
      ;;
    *) command "$manager" -y "$@" --disableexcludes=all install "$package-$version-*" ;;
  esac > "$folder/log" 2>&1
}
note_hold() {
  mkdir -p "$notes"
  [ "$manager" = apt-get ] && apt-mark showhold | grep -qx "$package" && : > "$notes/held"
  return 0
}
hold_again() { [ ! -e "$notes/held" ] || apt-mark hold "$package" > /dev/null; }
is_version() { [ "$(containerd_version containerd)" = "$version" ]; }
`

/** Fetches the package, and installs nothing. */
export const fetchContainerdScript = `${exactPackages}
probe() { is_version || [ -e "$notes/fetched" ]; }

act() {
  until_free
  note_hold
  if [ "$manager" = apt-get ]; then set -- --download-only; else set -- --downloadonly; fi
  get_containerd "$@" || refresh
  [ "$(tail -n 1 "$folder/log")" = '' ] || get_containerd "$@" || {
    cat "$folder/log"
    if grep -qE "Version '.*' for '.*' was not found|Unable to (find a match|locate package)" "$folder/log"; then
      fail "no repository of this host has $package $version: name one that has it, or another version"
    fi
    fail "$(install_verdict)"
  }
  : > "$notes/fetched"
}
`

/**
 * Another containerd under a stopped kubelet: containers run on, as each has a process of its own beside it. From 2.0 on its file is written anew in the
 * words of that version, by containerd itself.
 */
export const upgradeContainerdScript = String.raw`${exactPackages}
probe() { is_version && runs containerd.service && { ! kubelet_was_on || runs kubelet.service; } && ! needs_migration; }

file_version() { sed -n -E 's/^[[:space:]]*version[[:space:]]*=[[:space:]]*([0-9]+).*/\1/p' "$config" 2> /dev/null | head -n 1; }
needs_migration() { case $version in [01].*) return 1 ;; esac; [ -s "$config" ] && [ "$(file_version)" != 3 ]; }
migrate() {
  keep "$config"
  containerd -c "$config" config migrate > "$config.falkirk-new" 2> "$folder/log" && containerd -c "$config.falkirk-new" config dump > /dev/null 2>> "$folder/log" || {
    tail -n 5 "$folder/log"
    fail "containerd $version does not understand $config: mend it by hand, then go on"
  }
  # what it does not know it leaves out, and says so
  sed -n 's/.*Ignoring unknown key.* key="\{0,1\}\([^" ]*[^"=]*\)"\{0,1\} .*/left out of the file, as containerd knows it no more: \1/p' "$folder/log" | sort -u
  replace "$config" < "$config.falkirk-new"
  rm -f "$config.falkirk-new"
  echo "$config was written anew; the one before is $notes/kept$config"
}

act() {
  until_free
  note_kubelet
  note_hold
  timeout 60 ctr deprecations list 2> /dev/null
  stop_kubelet
  keep "$config"
  is_version || get_containerd || { cat "$folder/log"; fail "$(install_verdict)"; }
  hold_again
  is_version || fail "$package was installed, and containerd says that it is $(containerd_version containerd), not $version"
  if needs_migration; then migrate; fi
  start_containerd
  start_kubelet
  echo "containerd $version serves"
}
`
