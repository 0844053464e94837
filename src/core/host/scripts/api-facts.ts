/**
 * How a host reaches the API: the addresses in its kubeconfigs, and nothing else of them; its own addresses, by which whoever looks tells a virtual address
 * from another machine's; what names in those addresses stand for here. Needs `arguments`, those of the kubelet.
 */
export const apiFacts = String.raw`
# FILE: the address of the first cluster of a kubeconfig
server_of() {
  [ -r "$root$1" ] && head -c 65536 "$root$1" | sed -nE 's/^[[:space:]{-]*"?server"?:[[:space:]]*//p' | head -n 1 | sed -E 's/(}|[[:space:]]#).*//' | tr -d "\"', "
}
# ADDRESS of a server: the name in it; nothing where it is an address
name_in() { printf '%s\n' "$1" | sed -E 's#^[a-z]+://##; s#[/?].*$##; s#:[0-9]+$##' | grep -E '^[A-Za-z0-9][A-Za-z0-9.-]*$' | grep '[A-Za-z]'; }
# those of pods, bridges and services are on every host
own_addresses() {
  { limited ip -o addr show scope global || limited hostname -I | awk '{ for (i = 1; i <= NF; i++) print "-", "-", "-", $i }'; } |
    awk '$2 !~ /^(cni|cali|cilium|lxc|flannel|vxlan|tunl|weave|docker|br-|veth|kube-ipvs|nodelocaldns)/ { sub(/\/.*/, "", $4); print $4 }' | head -n 30
}

api_facts() {
  servers=''
  kubelet=$(printf '%s\n' "$arguments" | flag kubeconfig)
  open api
  list servers
  for file in "$(printf %s "$kubelet" | grep '^/' || echo /etc/kubernetes/kubelet.conf)" /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/admin.conf; do
    server=$(server_of "$file")
    [ -n "$server" ] || continue
    servers="$servers$server$nl"
    open ''
    say file "$file"
    say server "$(printf '%s\n' "$server" | mask)"
    end
  done
  end
  own_addresses | items addresses
  list names
  for name in $(printf %s "$servers" | while read -r server; do name_in "$server"; done | awk '!seen[$0]++' | head -n 4); do
    open ''
    say name "$name"
    limited getent ahosts "$name" | awk '!seen[$1]++ { print $1 }' | head -n 8 | items addresses
    end
  done
  end
  end
}
`
