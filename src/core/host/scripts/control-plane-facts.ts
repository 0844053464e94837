/** Static pods, etcd's data, certificates, and what kubeadm, k3s and RKE2 leave on a host. */
export const controlPlaneFacts = String.raw`
manifest_facts() {
  list staticPods
  folder=$(printf '%s\n' "$arguments" | flag pod-manifest-path)
  [ -n "$folder" ] || folder=$(sed -n 's/^staticPodPath:[[:space:]]*//p' "$root$kubelet_config" 2> /dev/null | head -n 1 | tr -d "\"'")
  for each in "$folder" /etc/kubernetes/manifests /var/lib/rancher/rke2/agent/pod-manifests; do
    [ -n "$each" ] || continue
    each=$(printf '%s\n' "$each" | sed 's#/*$##')
    case " $looked " in *" $each "*) continue ;; esac
    looked="$looked $each"
    listable "$each" || continue
    for file in "$root$each"/*.yaml "$root$each"/*.yml "$root$each"/*.json; do
      [ -f "$file" ] || continue
      manifests=$((manifests + 1))
      [ "$manifests" -le 12 ] || continue
      open ''
      say path "$each/$(basename "$file")"
      if [ -r "$file" ]; then
        say image "$(sed -nE 's/^[[:space:]-]*"?image"?:[[:space:]]*//p' "$file" | head -n 1 | tr -d "\"',")"
        sed -nE 's/^[[:space:]]*-?[[:space:]]*"?(--[a-z][^"]*)"?,?$/\1/p' "$file" | mask | head -n 90 | items arguments
      else unread "$each/$(basename "$file")"; fi
      end
    done
  done
  end
}

# Where etcd keeps its data: as it is started, as its files say, or where kubeadm, k3s and RKE2 put it
find_etcd_data() {
  for file in "$root/etc/kubernetes/manifests/etcd.yaml" "$root/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml"; do
    [ -r "$file" ] && found=$(sed -n 's/^[[:space:]]*- --data-dir=//p' "$file" | head -n 1) && [ -n "$found" ] && printf '%s\n' "$found" && return
  done
  pid=$(pid_of etcd)
  if [ -n "$pid" ]; then
    found=$(arguments_of "$pid" | flag data-dir)
    [ -n "$found" ] || found=$(tr '\000' '\n' 2> /dev/null < "$root/proc/$pid/environ" | sed -n 's/^ETCD_DATA_DIR=//p' | head -n 1)
    [ -n "$found" ] && printf '%s\n' "$found" && return
  fi
  for file in /etc/etcd.env /etc/default/etcd /etc/etcd/etcd.conf; do
    [ -r "$root$file" ] && found=$(sed -n 's/^ETCD_DATA_DIR=//p' "$root$file" | tr -d "\"'" | head -n 1) && [ -n "$found" ] && printf '%s\n' "$found" && return
  done
  for folder in /var/lib/rancher/k3s/server/db/etcd /var/lib/rancher/rke2/server/db/etcd /var/lib/etcd/default /var/lib/etcd; do
    [ -d "$root$folder/member" ] && echo "$folder" && return
  done
}

etcd_facts() {
  open etcd
  arguments_of "$(pid_of etcd)" | items arguments
  if [ -n "$etcd_data" ] && listable "$etcd_data"; then
    say dataFolder "$etcd_data"
    [ -d "$root$etcd_data/member" ] && say member yes
    say dataKib "$(limited du -sk "$root$etcd_data" | awk '{ print $1 }')"
  fi
  list environment
  for file in /etc/etcd.env /etc/default/etcd /etc/etcd/etcd.conf; do
    readable "$file" || continue
    open ''
    say path "$file"
    text lines "$file"
    end
  done
  end
  end
}

# The first certificate of the input: the end of its validity as it stands in it, yymmddhhmmssZ or yyyymmddhhmmssZ. Source: RFC 5280, 4.1.2.5.
certificate_end() {
  sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p;/-----END CERTIFICATE-----/q' | grep -v -e ----- | tr -d '\r' |
    base64 -d | tr -c '0-9Z' '\n' | grep -oE '^([0-9]{14}|[0-9]{12})Z' | head -n 2 | tail -n 1
}
certificate() {
  [ -n "$2" ] || return 0
  open ''
  say path "$1"
  say notAfter "$2"
  end
}

certificate_facts() {
  list certificates
  for folder in /etc/kubernetes/pki /etc/kubernetes/pki/etcd /etc/kubernetes/ssl /etc/etcd/ssl /etc/etcd/pki /etc/ssl/etcd/ssl /var/lib/kubelet/pki \
    /var/lib/rancher/k3s/server/tls /var/lib/rancher/k3s/server/tls/etcd /var/lib/rancher/k3s/agent \
    /var/lib/rancher/rke2/server/tls /var/lib/rancher/rke2/server/tls/etcd /var/lib/rancher/rke2/agent; do
    listable "$folder" || continue
    for file in "$root$folder"/*.crt "$root$folder"/*.pem; do
      [ -f "$file" ] || continue
      case $file in *-key.pem | */kubelet-client-2*) continue ;; esac
      if [ ! -r "$file" ]; then unread "$folder/$(basename "$file")"; continue; fi
      certificates=$((certificates + 1))
      [ "$certificates" -le 60 ] && certificate "$folder/$(basename "$file")" "$(head -c 65536 "$file" | certificate_end)"
    done
  done
  for file in admin super-admin controller-manager scheduler kubelet; do
    readable "/etc/kubernetes/$file.conf" || continue
    certificate "/etc/kubernetes/$file.conf" \
      "$(sed -n 's/^[[:space:]]*client-certificate-data:[[:space:]]*//p' "$root/etc/kubernetes/$file.conf" | head -n 1 | base64 -d 2> /dev/null | certificate_end)"
  done
  end
}

there() { [ -e "$root$1" ] && echo yes || echo no; }
kubeadm_facts() {
  open kubeadm
  say adminConf "$(there /etc/kubernetes/admin.conf)"
  say kubeletConf "$(there /etc/kubernetes/kubelet.conf)"
  if [ -e "$root/etc/kubernetes/pki/ca.crt" ]; then say caKey "$(there /etc/kubernetes/pki/ca.key)"; fi
  if listable /etc/kubernetes/tmp; then say leftoverKib "$(limited du -sk "$root/etc/kubernetes/tmp" | awk '{ print $1 }')"; fi
  for folder in /etc/kubernetes/patches /etc/kubernetes/kubeadm-patches /etc/kubeadm/patches; do
    [ -d "$root$folder" ] && ls "$root$folder" | grep -qE '^(kube-|etcd|kubeletconfiguration|corednsdeployment)' && say patches "$folder" && break
  done
  end
  open rancher
  for name in k3s rke2; do
    [ -d "$root/var/lib/rancher/$name/server" ] && say server "$name"
    [ -d "$root/var/lib/rancher/$name/server/db/etcd" ] && say datastore etcd
    [ -e "$root/var/lib/rancher/$name/server/db/state.db" ] && say datastore sqlite
  done
  found=$(ls "$root/var/lib/rancher/k3s/agent/images" "$root/var/lib/rancher/rke2/agent/images" | grep -E '\.tar(\.gz|\.zst)?$')
  [ -n "$found" ] && printf '%s\n' "$found" | head -n 20 | items images
  end
}

all_facts() {
  say format falkirk.dev/host-facts/v1
  processes=$(find_processes)
  etcd_data=$(find_etcd_data)
  arguments='' kubelet_config='' looked='' manifests=0 certificates=0
  system_facts
  package_facts
  service_facts
  program_facts
  kubelet_facts
  runtime_facts
  manifest_facts
  etcd_facts
  disk_facts
  certificate_facts
  kubeadm_facts
  api_facts
  line done '' ''
}

all_facts 2> /dev/null | written_as_json
`
