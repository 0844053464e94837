/** Keeps configuration, environment, unit and token: what was there before, and what a restore needs. `files`: without the leading slash. */
export const backUpScript = `
probe() { [ -e "$backup/complete" ]; }

act() {
  mkdir -p "$backup" && chmod 700 "$backup" || fail "$state cannot be written to"
  set --
  for each in $files; do if [ -e "/$each" ]; then set -- "$@" "$each"; fi; done
  if [ $# -gt 0 ]; then
    run tar -C / -czf "$backup/files.tar.gz" "$@" || fail "the configuration of $unit cannot be kept in $backup"
  fi
  sync
  : > "$backup/complete"
}
`

/** A snapshot of the embedded etcd before an API server of another version writes to it. */
export const saveSnapshotScript = `
probe() { is_marked; }

act() {
  run "$binary" etcd-snapshot save --name "$snapshot" || fail "no snapshot of etcd could be taken, and without one nothing is changed: what $name says stands above"
  finish
}
`

/** A copy of the SQLite datastore. The service is ended for it, and started by whatever step comes next. */
export const keepDatastoreScript = `
probe() { is_marked; }

act() {
  begin
  needed=$(du -sk "$data/server/db" | cut -f 1)
  free=$(df -Pk "$backup" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt "$((needed + needed / 5))" ] || fail "$backup has room for $free KiB, and the datastore has $needed: make room"
  run systemctl stop "$unit" || fail "systemd does not stop $unit"
  rm -rf "$backup/db.part" "$backup/db"
  if ! { run cp -a "$data/server/db" "$backup/db.part" && sync && mv "$backup/db.part" "$backup/db"; }; then
    systemctl start --no-block "$unit"
    fail "the datastore cannot be kept in $backup"
  fi
  finish
}
`

/** Gives the new files the place of the old ones, which are kept beside them. The service goes on as it is: a running file keeps its content. */
export const replaceScript = `
probe() { is_in_place; }

act() {
  begin
  is_brought || fail "$file of $version is not beside $binary any more: begin again"
  for pair in $(new_files); do replace_one "$(digest_in "$pair")" "$(name_in "$pair")"; done
  # records of long ago go, this change's own stay
  find "$state/steps" -mindepth 1 -maxdepth 1 -type d -mtime +30 ! -name "$run_id" -exec rm -rf {} +
}
# DIGEST NAME
replace_one() {
  target=$place/$2
  fresh=$(staged_of "$2")
  old=$(previous_of "$2")
  [ "$(digest_of "$target")" != "$1" ] || return 0
  tell "mv -f $fresh $target"
  rm -f "$old"
  if [ -e "$target" ]; then
    chown --reference="$target" "$fresh" && chmod --reference="$target" "$fresh" || fail "$fresh cannot be given the owner and mode of $target"
    if [ -e /sys/fs/selinux/enforce ] && command -v chcon > /dev/null; then
      chcon --reference="$target" "$fresh" || fail "$fresh cannot be given the SELinux label of $target"
    fi
    ln "$target" "$old" 2> /dev/null || cp -a "$target" "$old" || fail "$target cannot be kept as $old"
  fi
  [ "$2" != "$name" ] || rm -f "$served_note"
  sync
  mv -f "$fresh" "$target" && sync || fail "$target cannot be replaced"
}
`

/** Gives the new archives of images the place of the old ones. `images`: their names. */
export const placeImagesScript = `
probe() { is_marked; }

act() {
  begin
  mkdir -p "$kept_images/before-$version" || fail "$data/agent cannot be written to"
  for each in $images; do
    # what is not there any more has been moved already
    [ -e "$kept_images/$version/$each" ] || continue
    [ ! -e "$images_folder/$each" ] || mv -f "$images_folder/$each" "$kept_images/before-$version/$each" || fail "$images_folder/$each cannot be kept"
    run mv -f "$kept_images/$version/$each" "$images_folder/$each" || fail "$images_folder cannot be written to"
  done
  finish
}
`

/** Restarts the service, and waits until it is up with the new binary; a server until its own API server says that it is ready. Goes behind `restart`. */
export const restartScript = `
served=$served_note
# A note tells that it was ready: an API server that is busy for a moment would have a finished step taken back
probe() { is_marked && is_in_place; }

act() {
  begin
  is_in_place || fail "$binary is not the file that was put there"
  if is_up "$version"; then
    echo "$unit is up as $version already"
    : > "$served"
  else
    tell "systemctl restart $unit"
    restart_as "$version"
  fi
  ends=$(($(date +%s) + wait_seconds))
  until is_ready; do
    [ "$(date +%s)" -lt "$ends" ] || give_up "is up as $version, and its API server is not ready after $wait_seconds seconds"
    sleep 1
  done
  finish
}
is_ready() {
  config=/etc/rancher/$distribution/$distribution.yaml
  [ "$serves" = yes ] && [ -e "$config" ] || return 0
  case $distribution in
    k3s) timeout 20 "$binary" kubectl --kubeconfig "$config" get --raw=/readyz ;;
    *) timeout 20 "$data/bin/kubectl" --kubeconfig "$config" get --raw=/readyz ;;
  esac > /dev/null 2>&1
}
`

/**
 * Takes a change back: files, images, and the service up as before. Not once an API server of another minor has served here: what it has written an
 * older one may not read. Goes behind `restart`. Source: Kubernetes version-skew policy (no downgrades); k3s documentation, rolling back.
 */
export const takeBackScript = `
served=$served_note
probe() { is_marked; }

act() {
  refuse_after_the_point_of_no_return
  rm -f "$folder"/../*/done
  for pair in $(new_files); do
    old=$(previous_of "$(name_in "$pair")")
    [ "$(digest_of "$place/$(name_in "$pair")")" = "$(digest_in "$pair")" ] && [ -e "$old" ] || continue
    tell "ln -f $old $place/$(name_in "$pair")"
    ln -f "$old" "$old.part" 2> /dev/null || cp -a "$old" "$old.part" || fail "$old cannot be read"
    mv -f "$old.part" "$place/$(name_in "$pair")" && sync || fail "$place/$(name_in "$pair") cannot be put back"
  done
  for each in $images; do
    [ -e "$kept_images/before-$version/$each" ] || continue
    rm -f "$kept_images/$version/$each.sha256"
    run mv -f "$kept_images/before-$version/$each" "$images_folder/$each" || fail "$images_folder cannot be written to"
  done
  was=$(version_of "$binary")
  is_up "$was" || restart_as "$was"
  finish
}
refuse_after_the_point_of_no_return() {
  [ "$role" = server ] && [ -e "$served" ] || return 0
  was=$(version_of "$(previous_of "$name")")
  [ "$(minor_of "$was")" != "$(minor_of "$version")" ] || return 0
  echo "a restore would be:"
  echo "  on every server: $place/$name-killall.sh; install -m 0755 $(previous_of "$name") $binary"
  case $datastore in
    etcd)
      echo "  on one of them: $binary server --cluster-reset --cluster-reset-restore-path=$data/server/db/snapshots/SNAPSHOT   # of $snapshot"
      echo "  then there: systemctl start $unit"
      echo "  on the others: rm -rf $data/server/db; systemctl start $unit"
      ;;
    sqlite) echo "  rm -rf $data/server/db; cp -a $backup/db $data/server/db; systemctl start $unit" ;;
    *) echo "  the backup of the external database; then on every server: systemctl start $unit" ;;
  esac
  fail "$version has served here already, and $was may not read what it has written: mend $unit and go on, or restore the datastore by hand as told above"
}
`
