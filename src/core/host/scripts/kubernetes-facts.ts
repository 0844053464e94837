/** Programs of Kubernetes and of container runtimes, their services, and what they are started with. */
export const kubernetesFacts = String.raw`
# Programs that run here and not in a container, as lines "comm pid"
find_processes() {
  own=$(readlink /proc/self/ns/pid)
  for folder in "$root"/proc/[0-9]*; do
    read -r comm < "$folder/comm" || continue
    case $comm in kubelet | containerd | dockerd | crio | cri-dockerd | etcd | kube-apiserver | k3s-server | k3s-agent | rke2) ;; *) continue ;; esac
    space=$(readlink "$folder/ns/pid")
    [ -z "$space" ] || [ "$space" = "$own" ] || continue
    pid=$(basename "$folder")
    echo "$comm $pid"
  done
}
pid_of() { printf '%s\n' "$processes" | awk -v name="$1" '$1 == name { print $2; exit }'; }

# PID: its arguments, one a line, without secrets
arguments_of() {
  [ -n "$1" ] && tr '\000' '\n' < "$root/proc/$1/cmdline" | awk '
    hidden { print "***"; hidden = 0; next }
    { print }
    /^-/ && tolower($0) ~ /(token|password|passwd|secret|secret-key|access-key)$/ { hidden = 1 }
  ' | mask | head -n 150
}

service_facts() {
  list services
  [ -d "$root/run/systemd/system" ] && limited systemctl show --no-pager \
    -p Id,LoadState,ActiveState,UnitFileState,FragmentPath,DropInPaths,ExecStart,EnvironmentFiles,EnvironmentFile \
    kubelet.service containerd.service docker.service cri-docker.service crio.service kube-apiserver.service kube-controller-manager.service \
    kube-scheduler.service kube-proxy.service kube-lb.service haproxy.service keepalived.service 'etcd*.service' 'k3s*.service' 'rke2*.service' |
    awk '
      function tell() {
        if (p["LoadState"] != "loaded" || seen[p["Id"]]++) { split("", p); return }
        print "open\t\t"
        print "say\tname\t" p["Id"]
        if (p["ActiveState"] != "") print "say\tactive\t" p["ActiveState"]
        if (p["UnitFileState"] != "") print "say\tenabled\t" p["UnitFileState"]
        if (p["FragmentPath"] != "") print "say\tfile\t" p["FragmentPath"]
        if (p["DropInPaths"] != "") print "say\tdropIns\t" p["DropInPaths"]
        if (p["ExecStart"] != "") print "say\tcommand\t" p["ExecStart"]
        if (p["EnvironmentFiles"] != "") print "say\tenvironmentFiles\t" p["EnvironmentFiles"]
        print "end\t\t"
        split("", p)
      }
      /^$/ { tell(); next }
      {
        at = index($0, "=")
        key = substr($0, 1, at - 1)
        value = substr($0, at + 1)
        gsub(/\t/, " ", value)
        if (key == "ExecStart") { sub(/^.*argv\[\]=/, "", value); sub(/ ; ignore_errors=.*$/, "", value) }
        if (key ~ /^EnvironmentFile/) { key = "EnvironmentFiles"; sub(/ \(ignore_errors=.*\)$/, "", value) }
        p[key] = p[key] == "" || key == "Id" ? value : p[key] " " value
      }
      END { tell() }
    ' | mask
  end
}

# NAME: where its program is; that of the running process first. k3s runs from what it has unpacked: there the unit tells
program_path() {
  case $1 in k3s | rke2)
    found=$(limited systemctl show -p ExecStart "$1*.service" | sed -n 's/^ExecStart={ path=\([^ ]*\) ;.*/\1/p' | grep "/$1\$" | head -n 1)
    [ -n "$found" ] && printf '%s\n' "$found" && return ;;
  esac
  pid=$(pid_of "$1")
  [ -n "$pid" ] && found=$(readlink "$root/proc/$pid/exe") && printf '%s\n' "$found" | sed 's/ (deleted)$//' && return
  for folder in /usr/local/bin /usr/bin /opt/bin /opt/kube/bin /opt/kubernetes/bin /opt/k8s/bin /opt/etcd/bin /usr/local/sbin /usr/sbin /var/lib/rancher/rke2/bin /opt/rke2/bin; do
    [ -f "$root$folder/$1" ] && [ -x "$root$folder/$1" ] && echo "$folder/$1" && return
  done
}

# PROGRAM ARGUMENTS...: the version that it says it is
version_of() {
  limited "$@" 2>&1 | head -c 2000 | grep -oE 'v?[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+~-]*' | head -n 1
}

program_facts() {
  list programs
  for name in kubelet kubeadm kubectl kube-apiserver kube-proxy containerd runc dockerd cri-dockerd crio crictl etcd etcdctl k3s rke2; do
    path=$(program_path "$name")
    [ -n "$path" ] || continue
    real=$(readlink -f "$root$path" | awk -v root="$root" '{ print substr($0, length(root) + 1) }')
    # k3s is kubectl, crictl and more under other names
    [ "$(basename "$real")" = k3s ] && [ "$name" != k3s ] && continue
    case $name in
      kubeadm) asked='version -o short' ;;
      kubectl) asked='version --client' ;;
      etcdctl) asked=version ;;
      *) asked=--version ;;
    esac
    open ''
    say name "$name"
    say path "$path"
    say version "$(version_of "$root$path" $asked)"
    say package "$(owner_of "$path")"
    pid=$(pid_of "$name")
    if [ -n "$pid" ]; then
      say running yes
      # the file was replaced, the process was not
      case $(readlink "$root/proc/$pid/exe") in *' (deleted)') say replaced yes ;; esac
    fi
    end
  done
  end
}

kubelet_facts() {
  open kubelet
  arguments=$(arguments_of "$(pid_of kubelet)")
  [ -n "$arguments" ] && printf '%s\n' "$arguments" | items arguments
  config=$(printf '%s\n' "$arguments" | flag config)
  for file in "$config" /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet-config.yaml; do
    [ -n "$file" ] && [ -f "$root$file" ] || continue
    kubelet_config=$file
    say configPath "$file"
    text config "$file"
    break
  done
  text instanceConfig /var/lib/kubelet/instance-config.yaml
  list environment
  sources=$(limited systemctl show -p EnvironmentFiles kubelet.service | sed -n 's/^EnvironmentFiles*=\([^ ]*\).*/\1/p')
  for file in $(printf '%s\n' /var/lib/kubelet/kubeadm-flags.env /etc/default/kubelet /etc/sysconfig/kubelet /etc/kubernetes/kubelet.env $sources | awk '!seen[$0]++'); do
    readable "$file" || continue
    open ''
    say path "$file"
    text lines "$file"
    end
  done
  end
  end
}

runtime_facts() {
  open runtime
  list sockets
  for socket in /run/containerd/containerd.sock /run/k3s/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock /var/run/dockershim.sock /run/docker.sock; do
    [ -e "$root$socket" ] && line item '' "$socket"
  done
  end
  config=$(arguments_of "$(pid_of containerd)" | flag config)
  [ -n "$config" ] || config=$(arguments_of "$(pid_of containerd)" | flag c)
  for file in "$config" /var/lib/rancher/k3s/agent/etc/containerd/config.toml /var/lib/rancher/rke2/agent/etc/containerd/config.toml /etc/containerd/config.toml; do
    [ -n "$file" ] && [ -f "$root$file" ] || continue
    say configPath "$file"
    # registries have passwords here: nothing but what the steps ask for leaves the host
    readable "$file" && head -c 65536 "$root$file" | grep -E '^[[:space:]]*"?(version|root|sandbox_image|sandbox|SystemdCgroup|systemd_cgroup|config_path|disabled_plugins|snapshotter|runtime_type|conf_dir|bin_dir|imports)"?[[:space:]]*=' |
      head -n 60 | items config
    break
  done
  text dockerConfig /etc/docker/daemon.json
  if [ -n "$(pid_of dockerd)" ] && [ "$(id -u)" = 0 ]; then
    set -- $(limited docker info --format '{{.CgroupDriver}} {{.Driver}} {{.DockerRootDir}}')
    [ $# -ge 3 ] && say dockerCgroupDriver "$1" && say dockerStorage "$2" && say dockerRoot "$3"
  fi
  text crictl /etc/crictl.yaml
  listable /etc/cni/net.d && ls "$root/etc/cni/net.d" | head -n 10 | items cni
  end
}
`
