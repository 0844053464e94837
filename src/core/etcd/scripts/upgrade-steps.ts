import { restart } from '../../recipe/scripts/binary-steps.ts'
import { etcdctlFunctions } from './etcdctl.ts'

/** Says how etcd tells its version; the library knows that of k3s and RKE2. */
export const etcdVersionFunction = `
version_of() { timeout 20 "$1" --version 2> /dev/null | sed -n '1s/^etcd Version: //p' | head -c 100; }
`

/** The same for etcdctl and etcdutl. */
export const clientVersionFunction = `
version_of() { timeout 20 "$1" version 2> /dev/null | sed -n '1s/^etcd[a-z]* version: //p' | head -c 100; }
`

const apt = `
export DEBIAN_FRONTEND=noninteractive
apt() { apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout="$lock_seconds" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" < /dev/null; }
`

/** Fetches the packages; nothing that runs notices. `specs`: `etcd-server=3.5.16-4 etcd-client=3.5.16-4`. */
export const downloadPackagesScript = `${etcdVersionFunction}${apt}
probe() { [ "$(version_of "$binary")" = "$version" ] || [ -e "$folder/fetched" ]; }

act() {
  # words on purpose: a package each. What was taken back by its binary is a newer package still: what runs never is
  apt install --download-only --allow-change-held-packages --allow-downgrades --reinstall $specs || fail "apt-get cannot fetch $specs"
  touch "$folder/fetched"
}
`

/** What keeps the binary of before beside the new one. */
const keep = `
previous=$(dirname "$binary")/.$(basename "$binary").falkirk-previous

keep_binary() {
  [ "$(version_of "$binary")" != "$version" ] || return 0
  cp -a "$binary" "$previous.part" && sync && mv -f "$previous.part" "$previous" || fail "$binary cannot be kept as $previous"
}
`

/** Installs exactly those packages. Their own scripts restart the service; where they do not, the next step does. Holds are as before afterwards. */
export const installPackagesScript = `${etcdVersionFunction}${apt}${keep}
probe() { [ "$(version_of "$binary")" = "$version" ] && [ ! -e "$folder/held" ]; }

act() {
  if [ "$(version_of "$binary")" != "$version" ]; then
    keep_binary
    names=$(for spec in $specs; do echo "\${spec%%=*}"; done)
    # what was held is known before it is freed: whoever comes after a kill finds it
    [ -e "$folder/held" ] || { apt-mark showhold $names > "$folder/held.part" && mv -f "$folder/held.part" "$folder/held"; } || fail 'apt-mark does not tell what is held'
    apt install --allow-change-held-packages --allow-downgrades --reinstall $specs || fail "apt-get cannot install $specs"
  fi
  if [ -s "$folder/held" ]; then xargs apt-mark hold < "$folder/held"; fi
  rm -f "$folder/held"
  [ "$(version_of "$binary")" = "$version" ] || fail "$binary is $(version_of "$binary") after the installation of $specs"
}
`

/** Whether the member serves: agrees on a write with the others. One that asks for a login has answered; who may log in looks again afterwards. */
export const answers = `${etcdctlFunctions}
seconds=8
member_answers() {
  told=$(ctl endpoint health 2>&1) && return 0
  case $told in *'user name is empty'* | *'permission denied'*) return 0 ;; esac
  return 1
}
until_it_answers() {
  ends=$(($(date +%s) + wait_seconds))
  until member_answers; do
    [ "$(date +%s)" -lt "$ends" ] || fail "$unit is up as $1, and does not agree with the other members within $wait_seconds seconds: $(echo "$told" | tail -n 1 | cut -c 1-300)"
    sleep 1
  done
  echo "$unit answers as $1"
}
`

/** Restarts the member where the new binary does not run yet, and waits until it serves among the others. */
export const restartMemberScript = `${restart}${etcdVersionFunction}${answers}
probe() { [ "$(version_of "$binary")" = "$version" ] && is_up "$version" && member_answers; }

act() {
  [ "$(version_of "$binary")" = "$version" ] || fail "$binary is not $version"
  is_up "$version" || restart_as "$version"
  until_it_answers "$version"
  : > "$served"
}
`

/**
 * Puts the binary of before back, and the member up with it. Not when all others are at the newer minor already and this one has served as well:
 * the cluster's version may have risen with it, and the old binary refuses those data. Source: etcd, upgrade guides, "rollback".
 */
export const restoreMemberScript = `${restart}${etcdVersionFunction}${keep}${answers}
probe() { [ "$(version_of "$binary")" != "$version" ] && is_up "$(version_of "$binary")" && member_answers; }

act() {
  if [ "$goes_forward" = yes ] && [ -e "$served" ]; then
    fail "the cluster may be at $version already, whose data an older etcd refuses: mend $unit (journalctl -u $unit)"
  fi
  if [ "$(version_of "$binary")" = "$version" ] || [ -z "$(version_of "$binary")" ]; then
    [ -e "$previous" ] || fail "there is no $previous to go back to"
    cp -a "$previous" "$previous.part" && sync && mv -f "$previous.part" "$binary" || fail "$previous cannot be put back"
    echo "put back $(version_of "$binary")"
  fi
  was=$(version_of "$binary")
  is_up "$was" || restart_as "$was"
  until_it_answers "$was"
}
`
