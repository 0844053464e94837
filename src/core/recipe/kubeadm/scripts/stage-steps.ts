/** Names the repository of the target's minor in the files that name the one of another; each minor has its own. Source: kubernetes.io, "Changing the Kubernetes package repository". */
export const switchRepositoryScript = String.raw`
other_minors() { grep -oE '/v1\.[0-9]+/(deb|rpm)' "$1" | grep -v "/v1\.$minor/"; }
probe() { for file in $repository_files; do [ -z "$(other_minors "$file")" ] || return 1; done; }

act() {
  for file in $repository_files; do
    [ -n "$(other_minors "$file")" ] || continue
    mkdir -p "$state/repositories"
    cp -p "$file" "$state/repositories/$(basename "$file").before-$version" || fail "$file cannot be kept"
    run sed -i -E "s#/v1\.[0-9]+/(deb|rpm)#/v1.$minor/\1#" "$file" || fail "$file cannot be changed"
  done
}
`

/** Reads the indexes of the repositories again, and finds the exact version in them. */
export const findPackagesScript = String.raw`
probe() { is_marked; }

act() {
  prepare_manager
  refresh || fail "the repositories of this host do not answer as they should: what $manager says stands above"
  tell_versions $names
  for name in $names; do
    found=$(versions_of "$name")
    exact=$(echo "$found" | grep -F "$plain-" | grep "^$(printf %s "$plain" | sed 's/\./\\./g')-" | tail -n 1)
    [ -n "$exact" ] || fail "no repository of this host has $name $plain, but $(near "$found"): name one that has it, or a version that is there"
    echo "$name $exact"
  done
  finish
}
# VERSIONS: those of the same minor, else the newest
near() {
  same=$(echo "$1" | grep "^1\.$minor\." | tail -n 5)
  [ -n "$same" ] || same=$(echo "$1" | sort -t . -k 2,2n -k 3,3n | tail -n 3)
  [ -n "$same" ] && echo "$same" | tr '\n' ' ' | sed 's/ $//' || echo none
}
`

/** Fetches the packages into the manager's cache, and the target's kubeadm out of its package into a folder; nothing is installed. */
export const downloadPackagesScript = String.raw`
target=$state/kubeadm/$version
probe() { [ "$(says "$target/kubeadm")" = "$version" ] && is_marked && { [ "$ahead" = no ] || are_fetched; }; }

act() {
  prepare_manager
  # read by the step before; somebody may have taken them away since
  [ "$aside" = no ] || [ -n "$(versions_of kubeadm | grep "^$plain-")" ] || refresh
  find "$state/kubeadm" -mindepth 1 -maxdepth 1 -type d -mtime +90 -exec rm -rf {} + 2> /dev/null
  case $manager in
    apt-get) install_exactly '--download-only --allow-change-held-packages' "$names" ;;
    zypper) install_exactly '--download-only' "$names" ;;
    *) install_exactly "--downloadonly$unlocked" "$names" ;;
  esac || fail "$manager cannot fetch $names $plain: what it says stands above"
  refuse_held
  [ "$(says "$target/kubeadm")" = "$version" ] || bring_kubeadm
  end_aside
  finish
}
# What else somebody holds is not let go for it: apt-get would refuse on the drained node
refuse_held() {
  [ "$manager" = apt-get ] && ! are_sent || return 0
  others=$(apt-mark showhold 2> /dev/null | grep -vxF "$(printf '%s\n' $names)")
  [ -n "$others" ] || return 0
  set -f
  changed=$(apt-get -s install --allow-change-held-packages $(for name in $names; do exactly "$name"; done) 2> /dev/null |
    sed -n 's/^\(Inst\|Remv\) \([^ ]*\) .*/\2/p' | grep -xF "$others" | paste -sd ' ' -)
  set +f
  [ -z "$changed" ] || fail "$changed is held, and $names $plain come with another version of it: let it go (apt-mark unhold $changed), then go on"
}
bring_kubeadm() {
  rm -rf "$target.part" && mkdir -p "$target.part" && cd "$target.part" || fail "$state cannot be written to"
  take_kubeadm
  [ "$(says "$target.part/kubeadm")" = "$version" ] || fail "the kubeadm of the package does not say that it is $version: look at the repository"
  rm -rf "$target" && mv "$target.part" "$target"
}
take_kubeadm() {
  if are_sent; then
    take_sent "$(sent kubeadm "$sent_folder")"
    return
  fi
  case $manager in
    apt-get)
      run apt-get download "$(exactly kubeadm)" || fail 'apt-get cannot fetch kubeadm'
      tell "dpkg-deb -x kubeadm_*.deb $target"
      dpkg-deb -x kubeadm_*.deb . || fail 'the package of kubeadm cannot be read'
      ;;
    *)
      if [ "$manager" = zypper ]; then run zypper --non-interactive $aside_options --pkg-cache-dir "$target.part" install --oldpackage --download-only --force "$(exactly kubeadm)"
      else run "$manager" install -y $excludes $aside_options "--downloadonly$unlocked" "--downloaddir=$target.part" "$(exactly kubeadm)"; fi > "$folder/fetched" 2>&1
      cat "$folder/fetched"
      package=$(find . -name 'kubeadm-*.rpm' | head -n 1)
      if [ -z "$package" ]; then cp -p "$(path_of kubeadm)" kubeadm; return; fi
      take_rpm "$package"
      ;;
  esac
  keep_kubeadm
}
# FILE
take_rpm() {
  command -v cpio > /dev/null || fail 'this host has no cpio, which takes kubeadm out of its package: install it'
  tell "rpm2cpio kubeadm-*.rpm | cpio -idm"
  rpm2cpio "$1" | cpio -idm --quiet || fail 'the package of kubeadm cannot be read'
}
take_sent() {
  case $1 in
    *.rpm) take_rpm "$1" ;;
    *)
      tell "dpkg-deb -x $1 $target"
      dpkg-deb -x "$1" . || fail 'the package of kubeadm cannot be read'
      ;;
  esac
  keep_kubeadm
}
keep_kubeadm() {
  if [ -f usr/bin/kubeadm ]; then mv usr/bin/kubeadm kubeadm; fi
  rm -rf usr etc *.deb
}
`

/** Whether the runtime has an image. */
export const hasImage = String.raw`
has_image() {
  case $runtime in
    docker) docker image inspect "$1" ;;
    *) crictl --runtime-endpoint "$endpoint" inspecti "$1" ;;
  esac > /dev/null 2>&1
}
`

/** Brings the images of the target to the host while everything runs on. `images` is how: by kubeadm (a control plane), or one by name. */
export const pullImagesScript = String.raw`${hasImage}
probe() { is_marked && { [ "$ahead" = no ] || has_all; }; }

# A kubelet that needs room takes images away that nobody runs
has_all() {
  wanted=$image
  [ -n "$wanted" ] || wanted=$(grep / "$folder/images") || return 1
  for name in $wanted; do has_image "$name" || return 1; done
}
act() {
  if [ -n "$image" ]; then pull_one; else pull_all; fi
  finish
}
pull_one() {
  case $runtime in
    docker) has_image "$image" || run docker pull "$image" ;;
    *) has_image "$image" || run crictl --runtime-endpoint "$endpoint" pull "$image" ;;
  esac || fail "$image cannot be pulled: look whether its registry answers from this host, or bring the image here"
}
pull_all() {
  run "$kubeadm" config images list --kubernetes-version "$version" $repository > "$folder/images" || fail "$kubeadm does not list its images"
  cat "$folder/images"
  missing=$(grep / "$folder/images" | while read -r name; do has_image "$name" || echo "$name"; done)
  [ -n "$missing" ] || { echo 'all are there already' && return; }
  run "$kubeadm" config images pull --kubernetes-version "$version" --cri-socket "$endpoint" $repository ||
    fail "not all images can be pulled ($(echo $missing)): look whether their registry answers from this host, or bring them here"
}
`

/**
 * Compares the manifests with what kubeadm of the same version would write: what differs was written by hand, and an upgrade would lose it.
 * Source: kubeadm upgrade diff.
 */
export const findEditsScript = String.raw`
probe() { is_marked; }

act() {
  run kubeadm upgrade diff "$running" --kubeconfig "$admin" > "$folder/diff" 2>&1
  cat "$folder/diff"
  edits=$(grep -E '^[+-][^+-]' "$folder/diff" | grep -vE '^[+-][[:space:]]*(creationTimestamp: null|status: \{\})?$')
  if [ -n "$edits" ] && [ "$edits_go" != yes ]; then
    echo "$edits" | cut -c 1-200 | head -n 12
    fail "the manifests in $manifests were changed by hand ($(echo "$edits" | grep -c .) lines), and kubeadm would lose that: put it into ClusterConfiguration (ConfigMap kube-system/kubeadm-config) or into patches in /etc/kubernetes/patches, or accept in spec.acceptedRisks with check ManualEdits that it goes"
  fi
  finish
}
`
