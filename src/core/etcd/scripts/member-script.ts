/**
 * Asks a member, on its own host, and changes nothing. What etcdctl prints as JSON goes as it is, a line each; what failed is told by its last line.
 * Alarms have no JSON in each version of etcdctl.
 */
export const memberScript = String.raw`
complaints=$(mktemp) || fail 'there is no room in the temporary folder'
trap 'rm -f "$complaints"' EXIT
read_login

# NAME COMMAND...: its answer, or under NAME_error why there is none
ask() {
  name=$1
  shift
  if answer=$(ctl "$@" 2> "$complaints"); then say "$name" "$answer"; else say "$name"_error "$(tail -n 1 "$complaints" | tail -c 300)"; fi
}

# etcd's own words for a login that nobody has: whether logins are asked for at all. Never "auth status": a member of 3.5 has all members agree on that
# question, and those of 3.4 panic at it ("not implemented"). This one is answered by the member alone.
ask_authentication() {
  ETCDCTL_USER=falkirk-asks:nothing ctl get falkirk --limit=1 --keys-only > /dev/null 2> "$complaints"
  if grep -q 'authentication is not enabled' "$complaints"; then say authentication no
  elif grep -q 'authentication failed\|invalid user ID or password' "$complaints"; then say authentication yes; fi
}

ask status endpoint status -w json
ask members member list -w json
ask health endpoint health -w json
ask_authentication
if answer=$(ctl alarm list 2> "$complaints"); then say alarms "$answer"; else say alarms_error "$(tail -n 1 "$complaints" | tail -c 300)"; fi
if command -v curl > /dev/null; then
  set -- -s -m 5
  [ -z "$ca" ] || set -- "$@" --cacert "$ca"
  [ -z "$cert" ] || set -- "$@" --cert "$cert" --key "$key"
  say served "$(curl "$@" "$endpoint/version" | head -c 300)"
fi
db=$data_dir/member/snap/db
say db_kib "$(du -k "$db" 2> /dev/null | awk '{ print $1 }')"
say data_free_kib "$(df -Pk "$data_dir" 2> /dev/null | awk 'NR == 2 { print $4 }')"
say end yes
`
