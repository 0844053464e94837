/**
 * What a snapshot and the cluster have in common, at one revision. `snapshot` is the file; `revision` is known from `snapshot status`. Values are read to be
 * counted and digested, and never printed. Of the first `listed` keys, `sampled` are read, evenly spread.
 */
const compareFunctions = String.raw`
listed=2000
sampled=20

status_of() { offline snapshot status "$1" -w json | tail -n 1; }
number_of() { printf '%s\n' "$2" | sed -n "s/.*\"$1\":\(-*[0-9]*\).*/\1/p" | head -n 1; }
field_of() { sed -n "s/^\"$1\" : //p" | tail -n 1; }

# Keys with their values at the revision: a digest over a sample, and how many it holds
sample() {
  ctl get '' --from-key --keys-only --limit="$listed" --rev="$revision" 2> "$complaints" | grep . > "$keys" || return
  every=$((($(grep -c . "$keys") + sampled - 1) / sampled))
  awk -v every="$every" 'NR % every == 1 || every == 1' "$keys" | head -n "$sampled" > "$keys.sample"
  say sample_keys "$(grep -c . "$keys.sample")"
  while IFS= read -r wanted; do
    ctl get "$wanted" --rev="$revision" -w fields 2> "$complaints" | grep -E '^"(Key|CreateRevision|ModRevision|Version|Value)"' | grep . || echo missing
  done < "$keys.sample" > "$keys.read"
  say sample_missing "$(grep -c '^missing$' "$keys.read")"
  say sample_sha256 "$(digest_of "$keys.read")"
}

facts() {
  revision=$(number_of revision "$1")
  count=$(ctl get '' --from-key --keys-only --limit=1 --rev="$revision" -w fields 2> "$complaints" | field_of Count)
  say keys "$count"
  hashed=$(ctl endpoint hashkv --rev="$revision" -w json 2> "$complaints" | tail -n 1)
  say hash_kv "$(number_of hash "$hashed")"
  say compact_revision "$(number_of compact_revision "$hashed")"
  [ "$count" = 0 ] || sample
}
`

/** Takes a snapshot, tells of it on standard error, and sends it as standard output. Nothing of it stays on the host. */
export const snapshotScript = `${compareFunctions}
seconds=$limit_seconds
read_login
mkdir -p "$state/etcd" || fail "$state cannot be written to"
find "$state/etcd" -mindepth 1 -maxdepth 1 -name 'snapshot.*' -mmin +120 -exec rm -rf {} +
work=$(mktemp -d "$state/etcd/snapshot.XXXXXX") || fail "$state/etcd cannot be written to"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM PIPE
complaints=$work/complaints keys=$work/keys
snapshot=$work/db
free=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$needed_kib" ] || fail "there are $free KiB free in $state, and the snapshot needs $needed_kib: make room"
ctl snapshot save "$snapshot" > /dev/null 2> "$complaints" || fail "etcdctl cannot take a snapshot: $(tail -n 1 "$complaints" | tail -c 300)"
seconds=60
status=$(status_of "$snapshot")
[ -n "$status" ] || fail "the snapshot cannot be read: $(tail -n 1 "$complaints" | tail -c 300)"
{
  say status "$status"
  facts "$status"
  say bytes "$(wc -c < "$snapshot")"
  say sha256 "$(digest_of "$snapshot")"
  say end yes
} >&2
cat "$snapshot"
`

/**
 * Restores a snapshot, which comes by standard input, into an etcd of its own in a network of its own, asks that the same, and takes all of it away. The unit
 * that it runs in ends with it, or after its time. `etcd`: the binary; the member that runs is not touched, nor asked.
 */
export const restoreCheckScript = String.raw`${compareFunctions}
mkdir -p "$state/etcd" || fail "$state cannot be written to"
find "$state/etcd" -mindepth 1 -maxdepth 1 -name 'scratch.*' -mmin +120 -exec rm -rf {} +
work=$(mktemp -d "$state/etcd/scratch.XXXXXX") || fail "$state/etcd cannot be written to"
etcd_pid=
trap '[ -z "$etcd_pid" ] || kill -KILL "$etcd_pid" 2> /dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM PIPE
seconds=$limit_seconds
read_login
complaints=$work/complaints keys=$work/keys
snapshot=$work/db
free=$(df -Pk "$work" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$needed_kib" ] || fail "there are $free KiB free in $state, and a restore needs $needed_kib: make room"
cat > "$snapshot" || fail "the snapshot does not fit into $state"
[ "$(digest_of "$snapshot")" = "$sha256" ] || fail 'the snapshot has not arrived whole'
status=$(status_of "$snapshot")
[ -n "$status" ] || fail "this is no snapshot of etcd, or a damaged one: $(tail -n 1 "$complaints" | tail -c 300)"
say status "$status"
peer=http://127.0.0.1:2380
offline snapshot restore "$snapshot" --name scratch --data-dir "$work/data" --initial-cluster "scratch=$peer" --initial-advertise-peer-urls "$peer" > /dev/null ||
  fail "the snapshot cannot be restored: $(tail -n 1 "$complaints" | tail -c 300)"
seconds=60
# nothing of what a member of this host is given
for name in $(env | sed -n 's/^\(ETCD_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
"$etcd" --name scratch --data-dir "$work/data" --listen-client-urls "$endpoint" --advertise-client-urls "$endpoint" --listen-peer-urls "$peer" \
  --initial-advertise-peer-urls "$peer" --initial-cluster "scratch=$peer" > "$work/log" 2>&1 &
etcd_pid=$!
tries=0
until ctl endpoint health > /dev/null 2> "$complaints"; do
  kill -0 "$etcd_pid" 2> /dev/null || fail "an etcd on the restored data ends at once: $(tail -n 1 "$work/log" | tail -c 300)"
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || fail 'an etcd on the restored data does not serve'
  sleep 0.25
done
say served_revision "$(ctl endpoint status -w json 2> "$complaints" | sed -n 's/.*"revision":\([0-9]*\).*/\1/p')"
facts "$status"
say end yes
`

/**
 * Starts the check above as a unit with a network of its own: nothing can reach its etcd, and it can reach nothing. `script` holds the check; `unit_seconds`
 * ends it. It goes with whoever waits for it, or after its time.
 */
export const scratchUnitScript = String.raw`
exec systemd-run --quiet --pipe --wait --collect --unit="falkirk-etcd-check-$$" --description='Falkirk: a snapshot of etcd is restored and compared' \
  --property=PrivateNetwork=yes --property=RuntimeMaxSec="$unit_seconds" --property=KillMode=control-group --property=TimeoutStopSec=10 --property=Nice=10 \
  /bin/sh -c "$check" falkirk-etcd-check
`
