import { containerFunctions } from './container.ts'

/**
 * How etcdctl is called on a member's host: its certificates stay there. `etcdctl`, `endpoint`, `ca`, `cert` and `key` are assigned before it. A user of
 * etcd's own and its password come as the first two lines of standard input (both empty: none), and are in the environment of etcdctl alone: it takes a
 * password by no other way but its arguments, which everybody on the host may read.
 */
export const etcdctlFunctions = String.raw`${containerFunctions}
# etcdctl of 3.3 speaks the old API else
ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$endpoint
export ETCDCTL_API ETCDCTL_ENDPOINTS
[ -z "$ca" ] || { ETCDCTL_CACERT=$ca; export ETCDCTL_CACERT; }
[ -z "$cert" ] || { ETCDCTL_CERT=$cert ETCDCTL_KEY=$key; export ETCDCTL_CERT ETCDCTL_KEY; }

read_login() {
  IFS= read -r login_user
  IFS= read -r login_password
  if [ -n "$login_user" ]; then
    ETCDCTL_USER=$login_user:$login_password
    export ETCDCTL_USER
  fi
  unset login_user login_password
}

# What lies in the image of a container is reached by its process, which is another one after each start
reach() {
  [ ! -x "$etcdctl" ] || return 0
  case $etcdctl in /proc/*) etcdctl=/proc/$(etcd_in_container | head -n 1)/root/$(echo "$etcdctl" | cut -d / -f 5-) ;; esac
}
ctl() { reach; timeout -k 5 "$seconds" "$etcdctl" --command-timeout="$((seconds - 2))s" "$@" < /dev/null; }

# whoever only reads files needs neither endpoints nor a login
offline() {
  if [ -n "$etcdutl" ]; then timeout -k 5 "$seconds" "$etcdutl" "$@" < /dev/null 2> "$complaints"
  else timeout -k 5 "$seconds" "$etcdctl" "$@" < /dev/null 2> "$complaints"; fi
}

# NAME VALUE: one line of the answer
say() { printf '%s=%s\n' "$1" "$(printf %s "$2" | tr '\n\t' '  ' | tr -cd '[:print:]' | head -c 12000)"; }
`
