import { hasImage } from '../recipe/kubeadm/scripts/stage-steps.ts'

/**
 * What of some versions is on a host: one line a thing, `kubeadm VERSION`, `list VERSION IMAGE`, `fetched NAME VERSION BYTES`, `offered NAME VERSION BYTES`,
 * `file VERSION NAME SHA256 BYTES`, `image NAME SIZE`. `versions`, `images` (names that are wanted, beside those that kubeadm lists), `programs` (NAME:PATH of those that no package owns) and
 * `staged` (the place of a hop's kubeadm with VERSION in it) are assigned before it, beside what steps have.
 */
export const stockScript = String.raw`${hasImage}
staged_of() { printf %s "$staged" | sed "s/VERSION/$1/g"; }
kubeadm_line() {
  program=$(staged_of "$1")
  [ "$(says "$program")" = "$1" ] || return
  echo "kubeadm $1"
  [ "$control_plane" = no ] || timeout 20 "$program" config images list --kubernetes-version "$1" $repository 2> /dev/null | sed -n "s|^\([^ ]*/[^ ]*\)$|list $1 \1|p"
}
# Files of packages by their names
package_files() {
  case $manager in
    apt-get) eval "$(apt-config shell archives Dir::Cache::archives/d)" ;;
    zypper) archives=/var/cache/zypp/packages ;;
    dnf | yum) archives='/var/cache/dnf /var/cache/libdnf5 /var/cache/yum' ;;
    *) return ;;
  esac
  for name in $names; do
    find $archives "$state/packages" -type f \( -name "$name"_'*.deb' -o -name "$name-[0-9]*.rpm" \) -printf '%f %s\n' 2> /dev/null |
      sed -nE "s/^$name[-_](%3a|[0-9]+%3a)?([0-9]+\.[0-9]+\.[0-9]+)[^ ]* ([0-9]+)$/fetched $name \2 \3/p"
  done
}
# Of apt alone: the others would have to read their indexes anew
offered_lines() {
  [ "$manager" = apt-get ] || return
  for version in $versions; do
    for name in $names; do
      full=$(apt-cache madison "$name" 2> /dev/null | awk -F '|' '{ gsub(/ /, "", $2); print $2 }' | grep -E "^([0-9]+:)?$(echo "$version" | cut -c 2- | sed 's/\./\\./g')-" | tail -n 1)
      [ -z "$full" ] || apt-cache show "$name=$full" 2> /dev/null | sed -nE "s/^Size: ([0-9]+)$/offered $name $(echo "$version" | cut -c 2-) \1/p" | head -n 1
    done
  done
}
# NAME SIZE, of all that the runtime has
sizes() {
  case $runtime in
    docker) docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' ;;
    *) crictl --runtime-endpoint "$endpoint" images | awk '{ print $1 ":" $2, $4 }' ;;
  esac 2> /dev/null
}
# IMAGES
image_lines() {
  known=$(sizes)
  for name in $(printf '%s\n' "$@" | sort -u); do
    ! has_image "$name" || echo "image $name $(printf '%s\n' "$known" | awk -v name="$name" '$1 == name { print $2; exit }')"
  done
}
# Programs that no package owns, brought beside those that are there
file_lines() {
  for version in $versions; do
    for pair in $programs; do
      name=$(echo "$pair" | cut -d : -f 1)
      at=$(dirname "$(echo "$pair" | cut -d : -f 2)")/.$name.falkirk-$version
      [ "$(says "$at")" = "$version" ] && echo "file $version $name $(digest_of "$at") $(stat -c %s "$at")"
    done
  done
}
lists=$(for version in $versions; do kubeadm_line "$version"; done)
printf '%s\n' "$lists"
[ "$packaged" = no ] && file_lines
[ "$packaged" = no ] || { package_files; offered_lines; }
image_lines $images $(printf '%s\n' "$lists" | sed -n 's/^list [^ ]* //p')
exit 0
`
