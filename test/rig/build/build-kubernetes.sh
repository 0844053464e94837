#!/usr/bin/env bash
# Builds OUT/VERSION/k3s for each VERSION: every Kubernetes component in one static binary, from Debian 12's source package; and OUT/pause.
# For a VERSION that is plainly Kubernetes' own, OUT/VERSION/kubeadm too: kubeadm, kubectl, and stand-ins for crictl and CoreDNS in one.
# usage: build-kubernetes.sh SOURCE OUT VERSION...
#   SOURCE  the source tree, made when it is not there (3.8 GB with its build cache; may be deleted when nothing is to be built)
#   VERSION what the binaries call themselves: v1.20.2+k3s1, v1.20.2. All come from the same code.
# Needs root, the packages golang-go, gcc, libc6-dev, dpkg-dev, rsync, jq, make and git, and Debian's mirror.
set -euo pipefail
usage='usage: build-kubernetes.sh SOURCE OUT VERSION...'
source=${1:?$usage} out=${2:?$usage}
shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$source" "$out"
source=$(cd "$source" && pwd) out=$(cd "$out" && pwd)

# shellcheck source=../debian-mirror.sh
. "$here/../debian-mirror.sh"

fetch_source() {
  local work lists
  work=$(mktemp -d "$source.XXXXXX")
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$work'" RETURN
  lists=$work/lists
  mkdir -p "$lists/partial"
  debian_sources deb-src > "$work/sources.list"
  # a source index for these calls alone: the machine's own apt settings stay as they are
  local apt=(-qq -o APT::Sandbox::User=root -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$lists"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  apt-get "${apt[@]}" update
  (cd "$work" && apt-get "${apt[@]}" source --download-only kubernetes && dpkg-source --no-check -x ./*.dsc tree > /dev/null)
  # The tree's own reflect2 1.0.1 reads past its memory when compiled by Go 1.18 and newer (an API server dies within seconds
  # of pretty-printed JSON). Debian's package of 1.0.2 has the repair.
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download golang-github-modern-go-reflect2-dev && dpkg -x golang-github-modern-go-reflect2-dev*.deb reflect2)
  local vendored=$work/tree/vendor/github.com/modern-go/reflect2
  rm -rf "$vendored"
  cp -r "$work/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2" "$vendored"
  rm -f "$vendored/go.mod"
  rm -rf "$source"
  mv "$work/tree" "$source"
  touch "$source/.rig-source"
}

# Compiled by Go 1.18 and newer, this one comparison takes an empty string for null: every `default: ""` of a CRD and every "" in a
# custom resource would be refused. Later releases of the library say what is meant, as here.
repair_empty_strings() {
  local file=$source/vendor/k8s.io/kube-openapi/pkg/validation/validate/type.go
  sed -i 's/if data == nil || reflect\.DeepEqual(reflect\.Zero(reflect\.TypeOf(data)), reflect\.ValueOf(data)) {/if data == nil {/' "$file"
  grep -q 'if data == nil {' "$file"
}

build() { # VERSION
  local version=$1 plain=${1#v} programs=(rig-k3s) stamp target
  [[ $version = *+* ]] || programs+=(rig-kubeadm)
  stamp=$(mktemp)
  target=$out/$version
  # The tree takes its version from this file alone: it is an archive that believes to know its own, whatever the environment says.
  printf '%s\n' KUBE_GIT_COMMIT=debian12 KUBE_GIT_TREE_STATE=clean "KUBE_GIT_VERSION=$version" \
    "KUBE_GIT_MAJOR=${plain%%.*}" "KUBE_GIT_MINOR=$(cut -d. -f2 <<< "$plain")" > "$stamp"
  # providerless, dockerless: no cloud SDKs and no dockershim, a third of the code that would have to be compiled
  SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$source/debian/changelog" -S Timestamp) KUBE_GIT_VERSION_FILE=$stamp KUBE_STATIC_OVERRIDES="${programs[*]}" \
    GO111MODULE=on GOFLAGS='-mod=vendor -tags=providerless,dockerless' make -C "$source" --no-print-directory all WHAT="${programs[*]/#/cmd/}"
  rm -f "$stamp"
  mkdir -p "$target"
  if [[ $version != *+* ]]; then
    cp "$source/_output/local/bin/linux/amd64/rig-kubeadm" "$target/kubeadm.new"
    [ "$(exec -a kubeadm "$target/kubeadm.new" version -o short)" = "$version" ]
    mv "$target/kubeadm.new" "$target/kubeadm"
  fi
  cp "$source/_output/local/bin/linux/amd64/rig-k3s" "$target/k3s.new"
  grep -qF "k3s version $version " <("$target/k3s.new" --version)
  for name in kubectl kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do ln -sfn k3s "$target/$name"; done
  mv "$target/k3s.new" "$target/k3s"
}

# the process that holds a pod's namespaces; upstream's own few lines
build_pause() {
  gcc -Os -static -DVERSION=3.2 -o "$out/pause.new" "$source/build/pause/linux/pause.c"
  mv "$out/pause.new" "$out/pause"
}

# two test runs that start together build once
exec 9> "$source.lock"
flock 9
missing=()
for version in "$@"; do [ -x "$out/$version/k3s" ] || missing+=("$version"); done
[ ${#missing[@]} -gt 0 ] || exit 0
[ -e "$source/.rig-source" ] || fetch_source
repair_empty_strings
for program in rig-k3s rig-kubeadm; do
  rm -rf "$source/cmd/$program"
  cp -r "$here/$program" "$source/cmd/$program"
done
[ -x "$out/pause" ] || build_pause
for version in "${missing[@]}"; do build "$version"; done
