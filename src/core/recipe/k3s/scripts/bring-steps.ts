import { fetchFile } from '../../scripts/fetch-file.ts'

/** Takes a file of a release apart, if it is an archive, and keeps what it holds under hidden names on the disk that it is to run from. */
const takeIn = String.raw`
part=
tree=
tidy() { rm -rf "$part" "$tree"; }
begin_part() {
  find "$place" -maxdepth 1 -name ".$name.falkirk-part.*" -mmin +60 -exec rm -rf {} +
  find "$place" -maxdepth 1 -type f -name ".$name*.falkirk-v*" -mtime +90 -exec rm -f {} +
  trap tidy EXIT
  part=$(mktemp "$place/.$name.falkirk-part.XXXXXX") || fail "$place cannot be written to"
}
take_in() {
  check_digest "$part"
  mkdir -p "$state/releases" || fail "$state cannot be written to"
  rm -f "$brought"
  echo "$sha256 $file" > "$brought.part"
  if [ "$packed" = yes ]; then unpack; else take_file "$part" "$name"; fi
  is=$(version_of "$(staged_of "$name")")
  [ -n "$is" ] || is='no version at all'
  [ "$is" = "$version" ] || fail "the new $name says that it is $is, not $version; nothing was replaced"
  sync
  mv -f "$brought.part" "$brought"
}
# PATH NAME
take_file() {
  chmod 755 "$1" && echo "$(digest_of "$1") $2" >> "$brought.part" && mv -f "$1" "$(staged_of "$2")" || fail "$place cannot be written to"
}
unpack() {
  tree=$(mktemp -d "$place/.$name.falkirk-part.XXXXXX") || fail "$place cannot be written to"
  tell "tar -xzf $file"
  tar --no-same-owner -xzf "$part" -C "$tree" || fail "$file cannot be unpacked in $place: look at the room there, and whether this host has tar and gzip"
  [ -f "$tree/bin/$name" ] || fail "$file holds no bin/$name: name an archive of a release of $distribution"
  # as its installer does where it does not install to /usr/local
  prefix=$(dirname "$place")
  [ "$prefix" = /usr/local ] || find "$tree" -type f \( -name '*.sh' -o -name '*.service' \) -exec sed -i "s|/usr/local|$prefix|g" {} +
  for each in "$tree"/bin/*; do
    case $(basename "$each") in *[!A-Za-z0-9._-]*) continue ;; esac
    if [ -f "$each" ]; then take_file "$each" "$(basename "$each")"; fi
  done
  compare_unit
}
# Units are somebody's to edit: the one of the release is kept for them, and not put in place
compare_unit() {
  own=$(property "$unit" FragmentPath)
  if [ ! -f "$tree/lib/systemd/system/$unit" ] || cmp -s "$own" "$tree/lib/systemd/system/$unit"; then rm -f "$brought.unit"; return; fi
  cp "$tree/lib/systemd/system/$unit" "$brought.unit"
  echo "$own stays as it is, and the release has another: compare it with $brought.unit"
}
`

/** Brings a file of the release, which comes by standard input. Nothing of what runs is touched. */
export const putReleaseScript = `${fetchFile}${takeIn}${`
probe() { is_brought; }

act() {
  begin_part
  cat > "$part" || fail "$file does not fit into $place: make room there"
  take_in
}
`}`

/** Fetches a file of the release from its address. */
export const fetchReleaseScript = `${fetchFile}${takeIn}${`
probe() { is_brought; }

act() {
  begin_part
  fetch "$part"
  take_in
}
`}`

/**
 * Brings an archive of images beside the folder from which the service takes them at its start. `image`: its name there. It has a gigabyte, so a note
 * with its digest tells that it was brought.
 */
const imagePlace = `
note=$kept_images/$version/$image.sha256
probe() { [ "$(cat "$note" 2> /dev/null)" = "$sha256" ]; }
begin_image() {
  mkdir -p "$kept_images/$version" || fail "$data/agent cannot be written to"
  # those of a change that is at work are what takes it back
  [ "$ahead" = yes ] || find "$kept_images" -mindepth 1 -maxdepth 1 -name 'before-*' ! -name "before-$version" -exec rm -rf {} +
  part=$kept_images/$version/$image.part
}
end_image() {
  check_digest "$part"
  mv -f "$part" "$kept_images/$version/$image" && sync && echo "$sha256" > "$note" || fail "$kept_images cannot be written to"
}
`

export const putImagesScript = `${fetchFile}${imagePlace}${`
act() {
  begin_image
  cat > "$part" || fail "$file does not fit into $kept_images: make room there"
  end_image
}
`}`

export const fetchImagesScript = `${fetchFile}${imagePlace}${`
act() {
  begin_image
  fetch "$part"
  end_image
}
`}`
