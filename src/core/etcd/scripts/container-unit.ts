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

# UNIT: the files in which its image may stand. What a generator has made is made anew from its source (podman's quadlets) at each reload
files_of() {
  {
    property "$1" FragmentPath
    property "$1" SourcePath
    property "$1" DropInPaths | tr ' ' '\n'
    systemctl show -p EnvironmentFiles "$1" | sed -n 's/^EnvironmentFiles*=\([^ ]*\).*/\1/p'
    scripts_of "$1"
  } | grep '^/' | grep -v '^/run/systemd/generator' | while IFS= read -r each; do if [ -r "$each" ]; then readlink -f "$each"; fi; done | awk '!seen[$0]++'
}
# What a change has noted down: the new image, and the one before
noted_images() { head -c 600 "$state/etcd/previous/image" 2> /dev/null; }
# Images that it may be, the likeliest first: of the container that runs, what stands in a file as a whole, what was noted down
likely_images() {
  shown=$(timeout 20 "$engine" ps --format '{{.Image}}' 2> /dev/null | grep -E '(^|/)etcd[:@]' | sort -u)
  [ "$(echo "$shown" | grep -c .)" != 1 ] || echo "$shown"
  echo "$files" | while IFS= read -r each; do image_in "$each"; done
  noted_images
}
# TEXT: how often it stands in each file
count_in_files() { echo "$files" | while IFS= read -r each; do echo "$(times_in "$each" "$1") $each"; done; }
stands() { echo "$places" | grep -q '^[1-9]'; }
# IMAGE: what is edited is the whole of it, or its tag where that stands by itself
look_for() {
  image=$1 mark=$1
  places=$(count_in_files "$mark")
  case $image in *@*) return ;; esac
  stands || { mark=$(echo "$image" | sed 's/.*://') && places=$(count_in_files "$mark"); }
}
# That one which stands in the files: between its change and its restart a container still runs from the one before
find_image() {
  engine=$(engine_of "$unit") socket='' image='' mark='' places=''
  files=$(files_of "$unit")
  likely=$(likely_images)
  for each in $likely; do
    look_for "$each"
    ! stands || break
  done
  [ -z "$places" ] || stands || look_for "$(echo "$likely" | head -n 1)"
  if [ -n "$image" ] && [ "$(noted_images | sed -n 1p)" = "$image" ]; then say previous_mark "$(noted_images | sed -n 2p)"; fi
}
# What follows an image among arguments is etcd's own
own_arguments() { if [ "$kind" = container ]; then sed 's#^.*etcd[:@][^ ]* *##'; else cat; fi; }
`
