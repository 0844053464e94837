import { toldCommands } from '../../scripts/told-commands.ts'

/**
 * What every step for a host of k3s or RKE2 begins with. `distribution`, `unit`, `binary`, `version`, `role`, `data`, `change`, and `file` with its `sha256`
 * are assigned before it.
 */
export const k3sLibrary = `${toldCommands}${String.raw`
HOME=/root
export HOME
binary=$(readlink -f "$binary")
place=$(dirname "$binary")
name=$(basename "$binary")
backup=$state/backup/$change
# What a release puts beside the binary, a digest and a name a line; it is written when all of that has arrived. The first line is the file that was brought.
brought=$state/releases/$distribution-$version
# The version has served here since its files were put in place, whichever run has put them there
served_note=$brought.served
images_folder=$data/agent/images
kept_images=$data/agent/falkirk-images

staged_of() { echo "$place/.$1.falkirk-$version"; }
previous_of() { echo "$place/.$1.falkirk-previous"; }
# As words DIGEST:NAME
digest_in() { echo "$1" | cut -d : -f 1; }
name_in() { echo "$1" | cut -d : -f 2; }
new_files() { [ "$(head -n 1 "$brought" 2> /dev/null)" = "$sha256 $file" ] && sed 1d "$brought" | tr ' ' :; }
# In this order: what is being moved is found before or behind its move
is_brought() {
  list=$(new_files) && [ -n "$list" ] || return 1
  for pair in $list; do
    [ "$(digest_of "$(staged_of "$(name_in "$pair")")")" = "$(digest_in "$pair")" ] || [ "$(digest_of "$place/$(name_in "$pair")")" = "$(digest_in "$pair")" ] || return 1
  done
}
is_in_place() {
  list=$(new_files) && [ -n "$list" ] || return 1
  for pair in $list; do [ "$(digest_of "$place/$(name_in "$pair")")" = "$(digest_in "$pair")" ] || return 1; done
}
minor_of() { echo "$1" | sed -n 's/^v1\.\([0-9]*\)\..*/\1/p'; }
`}`
