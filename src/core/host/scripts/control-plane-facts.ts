import { shellText } from './shell-text.ts'

/** Static pods, etcd's data, certificates, and what kubeadm, k3s and RKE2 leave on a host. */
export const controlPlaneFacts = shellText`
manifest_facts() {
  list staticPods
  flag pod-manifest-path "$kubelet_words"
  folder=$value
  [ -n "$folder" ] || [ -z "$kubelet_config" ] || folder=$(sed -n '/^staticPodPath:[[:space:]]*/{s///;s/["'\'']//g;p;q;}' "$root$kubelet_config")
  set --
  looked=' '
  for each in "$folder" /etc/kubernetes/manifests /var/lib/rancher/rke2/agent/pod-manifests; do
    [ -n "$each" ] || continue
    while [ "\${each%/}" != "$each" ]; do each=\${each%/}; done
    case $looked in *" $each "*) continue ;; esac
    looked="$looked$each "
    listable "$each" || continue
    for file in "$root$each"/*.yaml "$root$each"/*.yml "$root$each"/*.json; do
      [ -f "$file" ] && [ $# -lt 12 ] || continue
      [ -r "$file" ] || unread "\${file#"$root"}"
      set -- "$@" "$file"
    done
  done
  # one that has gone since, or cannot be read, is told by its name alone
  [ $# = 0 ] || awk -v skip="\${#root}" '
    BEGIN {
      for (i = 1; i < ARGC; i++) {
        image = words = ""
        count = 0
        while ((getline < ARGV[i]) > 0) {
          if (image == "" && sub(/^[ \t-]*"?image"?:[ \t]*/, "")) { gsub(/["'\'',]/, ""); image = $0 }
          else if (/^[ \t]*-?[ \t]*"?--[a-z][^"]*"?,?$/ && count++ < 90) {
            match($0, /--[a-z]/)
            word = substr($0, RSTART)
            sub(/",?$/, "", word)
            words = words "masked\t\t" word "\n"
          }
        }
        close(ARGV[i])
        path = substr(ARGV[i], skip + 1)
        gsub(/\n/, " ", path)
        print "open\t\t\nsay\tpath\t" path
        if (image != "") print "say\timage\t" image
        printf "list\targuments\t\n%send\t\t\nend\t\t\n", words
      }
    }
  ' "$@"
  end
}

# Where etcd keeps its data: as it is started, as its files say, or where kubeadm, k3s and RKE2 put it. Sets etcd_data, and etcd_words to its arguments
find_etcd_data() {
  pid_of etcd
  arguments_of "$pid"
  etcd_words=$words
  for file in "$root/etc/kubernetes/manifests/etcd.yaml" "$root/var/lib/rancher/rke2/agent/pod-manifests/etcd.yaml"; do
    [ -r "$file" ] && etcd_data=$(sed -n '/^[[:space:]]*- --data-dir=/{s///p;q;}' "$file") && [ -n "$etcd_data" ] && return
  done
  flag data-dir "$etcd_words"
  etcd_data=$value
  [ -n "$etcd_data" ] || [ -z "$pid" ] || etcd_data=$(tr '\000' '\n' < "$root/proc/$pid/environ" | sed -n '/^ETCD_DATA_DIR=/{s///p;q;}')
  [ -n "$etcd_data" ] && return
  for file in /etc/etcd.env /etc/default/etcd /etc/etcd/etcd.conf; do
    [ -r "$root$file" ] && etcd_data=$(sed -n '/^ETCD_DATA_DIR=/{s///;s/["'\'']//g;p;q;}' "$root$file") && [ -n "$etcd_data" ] && return
  done
  for folder in /var/lib/rancher/k3s/server/db/etcd /var/lib/rancher/rke2/server/db/etcd /var/lib/etcd/default /var/lib/etcd; do
    [ -d "$root$folder/member" ] && etcd_data=$folder && return
  done
}

# FOLDER: sets kib to what it takes
kib_of() {
  kib=$(limited du -sk "$root$1")
  kib=\${kib%%[!0-9]*}
}

etcd_facts() {
  open etcd
  say_words arguments "$etcd_words"
  if [ -n "$etcd_data" ] && listable "$etcd_data"; then
    masked dataFolder "$etcd_data"
    [ -d "$root$etcd_data/member" ] && say member yes
    kib_of "$etcd_data"
    say dataKib "$kib"
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

certificate_facts() {
  list certificates
  set --
  for folder in /etc/kubernetes/pki /etc/kubernetes/pki/etcd /etc/kubernetes/ssl /etc/etcd/ssl /etc/etcd/pki /etc/ssl/etcd/ssl /var/lib/kubelet/pki \
    /var/lib/rancher/k3s/server/tls /var/lib/rancher/k3s/server/tls/etcd /var/lib/rancher/k3s/agent \
    /var/lib/rancher/rke2/server/tls /var/lib/rancher/rke2/server/tls/etcd /var/lib/rancher/rke2/agent; do
    listable "$folder" || continue
    for file in "$root$folder"/*.crt "$root$folder"/*.pem; do
      [ -f "$file" ] || continue
      case $file in *-key.pem | */kubelet-client-2*) continue ;; esac
      if [ ! -r "$file" ]; then unread "\${file#"$root"}"; continue; fi
      [ $# -ge 60 ] || set -- "$@" "$file"
    done
  done
  for file in admin super-admin controller-manager scheduler kubelet; do
    readable "/etc/kubernetes/$file.conf" && set -- "$@" "$root/etc/kubernetes/$file.conf"
  done
  [ $# = 0 ] || head -c 65536 /dev/null "$@" | certificate_dates "$@"
  end
}

kubeadm_facts() {
  open kubeadm
  [ -e "$root/etc/kubernetes/admin.conf" ] && say adminConf yes || say adminConf no
  [ -e "$root/etc/kubernetes/kubelet.conf" ] && say kubeletConf yes || say kubeletConf no
  if [ -e "$root/etc/kubernetes/pki/ca.crt" ]; then
    [ -e "$root/etc/kubernetes/pki/ca.key" ] && say caKey yes || say caKey no
  fi
  if listable /etc/kubernetes/tmp; then
    kib_of /etc/kubernetes/tmp
    say leftoverKib "$kib"
  fi
  for file in "$root"/etc/kubernetes/patches/* "$root"/etc/kubernetes/kubeadm-patches/* "$root"/etc/kubeadm/patches/*; do
    case \${file##*/} in kube-* | etcd* | kubeletconfiguration* | corednsdeployment*) ;; *) continue ;; esac
    file=\${file%/*}
    say patches "\${file#"$root"}"
    break
  done
  end
  open rancher
  for name in k3s rke2; do
    [ -d "$root/var/lib/rancher/$name/server" ] && say server "$name"
    [ -d "$root/var/lib/rancher/$name/server/db/etcd" ] && say datastore etcd
    [ -e "$root/var/lib/rancher/$name/server/db/state.db" ] && say datastore sqlite
  done
  count=0
  for file in "$root"/var/lib/rancher/k3s/agent/images/* "$root"/var/lib/rancher/rke2/agent/images/*; do
    case $file in *.tar | *.tar.gz | *.tar.zst) ;; *) continue ;; esac
    [ "$count" -gt 0 ] || list images
    count=$((count + 1))
    [ "$count" -gt 20 ] || say '' "\${file##*/}"
  done
  [ "$count" = 0 ] || end
  end
}

all_facts() {
  say format falkirk.dev/host-facts/v1
  find_processes
  find_etcd_data
  kubelet_config=''
  system_facts
  package_facts
  service_facts
  program_facts
  kubelet_facts
  runtime_facts
  manifest_facts
  etcd_facts
  disk_facts
  named_disk_facts
  certificate_facts
  kubeadm_facts
  api_facts
  line done '' ''
}

all_facts 2> /dev/null | written_as_json
`
