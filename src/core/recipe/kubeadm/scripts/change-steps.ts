/** Keeps what the change may touch, once: manifests, keys, files of kubelet and kubeadm, versions of the programs; on the first control plane the cluster's own ConfigMaps too, and a stacked etcd. */
export const backUpScript = String.raw`
probe() { [ -e "$backup/complete" ]; }

act() {
  begin
  rm -rf "$backup" && mkdir -p "$backup" || fail "$state cannot be written to"
  run tar -C / --exclude=etc/kubernetes/tmp -czf "$backup/files.tar.gz" $files || fail "the files of this node cannot be kept in $backup: make room there"
  if [ "$config_maps" = yes ]; then
    tell "kubectl --kubeconfig=$admin -n kube-system get configmaps -o yaml > $backup/configmaps.yaml"
    timeout 60 kubectl "--kubeconfig=$admin" -n kube-system get configmaps -o yaml > "$backup/configmaps.yaml" ||
      fail 'the ConfigMaps of kube-system cannot be read: look whether the API server answers to kubectl on this node'
  fi
  [ "$keeps_etcd" = no ] || keep_etcd
  for name in kubeadm kubelet kubectl; do
    program=$(path_of "$name") || continue
    package=-
    [ "$packaged" = no ] || package=$(installed "$name" | grep . || echo -)
    echo "$name $(says "$program") $package $program"
  done > "$backup/versions"
  cat "$backup/versions"
  sync
  : > "$backup/complete"
}
# The member writes into its own folder, which the host has under the same name. Of earlier hops one is left.
keep_etcd() {
  id=$(etcd_container)
  [ -n "$id" ] || { echo 'the container of etcd is not found: no snapshot of it is kept' && return; }
  tell "etcdctl snapshot save $backup/etcd.db"
  part=$etcd_data/falkirk-snapshot.db
  rm -f "$part"
  needed=$(($(du -k "$etcd_data/member/snap/db" 2> /dev/null | cut -f 1 | grep . || echo 0) + 65536))
  for place in "$etcd_data" "$backup"; do
    [ "$(df -Pk "$place" | awk 'NR == 2 { print $4 }')" -gt "$needed" ] || fail "a snapshot of etcd has no room in $place: make $((needed / 1024)) MiB there"
  done
  etcd_seconds=300
  said=$(in_etcd snapshot save "$part") && is_whole "$part" || no_snapshot
  [ ! -e "$part" ] || mv -f "$part" "$backup/etcd.db" || fail "the snapshot of etcd cannot be kept in $backup: make room there"
  ls -t "$state"/backup/*/etcd.db 2> /dev/null | tail -n +3 | while read -r old; do rm -f "$old"; done
}
# etcd puts the SHA-256 of all that is before behind it
is_whole() { [ "$(head -c -32 "$1" | sha256sum | cut -d ' ' -f 1)" = "$(tail -c 32 "$1" | od -An -v -tx1 | tr -d ' \n')" ]; }
no_snapshot() {
  rm -f "$part"
  # etcdctl of etcd 3.3, to which a container runtime gives no environment; an image of somebody's own
  case $said in *'not defined: -cacert'* | *'executable file not found'*) echo 'this etcd has no etcdctl that can be used: no snapshot of it is kept' && return ;; esac
  fail "no snapshot of etcd could be taken, and without one nothing is changed: $(echo "$said" | tail -n 1 | cut -c 1-200)"
}
`

/** Installs kubeadm, exactly; whoever holds it holds it again. */
export const installKubeadmScript = String.raw`
probe() { [ "$(says kubeadm)" = "$version" ] && is_held kubeadm; }

act() {
  begin
  prepare_manager
  change_packages kubeadm
  [ "$(says kubeadm)" = "$version" ] || fail "kubeadm was installed, and $(path_of kubeadm) is $(says kubeadm): another kubeadm stands before it in the PATH"
}
`

/** Installs kubelet and kubectl, exactly. Their packages may restart the kubelet: what it would not start with is gone by now. */
export const installKubeletScript = String.raw`
probe() {
  for name in $names; do [ "$(says "$name")" = "$version" ] || return 1; done
  is_held "$names"
}

act() {
  begin
  prepare_manager
  change_packages "$names"
  for name in $names; do
    [ "$(says "$name")" = "$version" ] || fail "$name was installed, and $(path_of "$name") is $(says "$name"): another one stands before it in the PATH"
  done
}
`

/** kubeadm looks whether the cluster can go to the target. */
export const checkPlanScript = String.raw`
probe() { is_marked; }

act() {
  begin
  run kubeadm upgrade plan "$version" $plan_options || fail 'kubeadm does not agree with this upgrade: what it says stands above'
  finish
}
`

/** Replaces the control plane of this node, or, where there is none, the configuration of its kubelet. `kubeadm_verb`: `apply`, `node`, and before 1.15 `experimental-control-plane` and `config`. */
export const upgradeNodeScript = String.raw`
probe() { is_marked && { [ "$control_plane" = no ] || has_manifests "$version"; }; }

act() {
  begin
  upgrade || fail 'kubeadm has not brought this node to the version; what it says stands above, and what it has put in place it has taken back itself'
  if [ "$control_plane" = yes ]; then
    has_manifests "$version" || fail "kubeadm has ended well, and the manifests in $manifests are not all of $version"
    until_serves
  fi
  finish
}
upgrade() {
  case $kubeadm_verb in
    apply) run kubeadm upgrade apply -y "$version" $options ;;
    experimental-control-plane) run kubeadm upgrade node experimental-control-plane && run kubeadm upgrade node config --kubelet-version "$version" ;;
    config) run kubeadm upgrade node config --kubelet-version "$version" ;;
    *) run kubeadm upgrade node $options ;;
  esac
}
`

/** Waits until the API server of this node, at its own address, says that it is the target. */
export const untilServes = String.raw`
# PATH: what this node's own API server answers
ask() { timeout 10 kubectl "--kubeconfig=$admin" "--server=$own_api" get "--raw=$1" 2>&1; }
serves() { ask /version | tr -d ' \n' | grep -qF "\"gitVersion\":\"$version\"" && ask "$ready_path" | grep -qx ok; }
until_serves() {
  tell "kubectl --kubeconfig=$admin --server=$own_api get --raw=/version"
  tell "kubectl --kubeconfig=$admin --server=$own_api get --raw=$ready_path"
  waited=0
  until serves; do
    [ "$waited" -lt "$serve_seconds" ] || fail "the API server of this node does not say at $own_api that it is $version and ready: $(ask "$ready_path" | tail -n 1 | cut -c 1-200)"
    sleep 1
    waited=$((waited + 1))
  done
  echo "$own_api is ready as $version"
}
`

/**
 * etcd's leader goes to another member before this one is restarted: an election by time would leave writes waiting. Where it cannot be
 * moved, etcd elects one by itself.
 */
export const moveLeaderScript = String.raw`
probe() { is_marked; }

field() { printf '%s\n' "$1" | sed -n "s/^\"$2\" : //p" | head -n 1; }

act() {
  begin
  await_members
  tell 'etcdctl endpoint status -w fields'
  tell 'etcdctl move-leader MEMBER'
  move
  finish
}
move() {
  [ -n "$id" ] || { echo 'its container is not found; etcd elects a leader by itself' && return; }
  status=$(in_etcd endpoint status -w fields)
  own=$(field "$status" MemberID)
  [ -n "$own" ] || { echo "etcd does not tell who leads ($(echo "$status" | tail -n 1 | cut -c 1-200)); it elects a leader by itself" && return; }
  [ "$own" = "$(field "$status" Leader)" ] || { echo 'another member leads already' && return; }
  other=$(in_etcd member list | awk -F ', ' -v own="$node" '$2 == "started" && $3 != own && $6 != "true" { print $1; exit }')
  [ -n "$other" ] || { echo 'there is no other member' && return; }
  in_etcd move-leader "$other"
}
`

/**
 * Takes flags and feature gates that the target no longer knows out of the kubelet's files; a kubelet that meets one does not start. The files
 * as they were stay beside them.
 */
export const rewriteSettingsScript = String.raw`
end_of_flag='[[:space:]="'"'"'\\]'
has_flag() { grep -qE -e "(^|[[:space:]\"'=])--$1($end_of_flag|\$)" "$2"; }
has_gate() { grep -qE "(^[[:space:]]+\"?$1\"?:)|([=,\"']$1=)" "$2"; }
is_clean() {
  for flag in $flags; do ! has_flag "$flag" "$1" || return 1; done
  for gate in $gates; do ! has_gate "$gate" "$1" || return 1; done
}
probe() { for file in $setting_files; do [ ! -e "$file" ] || is_clean "$file" || return 1; done; }

act() {
  begin
  for file in $setting_files; do
    [ -e "$file" ] && ! is_clean "$file" || continue
    cp -p "$file" "$file.before-$version" || fail "$file cannot be kept"
    cp -p "$file" "$file.falkirk-new"
    for flag in $flags; do take_flag "$flag"; done
    for gate in $gates; do take_gate "$gate"; done
    is_clean "$file.falkirk-new" || fail "$file has $flags $gates in a way that cannot be taken out: take them out by hand"
    diff "$file" "$file.falkirk-new"
    mv -f "$file.falkirk-new" "$file" || fail "$file cannot be changed"
    tell "vi $file    # take out:$(printf ' --%s' $flags | sed 's/^ --$//')$(printf ' %s' $gates | sed 's/^ $//')"
  done
}
# With its value, behind = or a space
take_flag() {
  sed -i -E -e :a -e "s/(^|[[:space:]\"'=])--$1(=(\"[^\"]*\"|'[^']*'|[^[:space:]\"'\\\\]*)|[[:space:]]+[^-[:space:]\"'\\\\][^[:space:]\"'\\\\]*)?([[:space:]\"'\\\\]|\$)/\\1\\4/" -e ta "$file.falkirk-new"
}
# As a line of a configuration, and within --feature-gates
take_gate() {
  sed -i -E -e "/^[[:space:]]+\"?$1\"?:[[:space:]]*(true|false),?[[:space:]]*\$/d" \
    -e "/feature-gates/ { s/([=,\"'])$1=[A-Za-z]+,/\\1/g; s/,$1=[A-Za-z]+//g; s/([=\"'])$1=[A-Za-z]+/\\1/g; }" "$file.falkirk-new"
}
`

/** Restarts the kubelet as the target: one of another minor starts all containers of the node anew, etcd's too. */
export const restartKubeletScript = String.raw`
probe() { is_marked && [ "$(says kubelet)" = "$version" ]; }

act() {
  begin
  [ "$stacked_etcd" = no ] || await_members
  restart_kubelet "$version"
  finish
}
`

/** A kubelet of another minor starts all containers anew: the control plane of this node, with its etcd, has to serve again before it counts, by the word of its kubelet. */
export const verifyControlPlaneScript = String.raw`
probe() { is_marked && has_manifests "$version"; }

act() {
  begin
  until_serves
  tell "$(kubectl_here) get pods --field-selector=spec.nodeName=$node"
  waited=0
  until missing=$(not_ready) && [ -z "$missing" ]; do
    [ "$waited" -lt "$serve_seconds" ] || fail "$(echo $missing | grep . || echo 'the control plane') of this node is not ready as $version after $serve_seconds seconds: look at its log"
    have_looked_at $(for component in $missing; do echo "$component-$node"; done)
    sleep 1
    waited=$((waited + 1))
  done
  finish
}
kubectl_here() { echo "kubectl --kubeconfig=$admin --server=$own_api -n kube-system"; }
# All static pods of the control plane that are not there with the target's image, or not Ready
not_ready() {
  pods=$(timeout 10 $(kubectl_here) get pods "--field-selector=spec.nodeName=$node" \
    -o 'jsonpath={range .items[*]}{.metadata.name} {.spec.containers[0].image} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}') || return 1
  for component in kube-apiserver kube-controller-manager kube-scheduler; do
    printf '%s\n' "$pods" | grep -q "^$component-$node .*/$component:$version True$" || echo "$component"
  done
  [ ! -e "$manifests/etcd.yaml" ] || printf '%s\n' "$pods" | grep -q "^etcd-$node .* True$" || echo etcd
}
# PODS: a kubelet looks at a pod when it changes, else once a minute. What has a startup probe and no other would be said to be Ready so much later,
# after each start of a kubelet of 1.20, and the next member waits for that.
have_looked_at() {
  [ -n "$*" ] || return 0
  [ "$waited" -gt 0 ] || tell "$(kubectl_here) annotate pods $* --overwrite falkirk.dev/asked=yes; $(kubectl_here) annotate pods $* falkirk.dev/asked-"
  timeout 10 $(kubectl_here) annotate pods "$@" --overwrite falkirk.dev/asked=yes
  timeout 10 $(kubectl_here) annotate pods "$@" falkirk.dev/asked-
} > /dev/null 2>&1
`
