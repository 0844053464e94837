/** A unit that starts a container of etcd: by its own lines, or by a script that they name, which may be called `etcd` as well and is never run. */
export const containerUnitFunctions = String.raw`
program_of() { property "$1" ExecStart | sed -n 's/^{ path=\([^ ]*\) ;.*/\1/p' | head -n 1; }
is_script() { [ -f "$1" ] && [ "$(head -c 2 "$1" 2> /dev/null | tr -d '\000')" = '#!' ]; }
# UNIT: the scripts that it starts
scripts_of() {
  property "$1" ExecStart | tr ' ;=' '\n\n\n' | grep '^/' | sort -u | while IFS= read -r each; do if is_script "$each"; then readlink -f "$each"; fi; done
}
# UNIT: what it starts, as text, comments left out
starts_of() {
  property "$1" ExecStart
  scripts_of "$1" | while IFS= read -r each; do head -c 65536 "$each" | grep -v '^[[:space:]]*#'; done
}
engine_of() {
  starts_of "$1" | grep -E '(^|[[:space:]/="])(docker|podman|nerdctl)[[:space:]](.*[[:space:]])?(run|start)([[:space:]]|$)' | head -n 1 |
    grep -oE '(^|[[:space:]/="])(docker|podman|nerdctl)[[:space:]]' | head -n 1 | tr -cd 'a-z'
}
starts_container() {
  own=$(program_of "$1")
  if [ "$(basename "$own")" = etcd ] && ! is_script "$own"; then return 1; fi
  [ -n "$(engine_of "$1")" ]
}

# UNIT: the files in which the tag of its image may stand
files_of() {
  {
    property "$1" FragmentPath
    property "$1" DropInPaths | tr ' ' '\n'
    systemctl show -p EnvironmentFiles "$1" | sed -n 's/^EnvironmentFiles*=\([^ ]*\).*/\1/p'
    scripts_of "$1"
  } | grep '^/' | while IFS= read -r each; do if [ -r "$each" ]; then readlink -f "$each"; fi; done | awk '!seen[$0]++'
}
# The image: of the container that runs, or, where it is away, what stands in a file as a whole, or what a change has noted down
find_image() {
  engine=$(engine_of "$unit") socket=
  files=$(files_of "$unit")
  image=$(timeout 20 "$engine" ps --format '{{.Image}}' 2> /dev/null | grep -E '(^|/)etcd[:@]' | sort -u)
  [ "$(echo "$image" | grep -c .)" = 1 ] || image=
  [ -n "$image" ] || image=$(echo "$files" | while IFS= read -r each; do image_in "$each"; done | grep -v '[$]' | head -n 1)
  [ -n "$image" ] || image=$(head -c 300 "$state/etcd/previous/image" 2> /dev/null)
}
# TEXT: how often it stands in each file
count_in_files() { echo "$files" | while IFS= read -r each; do echo "$(times_in "$each" "$1") $each"; done; }
# What is edited is the whole image, or its tag where that stands by itself
find_places() {
  mark=$image places=
  [ -n "$image" ] || return 0
  places=$(count_in_files "$image")
  case $image in *@*) return ;; esac
  if ! echo "$places" | grep -q '^[1-9]'; then
    mark=$(echo "$image" | sed 's/.*://')
    places=$(count_in_files "$mark")
  fi
  place=$(echo "$places" | sed -n 's/^[1-9][0-9]* //p' | head -n 1)
  kept=$state/etcd/previous/$(basename "$place")
  if [ -z "$place" ] || [ ! -f "$kept" ]; then return; fi
  if [ "$mark" = "$image" ]; then say previous_mark "$(image_in "$kept")"
  else say previous_mark "$(diff "$kept" "$place" | sed -n 's/^< .*[^0-9.v]\(v*[0-9]*\.[0-9]*\.[0-9][^[:space:]"]*\).*/\1/p' | head -n 1)"; fi
}
# What follows an image among arguments is etcd's own
own_arguments() { if [ "$kind" = container ]; then sed 's#^.*etcd[:@][^ ]* *##'; else cat; fi; }
`
