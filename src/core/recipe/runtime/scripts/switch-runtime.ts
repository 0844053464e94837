import { diskNote } from './disk-note.ts'
import { dockerFunctions } from './docker-functions.ts'
import { tomlFunctions } from './toml.ts'

/** Flags of the kubelet, in every file that has some. */
export const flagFunctions = String.raw`
# FILE IS: its lines without the flags of docker; where it is the file of flags, with those of containerd behind the name of the variable
new_flags() {
  sed_script=''
  for flag in $remove_flags; do sed_script="$sed_script; s/(^|[[:space:]\"'=])--$flag(=| +)[^[:space:]\"'\\\\]+/\1/g"; done
  sed -E -e "$sed_script" -e 's/^([A-Z_]+=["'"'"']?) +/\1/' "$1" | sed -E -e '/^[[:space:]]*\\$/d' | {
    if [ "$2" = "$flags_file" ]; then sed -E "1,/^$flags_variable=/ s#^($flags_variable=[\"']?)#\1$add_flags #"; else cat; fi
  }
}
flags_are_set() { grep -qF -- "--container-runtime-endpoint=$socket" "$flags_file"; }
`

/** containerd's file, and how it reaches registries. */
const containerdFunctions = String.raw`${tomlFunctions}
# Kept in its own words: what is set is what a kubelet needs
write_config() {
  keep "$config"
  if grep -qE '^[[:space:]]*\[plugins\.cri' "$config" 2> /dev/null; then fail "$config is of version 1: write it anew (containerd config default), then go on"; fi
  if grep -qE '^[[:space:]]*\[plugins\..*\.registry\.(mirrors\.|configs\..*\.tls)' "$config" 2> /dev/null; then
    fail "$config names registries itself, which goes with no folder of them: move them to /etc/containerd/certs.d, then go on"
  fi
  printf '%s\n' "$settings" > "$notes/settings"
  mkdir -p /etc/containerd
  [ -e "$config" ] || : > "$config"
  toml_set "$notes/settings" < "$config" > "$notes/config.toml"
  containerd -c "$notes/config.toml" config dump > /dev/null 2> "$folder/log" || { tail -n 3 "$folder/log"; fail "containerd does not understand its new file $notes/config.toml: mend $config, then go on"; }
  replace "$config" < "$notes/config.toml"
  chmod 644 "$config"
}

# Lines "REGISTRY SERVER URL VERIFY"; what people have written for a registry themselves stays
write_registries() {
  # each registry's file has several hosts
  printf '%s\n' "$registries" | awk 'NF { print $1 }' | sort -u | while read -r registry; do
    file=/etc/containerd/certs.d/$registry/hosts.toml
    [ ! -e "$file" ] || continue
    mkdir -p "$(dirname "$file")"
    keep "$file"
    printf '%s\n' "$registries" | awk -v registry="$registry" '$1 == registry' | {
      first=yes
      while read -r _ server url verify; do
        [ "$first" = no ] || printf 'server = "%s"\n' "$server"
        first=no
        printf '\n[host."%s"]\n  capabilities = ["pull", "resolve"]\n' "$url"
        [ "$verify" = yes ] || echo '  skip_verify = true'
      done
    } > "$file.falkirk-part" && mv -f "$file.falkirk-part" "$file"
  done
  for folder_of in /etc/docker/certs.d/*/; do
    [ -d "$folder_of" ] || continue
    there=/etc/containerd/certs.d/$(basename "$folder_of")
    [ ! -e "$there" ] || continue
    rm -rf "$there.falkirk-part"
    cp -a "$folder_of" "$there.falkirk-part" && mv "$there.falkirk-part" "$there" || fail "$folder_of cannot be copied to $there"
  done
}

# Lines NAME=VALUE: of docker's unit, the files of its environment, its daemon.json
docker_proxies() {
  {
    property docker.service Environment | tr ' ' '\n'
    systemctl show -p EnvironmentFiles docker.service | sed -n 's/^EnvironmentFiles*=\([^ ]*\).*/\1/p' | while IFS= read -r each; do cat "$each" 2> /dev/null; done
    tr '\n' ' ' < /etc/docker/daemon.json 2> /dev/null | grep -oE '"(https?|no)-proxy"[[:space:]]*:[[:space:]]*"[^"]*"' | sed -E 's/^"([a-z]+)-proxy"[[:space:]]*:[[:space:]]*/\1_proxy=/'
  } | tr -d "\"'" | grep -iE '^(https?|no)_proxy='
}
write_proxy() {
  file=/etc/systemd/system/containerd.service.d/falkirk-proxy.conf
  [ ! -e "$file" ] || return 0
  proxies=$(docker_proxies)
  [ -n "$proxies" ] || return 0
  mkdir -p "$(dirname "$file")"
  keep "$file"
  # systemd takes a percent sign, as in a password, for the beginning of a word of its own
  { echo '[Service]'; printf '%s\n' "$proxies" | sed -e 's/%/%%/g' -e 's/.*/Environment="&"/'; } | (umask 077 && replace "$file") || exit 1
}
`

/** The order in which it is done by hand: kubelet off, docker's containers, docker, containerd, flags, kubelet. */
export const switchRuntimeScript = String.raw`${flagFunctions}${containerdFunctions}${dockerFunctions}${diskNote}
probe() { docker_is_off && flags_are_set && runs containerd.service && { ! kubelet_was_on || runs kubelet.service; }; }

act() {
  no_strangers
  note_kubelet
  stop_kubelet
  end_docker
  write_config
  write_registries
  write_proxy
  keep /etc/crictl.yaml
  printf 'runtime-endpoint: %s\nimage-endpoint: %s\n' "$socket" "$socket" > /etc/crictl.yaml
  chmod 644 /etc/crictl.yaml
  start_containerd
  for file in $flag_files; do
    keep "$file"
    # from the file as it was: doing it twice is doing it once
    new_flags "$notes/kept$file" "$file" > "$notes/flags"
    replace "$file" < "$notes/flags"
  done
  flags_are_set || fail "$flags_file has no line $flags_variable= to put the flags into: put them there yourself ($add_flags), then go on"
  start_kubelet
  if docker_is_gone; then had="was on $disk, and is gone"; else had="is in $docker_root, to be deleted when nobody goes back"; fi
  echo "containerd $(containerd_version containerd) serves the kubelet; what docker had $had"
}
`

/** docker and the kubelet as they were; with a kubelet of at most v1.23, as later ones know no docker. */
export const restoreDockerScript = String.raw`${dockerFunctions}${diskNote}
probe() {
  # nothing was begun; the kubelet is the first that is stopped
  [ -e "$notes/docker-enabled" ] || [ -e "$notes/kubelet-on" ] || [ -e "$notes/kubelet-off" ] || return 0
  ! docker_is_gone || return 1
  [ "$(property docker.service ActiveState)" = active ] && { ! kubelet_was_on || runs kubelet.service; } && [ -e "$notes/restored" ]
}

# The disk of docker, where it was unmounted and is still as it was
mount_again() {
  [ -n "$disk" ] && [ -n "$(noted was)" ] || return 0
  put_back /etc/fstab
  systemctl daemon-reload
  [ "$(mounted_on "$docker_root")" = "$(number_of "$disk")" ] || mount "$docker_root" 2> /dev/null || mount "$disk" "$docker_root" ||
    fail "$disk cannot be mounted at $docker_root again: mount it there, then systemctl enable --now docker.service and systemctl restart kubelet"
  rm -f "$disk_note"
}

act() {
  # nothing is done that would take containerd away as well
  if docker_is_gone; then
    way_back='systemctl enable --now docker.service; systemctl restart kubelet'
    [ ! -e "$notes/kept$flags_file" ] || way_back="cp -a $notes/kept$flags_file $flags_file; $way_back"
    fail "what docker had was on $disk, which was reformatted, so the way is forward: mend what is said and let the run go on; an empty docker, which pulls every image anew, comes back by $way_back"
  fi
  forget_kept
  stop_kubelet
  mount_again
  ctr -n k8s.io tasks ls -q 2> /dev/null | while read -r id; do ctr -n k8s.io tasks kill -s SIGKILL "$id"; done
  for file in $flag_files "$config" /etc/crictl.yaml /etc/systemd/system/containerd.service.d/falkirk-proxy.conf; do put_back "$file"; done
  find "$notes/kept/etc/containerd/certs.d" -name '*.absent' 2> /dev/null | while read -r file; do rm -f "$(printf %s "$file" | sed -e "s#^$notes/kept##" -e 's#\.absent$##')"; done
  systemctl daemon-reload
  systemctl restart containerd.service || told containerd.service 'does not start'
  case $(cat "$notes/docker-enabled" 2> /dev/null) in
    enabled*) for each in docker.service docker.socket; do systemctl enable --quiet "$each" 2> /dev/null; done ;;
  esac
  systemctl start docker.service || told docker.service 'does not start'
  start_kubelet
  : > "$notes/restored"
}
`

/** kubeadm reads there which runtime a node has, until v1.33. The kubelet's own credentials may write it: it is the kubelet's node. */
export const annotateNodeScript = String.raw`
annotation=kubeadm.alpha.kubernetes.io/cri-socket
kubectl_node() { timeout 20 kubectl --kubeconfig /etc/kubernetes/kubelet.conf "$@"; }
now() { kubectl_node get node "$node" -o "jsonpath={.metadata.annotations.kubeadm\.alpha\.kubernetes\.io/cri-socket}"; }
probe() {
  command -v kubectl > /dev/null && [ -e /etc/kubernetes/kubelet.conf ] || return 0
  is=$(now 2> /dev/null) || return 1
  [ -z "$is" ] || [ "$is" = "$socket" ]
}

act() {
  waited=0
  until kubectl_node annotate node "$node" --overwrite "$annotation=$socket" > "$folder/log" 2>&1; do
    [ "$waited" -lt "$wait_seconds" ] || fail "$annotation of node $node cannot be set ($(tail -n 1 "$folder/log" | cut -c 1-200)): kubectl annotate node $node --overwrite $annotation=$socket"
    sleep 2
    waited=$((waited + 2))
  done
}
`
