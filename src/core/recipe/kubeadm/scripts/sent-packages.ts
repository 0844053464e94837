/**
 * Packages that were sent to a host beforehand, for one that reaches no repository: a folder for each version. Where those of the target are there, they are
 * installed from it, and no repository is asked. Goes before `package-library.ts`.
 */
export const sentPackages = String.raw`
sent_folder=$state/packages/$version
# NAME [FOLDER]: the file of a package that was sent; nothing where there is none
sent() { find "$2" -maxdepth 1 -type f \( -name "$1_*.deb" -o -name "$1-[0-9]*.rpm" \) 2> /dev/null | sort -V | tail -n 1; }
# Whether all that is installed was: names of a step may be a part of it
are_sent() {
  for each in kubeadm $names; do [ -n "$(sent "$each" "$sent_folder")" ] || return 1; done
}
# FILE NAME: the version of a package, by the name of its file
version_in() { basename "$1" | sed -E "s/^$2[-_]//; s/_[a-z0-9]+\.deb$//; s/\.[a-z0-9_]+\.rpm$//"; }
# NAMES: their files, and those that they may ask for where these are newer than what is there
sent_files() {
  for each; do sent "$each" "$sent_folder"; done
  for each in cri-tools kubernetes-cni; do
    file=$(sent "$each" "$sent_folder")
    [ -n "$file" ] || continue
    # rpm says in a sentence that one is not there
    is=$(installed "$each" | grep '^[0-9]')
    brought=$(version_in "$file" "$each")
    [ "$is" = "$brought" ] || [ "$(printf '%s\n' "$is" "$brought" | sort -V | tail -n 1)" != "$brought" ] || echo "$file"
  done
}
# OPTIONS FILES: no repository is asked
install_files() {
  set -f
  case $manager in
    apt-get) set -- apt-get install -y --no-install-recommends $1 $2 ;;
    zypper) set -- zypper --non-interactive --no-refresh --no-gpg-checks install --oldpackage $1 $2 ;;
    *) set -- "$manager" install -y '--disablerepo=*' $1 $2 ;;
  esac
  set +f
  run "$@"
}
`

const place = String.raw`
place=$state/packages/$version
`

/** Puts the file of a package, which comes by standard input, where it is installed from later. `file`, `name`, `sha256`. */
export const putPackageScript = String.raw`${place}
probe() { [ "$(digest_of "$place/$file")" = "$sha256" ]; }

act() {
  find "$state/packages" -mindepth 1 -maxdepth 1 -type d -mtime +90 -exec rm -rf {} + 2> /dev/null
  mkdir -p "$place" || fail "$state cannot be written to"
  part=$(mktemp "$place/.part.XXXXXX") || fail "$place cannot be written to"
  trap 'rm -f "$part"' EXIT
  cat > "$part" || fail "$file does not fit into $place: make room there"
  check_digest "$part"
  # an earlier build of the same version
  find "$place" -maxdepth 1 -type f \( -name "$name"_'*.deb' -o -name "$name-[0-9]*.rpm" \) -exec rm -f {} +
  sync
  mv -f "$part" "$place/$file" || fail "$place cannot be written to"
}
`

/** Gives the archive of an image, which comes by standard input, to the runtime. `image`, `file`, `sha256`. */
export const putImageScript = String.raw`
probe() { has_image "$image"; }

act() {
  mkdir -p "$state/images" || fail "$state cannot be written to"
  find "$state/images" -type f -mmin +60 -exec rm -f {} +
  part=$(mktemp "$state/images/part.XXXXXX") || fail "$state cannot be written to"
  trap 'rm -f "$part"' EXIT
  cat > "$part" || fail "$file does not fit into $state: make room there"
  check_digest "$part"
  case $runtime in
    docker) docker load -i "$part" ;;
    *)
      command -v ctr > /dev/null || fail "this host has no ctr, by which archives of images are imported: import $file by hand"
      ctr --address "$(echo "$endpoint" | sed 's|^unix://||')" --namespace k8s.io images import "$part"
      ;;
  esac || fail "$file cannot be imported: look whether it is an archive of an image, as ctr images export and docker save write it"
  has_image "$image" || fail "$file does not hold $image: save it under this name"
}
`
