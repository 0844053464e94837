/**
 * What of the releases of some versions was brought to a host of k3s or RKE2, and is whole: `file VERSION NAME SHA256 BYTES` a line. `versions` and `images`
 * (names of archives) are assigned before it, beside what steps have.
 */
export const releaseStockScript = String.raw`
bytes_of() { stat -c %s "$1" 2> /dev/null || echo 0; }
brought_line() {
  brought=$state/releases/$distribution-$version
  read -r sha256 file 2> /dev/null < "$brought" || return
  is_brought || return
  bytes=0
  for pair in $(new_files); do bytes=$((bytes + $(bytes_of "$(staged_of "$(name_in "$pair")")"))); done
  echo "file $version $file $sha256 $bytes"
}
# An archive has a gigabyte: the note tells that it had arrived whole
image_line() {
  archive=$kept_images/$version/$1
  [ ! -e "$archive" ] || echo "file $version $1 $(cat "$archive.sha256" 2> /dev/null) $(bytes_of "$archive")"
}
for version in $versions; do
  brought_line
  for image in $images; do image_line "$image"; done
done
exit 0
`
