/** Reads what is on the host, and changes nothing: one line `name=value` a fact, each bounded. `program`: `k3s` or `rke2`. */
export const binaryFactsScript = String.raw`
say() { printf '%s=%s\n' "$1" "$(printf %s "$2" | tr -cd '[:print:]' | head -c 300)"; }

# UNIT: the program that it starts, and its first argument
program_of() { property "$1" ExecStart | sed -n 's/^{ path=\([^ ]*\) ;.*/\1/p' | head -n 1; }
role_of() { property "$1" ExecStart | sed -n 's/^{ path=[^ ]* ; argv\[\]=[^ ]* \(server\|agent\)[ ;].*/\1/p' | head -n 1; }

# Units that start the program, with how they are.
units() {
  systemctl list-units --all --plain --no-legend "$program*.service" 2> /dev/null | while read -r name rest; do
    [ "$(basename "$(program_of "$name")")" = "$program" ] && [ -n "$(role_of "$name")" ] || continue
    echo "$name $(property "$name" ActiveState) $(property "$name" UnitFileState)"
  done
}

owner_of() {
  if command -v dpkg-query > /dev/null && owner=$(dpkg-query -S "$1" 2> /dev/null); then echo "$owner" | cut -d : -f 1; return; fi
  if command -v rpm > /dev/null && owner=$(rpm -qf "$1" 2> /dev/null); then echo "$owner"; fi
}

if [ ! -d /run/systemd/system ] || ! command -v systemd-run > /dev/null; then
  say init other
  exit 0
fi
say init systemd
for tool in flock timeout sha256sum; do command -v "$tool" > /dev/null || say missing "$tool"; done
found=$(units)
# A service that is down may still be the one: both kinds of RKE2 have a unit on every host.
running=$(echo "$found" | awk '$2 != "inactive" && $2 != "failed" { print $1 }')
[ -n "$running" ] || running=$(echo "$found" | awk '$3 == "enabled" { print $1 }')
say units "$(echo "$running" | grep -c .)"
unit=$(echo "$running" | head -n 1)
[ -n "$unit" ] || exit 0
binary=$(readlink -f "$(program_of "$unit")")
say unit "$unit"
say role "$(role_of "$unit")"
say binary "$binary"
say installed "$(version_of "$binary")"
say sha256 "$(digest_of "$binary")"
say previous "$(version_of "$(dirname "$binary")/.$(basename "$binary").falkirk-previous")"
say package "$(owner_of "$binary")"
say free_kib "$(df -Pk "$(dirname "$binary")" | awk 'NR == 2 { print $4 }')"
`
