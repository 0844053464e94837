/** Brings a file over the network, or by standard input, into a file that its caller has made. `file`, `url` and `sha256` are assigned before it. */
export const fetchFile = `
# INTO
fetch() {
  if command -v curl > /dev/null; then run curl -fsSL --retry 3 --connect-timeout 20 -o "$1" "$url"
  elif command -v wget > /dev/null; then run wget -q -O "$1" "$url"
  else fail 'this host has neither curl nor wget: install one, or name binaries in the inventory, so that the file is sent'; fi ||
    fail "$url cannot be fetched from this host: open the way to it, or name binaries in the inventory, so that the file is sent"
}
# PATH: whether it is the file that was asked for
check_digest() {
  is=$(digest_of "$1")
  [ "$is" = "$sha256" ] || fail "$file has the wrong checksum: sha256 is $is and should be $sha256; nothing was replaced"
}
`
