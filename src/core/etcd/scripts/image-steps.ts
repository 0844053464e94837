import { answers } from './upgrade-steps.ts'

/**
 * Steps of a member in a container. `place` is the file where its `image` stands, as `mark` (the image, or its tag alone); `new_mark` takes its place. `kind` is
 * `pod` (a kubelet sees the file and does the rest) or `container` (the unit `unit` is restarted). `etcd` is how the member is called for people.
 */
const place = `
previous=$state/etcd/previous/$(basename "$place")
noted=$state/etcd/previous/image
served=$folder/../served

is_new() { [ "$(times_in "$place" "$new_mark")" = 1 ]; }

# Gives the place what comes by standard input, at once: a kubelet runs whatever lies beside a manifest, and half a manifest, too
write_place() {
  folder_of_place=$(dirname "$place")
  part_folder=$folder_of_place
  [ "$kind" != pod ] || part_folder=$(dirname "$folder_of_place")
  part=$(mktemp "$part_folder/.falkirk-etcd.XXXXXX") || fail "$part_folder cannot be written to"
  trap 'rm -f "$part"' EXIT
  [ "$(stat -c %d "$part")" = "$(stat -c %d "$folder_of_place")" ] ||
    fail "$folder_of_place is a file system of its own, where nothing can be put at once: write $new_image into $place yourself"
  # owner, mode and SELinux label are those of the file
  { cp -a "$place" "$part" && cat > "$part" && [ -s "$part" ] && sync && mv -f "$part" "$place" && sync; } || fail "$place cannot be written"
}
`

const runs = String.raw`
# VERSION: whether that is what runs, and nothing beside it
runs_as() {
  up=$(etcd_in_container)
  [ "$(echo "$up" | grep -c .)" = 1 ] && [ "$(container_version "$up")" = "$1" ]
}
# The number of the newest log of each container of etcd that a kubelet has had: it begins another at each start
newest_logs() {
  find /var/log/pods -path '*etcd*/*/*.log' 2> /dev/null | sed -n 's#\(.*\)/\([0-9]*\)\.log$#\2 \1#p' | awk '!($2 in last) || $1 > last[$2] { last[$2] = $1 } END { for (each in last) print last[each], each }'
}
# How often the container was started since "logs_before", or since systemd was told to
count_starts() {
  if [ "$kind" = container ]; then property "$unit" NRestarts && return; fi
  { echo "$logs_before" | sed 's/^/before /'; newest_logs; } |
    awk 'NF == 3 { before[$3] = $2 + 1 } NF == 2 && $1 != "before" { count = $1 + 1 - before[$2]; if (count > most) most = count } END { print most + 0 }'
}
last_words() {
  if [ "$kind" = pod ]; then
    newest=$(find /var/log/pods -path '*etcd*/*/*.log' -exec ls -t {} + 2> /dev/null | head -n 1)
    [ -z "$newest" ] || tail -n 8 "$newest" | sed 's/^[^ ]* std[a-z]* [FP] //' | cut -c 1-300
  else journalctl -q _SYSTEMD_UNIT="$unit" -n 8 --no-pager -o cat 2> /dev/null | cut -c 1-300; fi
}
give_up() {
  last_words
  fail "$etcd $1"
}
# VERSION: waits until one process is up as that for some seconds
until_it_runs() {
  ends=$(($(date +%s) + wait_seconds))
  was='' steady=0 starts=0 bad=0
  logs_before=$(newest_logs)
  while [ "$(date +%s)" -lt "$ends" ]; do
    sleep 1
    if ! runs_as "$1"; then
      steady=0
      # three looks: a start that is just under way counts already
      if is_hopeless; then bad=$((bad + 1)); else bad=0; fi
      [ "$bad" -lt 3 ] || give_up "does not stay up as $1 (started $(count_starts) times)"
      continue
    fi
    if [ "$up" != "$was" ]; then was=$up steady=0 starts=$((starts + 1)); fi
    [ "$starts" -le "$most_starts" ] || give_up "has been started $most_starts times and does not stay up as $1"
    steady=$((steady + 1))
    if [ "$steady" -ge "$steady_seconds" ]; then echo "$etcd is up as $1" && return; fi
  done
  give_up "is not up as $1 after $wait_seconds seconds"
}
is_hopeless() {
  [ "$(count_starts)" -ge "$most_starts" ] 2> /dev/null || { [ "$kind" = container ] && [ "$(property "$unit" ActiveState)" = failed ]; }
}
# VERSION: what the kubelet does by itself, systemd is told
bring_up() {
  # also where it runs already: systemd may have read the other file meanwhile, and would start from that
  [ "$kind" != container ] || systemctl daemon-reload
  if [ "$kind" = container ] && ! runs_as "$1"; then
    systemctl reset-failed "$unit" 2> /dev/null
    systemctl restart --no-block "$unit" || fail "systemd does not restart $unit"
  fi
  until_it_runs "$1"
  until_it_answers "$1"
}
`

/** Brings the image while the old one runs on. `engine` is who brings it, `socket` where its runtime listens. */
export const pullImageScript = `${answers}${place}
has_image() {
  case $engine in
    crictl) crictl --runtime-endpoint "unix://$socket" inspecti "$new_image" ;;
    ctr) ctr -a "$socket" -n k8s.io images ls -q | grep -qxF "$new_image" ;;
    *) "$engine" image inspect "$new_image" ;;
  esac > /dev/null 2>&1
}
pull_image() {
  case $engine in
    crictl) crictl --runtime-endpoint "unix://$socket" pull "$new_image" ;;
    ctr)
      set -- -a "$socket" -n k8s.io images pull
      [ ! -d /etc/containerd/certs.d ] || set -- "$@" --hosts-dir /etc/containerd/certs.d
      ctr "$@" "$new_image" ;;
    *) "$engine" pull "$new_image" ;;
  esac
}
probe() { is_new || has_image; }

act() { probe || pull_image || fail "$new_image cannot be pulled: look whether its registry answers from this host, or bring the image here"; }
`

/** Writes the new image where the old one stands, and keeps the file of before. */
export const replaceImageScript = `${answers}${place}
probe() { is_new; }

act() {
  if probe; then echo "$place names $new_mark already" && return; fi
  [ "$(times_in "$place" "$mark")" = 1 ] || fail "$mark does not stand once in $place: somebody has edited it meanwhile"
  mkdir -p "$(dirname "$previous")" && cp -a "$place" "$previous.part" && sync && mv -f "$previous.part" "$previous" || fail "$place cannot be kept as $previous"
  # where only a tag stands in the file, nothing else tells of the image while its container is away
  [ "$kind" = pod ] || { printf '%s\\n' "$new_image" "$image" > "$noted.part" && mv -f "$noted.part" "$noted"; } || fail "$noted cannot be written"
  swapped "$previous" "$mark" "$new_mark" | write_place || exit 1
  is_new || fail "$place does not name $new_mark after it was written"
  echo "$place names $new_mark"
}
`

/** Waits until the container of before has ended and the new one serves among the other members. */
export const restartImageScript = `${answers}${place}${runs}
probe() { is_new && runs_as "$version" && member_answers; }

act() {
  is_new || fail "$place does not name $new_mark"
  bring_up "$version"
  : > "$served"
}
`

/**
 * Puts the file of before back, and the member up with it. Not when all others are at the newer minor already and this one has served as well, as
 * `restoreMemberScript` has it.
 */
export const restoreImageScript = `${answers}${place}${runs}
probe() { ! is_new && runs_as "$old_version" && member_answers; }

act() {
  if [ "$goes_forward" = yes ] && [ -e "$served" ]; then
    fail "the cluster may be at $version already, whose data an older etcd refuses: mend $etcd, as its log says"
  fi
  if is_new; then
    [ -s "$previous" ] || fail "there is no $previous to go back to"
    write_place < "$previous"
    rm -f "$noted"
    echo "put back $place"
  fi
  bring_up "$old_version"
}
`
