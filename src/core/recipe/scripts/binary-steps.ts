/** Names of the files beside the binary. They begin with a dot, as nobody is to run them. */
const files = `
name=$(basename "$binary")
dir=$(dirname "$binary")
staged=$dir/.$name.falkirk-new
previous=$dir/.$name.falkirk-previous
`

/** Brings the new binary, which comes by standard input, to the disk that it is to run from. Nothing of what runs is touched. */
export const putBinaryScript = `${files}
# In this order: what is being moved is found before or behind its move.
probe() { [ "$(digest_of "$staged")" = "$sha256" ] || [ "$(digest_of "$binary")" = "$sha256" ]; }

act() {
  find "$dir" -maxdepth 1 -name ".$name.falkirk-part.*" -mmin +60 -exec rm -f {} +
  part=$(mktemp "$dir/.$name.falkirk-part.XXXXXX") || fail "$dir cannot be written to"
  trap 'rm -f "$part"' EXIT
  cat > "$part" || fail "the new binary does not fit into $dir"
  [ "$(digest_of "$part")" = "$sha256" ] || fail 'the new binary has not arrived whole'
  chmod 755 "$part" && sync && mv -f "$part" "$staged"
}
`

/** Gives the new binary the place of the old one, which is kept beside it. The service goes on as it is: a running file keeps its content. */
export const replaceBinaryScript = `${files}
probe() { [ "$(digest_of "$binary")" = "$sha256" ]; }

act() {
  if probe; then echo "$binary is $version already" && return; fi
  [ "$(digest_of "$staged")" = "$sha256" ] || fail "$staged is not the file that was put there"
  chown --reference="$binary" "$staged" && chmod --reference="$binary" "$staged" || fail "$staged cannot be given the owner and mode of $binary"
  if [ -e /sys/fs/selinux/enforce ] && command -v chcon > /dev/null; then
    chcon --reference="$binary" "$staged" || fail "$staged cannot be given the SELinux label of $binary"
  fi
  is=$(version_of "$staged")
  [ -n "$is" ] || is='no version at all'
  [ "$is" = "$version" ] || fail "the new binary says that it is $is, not $version; nothing was replaced"
  ln -f "$binary" "$previous" 2> /dev/null || cp -a "$binary" "$previous" || fail "$binary cannot be kept as $previous"
  sync
  mv -f "$staged" "$binary" && sync || fail "$binary cannot be replaced"
  # records of long ago go, this change's own stay
  find "$state/steps" -mindepth 1 -maxdepth 1 -type d -mtime +30 ! -name "$run_id" -exec rm -rf {} +
  echo "replaced $binary by $version"
}
`

/** How a service is ended and waited for; both steps below do it. */
export const restart = `
served=$folder/../served

# VERSION: ends the service, and waits until it has been up as that version for some seconds under one process.
restart_as() {
  systemctl reset-failed "$unit" 2> /dev/null
  counted=$(property "$unit" NRestarts)
  systemctl restart --no-block "$unit" || fail "systemd does not restart $unit"
  ends=$(($(date +%s) + wait_seconds))
  pid=0 steady=0 starts=0 given_up=0
  while [ "$(date +%s)" -lt "$ends" ]; do
    sleep 1
    now=$(property "$unit" MainPID)
    if [ "$now" != "$pid" ] && [ "$now" != 0 ]; then pid=$now steady=0 starts=$((starts + 1)); fi
    # systemd counts also those that were too short to be seen, and begins anew at a restart by hand
    counts=$(property "$unit" NRestarts)
    [ "$counts" -ge "$counted" ] 2> /dev/null || counted=0
    if [ "$starts" -gt "$most_starts" ] || [ "$((counts - counted))" -ge "$most_starts" ]; then
      give_up "has been started $most_starts times and does not stay up as $1"
    fi
    if [ "$(property "$unit" ActiveState)" = failed ]; then given_up=$((given_up + 1)); else given_up=0; fi
    if [ "$given_up" -gt 3 ]; then give_up "does not start as $1"; fi
    if [ "$now" = 0 ] || ! is_up "$1"; then steady=0 && continue; fi
    # Type=notify: it has said that it serves
    if [ "$(property "$unit" Type)" = notify ]; then : > "$served"; fi
    steady=$((steady + 1))
    if [ "$steady" -ge "$steady_seconds" ]; then echo "$unit is up as $1" && return; fi
  done
  give_up "is not up as $1 after $wait_seconds seconds"
}

# The service's own last words first, the verdict last.
give_up() {
  journalctl -q _SYSTEMD_UNIT="$unit" -n 8 --no-pager -o cat 2> /dev/null | cut -c 1-300
  fail "$unit $1 ($(property "$unit" ActiveState), $(property "$unit" Result))"
}
`

/** Restarts the service, and waits until it is up with the new binary. */
export const restartServiceScript = `${files}${restart}
probe() { [ "$(digest_of "$binary")" = "$sha256" ] && is_up "$version"; }

act() {
  if probe; then echo "$unit is up as $version already" && return; fi
  [ "$(digest_of "$binary")" = "$sha256" ] || fail "$binary is not the file that was put there"
  restart_as "$version"
}
`

/**
 * Takes a replacement back: the binary from before, and the service up with it. Not where `goes_forward` is `yes` and the new version has
 * served: an API server of a newer minor may have written what an older one cannot read.
 */
export const restoreBinaryScript = `${files}${restart}
probe() {
  [ "$(digest_of "$binary")" != "$sha256" ] || return 1
  [ ! -e "$folder/../restart-service/script" ] || is_up "$(version_of "$binary")"
}

act() {
  if [ "$goes_forward" = yes ] && [ -e "$served" ]; then
    fail "$version has served already and may have written to the datastore: mend $unit, or restore the datastore and $previous by hand"
  fi
  if [ "$(digest_of "$binary")" = "$sha256" ]; then
    [ -e "$previous" ] || fail "there is no $previous to go back to"
    ln -f "$previous" "$staged" 2> /dev/null || cp -a "$previous" "$staged" || fail "$previous cannot be put in place"
    mv -f "$staged" "$binary" && sync || fail "$binary cannot be put back"
    echo "put back $(version_of "$binary")"
  fi
  restart_as "$(version_of "$binary")"
}
`
