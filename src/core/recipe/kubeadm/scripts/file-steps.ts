import { fetchFile } from '../../scripts/fetch-file.ts'

/** Programs that no package owns: brought beside the old file under the version's own name, so that several hops can be brought beforehand. `binary`, `name`, `sha256`. */
const places = String.raw`
place=$(dirname "$binary")
staged=$place/.$name.falkirk-$version
previous=$place/.$name.falkirk-previous
`

const bring = String.raw`
# In this order: what is being moved is found before or behind its move.
probe() { [ "$(digest_of "$staged")" = "$sha256" ] || [ "$(digest_of "$binary")" = "$sha256" ]; }

begin_part() {
  find "$place" -maxdepth 1 -name ".$name.falkirk-part.*" -mmin +60 -exec rm -f {} +
  part=$(mktemp "$place/.$name.falkirk-part.XXXXXX") || fail "$place cannot be written to"
  trap 'rm -f "$part"' EXIT
}
take_in() {
  check_digest "$part"
  chmod 755 "$part" && sync && mv -f "$part" "$staged"
}
`

/** Brings a program, which comes by standard input, to the disk that it is to run from. */
export const putProgramScript = `${places}${fetchFile}${bring}
act() {
  begin_part
  cat > "$part" || fail "the new $name does not fit into $place: make room there"
  take_in
}
`

/** Fetches a program from its address. */
export const fetchProgramScript = `${places}${fetchFile}${bring}
act() {
  begin_part
  fetch "$part"
  take_in
}
`

/** Gives the new program the place of the old one, which stays beside it; a running file keeps its content. */
export const replaceProgramScript = `${places}${String.raw`
probe() { [ "$(digest_of "$binary")" = "$sha256" ]; }

act() {
  begin
  if probe; then echo "$binary is $version already" && return; fi
  [ "$(digest_of "$staged")" = "$sha256" ] || fail "$staged is not the file that was put there"
  is=$(says "$staged")
  [ "$is" = "$version" ] || fail "the new $name says that it is $(echo "$is" | grep . || echo nothing), not $version; nothing was replaced"
  tell "install -m 0755 $staged $binary"
  chown --reference="$binary" "$staged" && chmod --reference="$binary" "$staged" || fail "$staged cannot be given the owner and mode of $binary"
  if [ -e /sys/fs/selinux/enforce ] && command -v chcon > /dev/null; then
    chcon --reference="$binary" "$staged" || fail "$staged cannot be given the SELinux label of $binary"
  fi
  rm -f "$previous"
  ln "$binary" "$previous" 2> /dev/null || cp -a "$binary" "$previous" || fail "$binary cannot be kept as $previous"
  sync
  mv -f "$staged" "$binary" && sync || fail "$binary cannot be replaced"
}
`}`
