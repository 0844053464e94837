/** By what a disk is known again when the kernel has given its name to another one: the facts script and the step that formats it read it alike. */
export const diskIdentity = String.raw`
# FOLDER of a device in /sys: sets identity to what stays the same, where it has such a thing
identity_of() {
  identity=''
  for file in dm/uuid wwid device/wwid device/serial loop/backing_file; do
    [ -r "$1/$file" ] || continue
    identity=$(tr -cs 'A-Za-z0-9_.:+/-' '-' < "$1/$file" | head -c 200)
    [ -z "$identity" ] || break
  done
}
`
