/**
 * An etcd in a container, seen from its host: the same whatever runs the container. Its programs and its own way of seeing files are reached through its
 * process (`/proc/PID/root`), so that nothing has to be in the image but etcd: newer ones have no shell.
 */
export const containerFunctions = String.raw`
# Processes of etcd that have another root than the host; one that is asked for its version, by whomever, is no member
etcd_in_container() {
  grep -sHx etcd /proc/[0-9]*/comm | sed 's#/comm:etcd$##' | while IFS= read -r process; do
    if [ "$process/exe" -ef "$process/exe" ] && ! [ "$process/root/" -ef / ] && ! { tr '\000' ' ' < "$process/cmdline"; } 2> /dev/null | grep -q ' --version $'; then
      basename "$process"
    fi
  done
}
# PID: the version of its program; told by the program itself
container_version() {
  own=$(readlink "/proc/$1/exe") && timeout 20 chroot "/proc/$1/root" "$own" --version 2> /dev/null | sed -n '1s/^etcd Version: //p' | head -c 100
}

# FILE FROM: how often FROM stands in it, comments and longer names left out
times_in() { swapping no "$1" "$2" ''; }
# FILE FROM TO: prints the file with TO in the place of FROM
swapped() { swapping yes "$@"; }
swapping() {
  swap_prints=$1 swap_from=$3 swap_to=$4 awk '
    BEGIN { from = ENVIRON["swap_from"]; to = ENVIRON["swap_to"]; prints = ENVIRON["swap_prints"] == "yes"; size = length(from) }
    {
      rest = $0; done = ""
      while (!/^[ \t]*#/ && (at = index(rest, from)) > 0) {
        before = at == 1 ? substr(done, length(done)) : substr(rest, at - 1, 1)
        after = substr(rest, at + size, 1)
        is_whole = before !~ /[A-Za-z0-9_.\/-]/ && after !~ /[A-Za-z0-9_.@:\/-]/
        if (is_whole) count++
        done = done substr(rest, 1, at - 1) (is_whole ? to : from)
        rest = substr(rest, at + size)
      }
      if (prints) print done rest
    }
    END { if (!prints) print count + 0 }
  ' "$2"
}
# FILE: the image of etcd that it names first; volumes and addresses may end in the same letters
image_in() {
  sed '/^[[:space:]]*#/d' "$1" 2> /dev/null | tr " \t\"'=," '\n' | grep -xE '[A-Za-z0-9_.:/-]*etcd(:[A-Za-z0-9_][A-Za-z0-9_.-]*(@[A-Za-z0-9:]+)?|@[A-Za-z0-9:]+)' |
    grep -vE '^/|//|:([0-9]{4,5}|[0-9]+(\.[0-9]+){3})$' | head -n 1 | head -c 300
}
`
