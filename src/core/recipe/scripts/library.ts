/**
 * What all scripts begin with. Written for the `sh` of any Linux with systemd 219 or newer. `unit`, `binary`, `version`, `sha256` and the
 * like are assigned before it.
 */
export const library = String.raw`set -u
umask 077
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

fail() { echo "$*" >&2; exit 1; }

# UNIT PROPERTY
property() { systemctl show -p "$2" "$1" 2> /dev/null | sed 's/^[^=]*=//'; }

# FILE: its digest; nothing when it cannot be read
digest_of() { { sha256sum < "$1"; } 2> /dev/null | cut -d ' ' -f 1; }

# BINARY: the version that it says it is; nothing when it does not run
version_of() { timeout 20 "$1" --version 2> /dev/null | sed -n '1s/^[^ ]* version \(v[^ ]*\).*/\1/p' | head -c 100; }

# PID: whether its program is no longer the one on disk
is_replaced() { case $(readlink "/proc/$1/exe") in *' (deleted)') return 0 ;; esac; return 1; }

# VERSION: whether the service is up and is that version. k3s runs from what it has unpacked, so a digest of the process says nothing.
is_up() {
  [ "$(property "$unit" ActiveState)" = active ] || return 1
  up_pid=$(property "$unit" MainPID)
  [ "$up_pid" -gt 0 ] 2> /dev/null || return 1
  ! is_replaced "$up_pid" && [ "$(version_of "/proc/$up_pid/exe")" = "$1" ]
}
`
