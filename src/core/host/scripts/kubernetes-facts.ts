import { shellText } from './shell-text.ts'

/** Programs of Kubernetes and of container runtimes, their services, and what they are started with. */
export const kubernetesFacts = shellText`
# Sets processes to the programs that run here and not in a container, as lines "comm pid", and executables to where ls finds their files
find_processes() {
  processes=$nl executables=''
  set --
  running=$(grep -sHxE 'kubelet|containerd|dockerd|crio|cri-dockerd|etcd|kube-apiserver|k3s-server|k3s-agent|rke2' "$root"/proc/[0-9]*/comm)
  by_lines
  for each in $running; do
    folder=\${each%/comm:*}
    [ ! -e "$folder/ns/pid" ] || [ "$folder/ns/pid" -ef /proc/self/ns/pid ] || continue
    processes=$processes\${each##*:}" "\${folder##*/}$nl
    set -- "$@" "$folder/exe"
  done
  by_words
  [ $# = 0 ] || executables=$(ls -ln "$@")
}
# NAME: sets pid
pid_of() {
  pid=''
  case $processes in *"$nl$1 "*) ;; *) return 0 ;; esac
  pid=\${processes#*"$nl$1 "}
  pid=\${pid%%"$nl"*}
}
# PID: sets executable
executable_of() {
  executable=''
  [ -n "$1" ] || return 0
  by_lines
  for each in $executables; do
    case $each in *"/proc/$1/exe -> "*) executable=\${each#*"/proc/$1/exe -> "}; break ;; esac
  done
  by_words
}

# PID: sets words to its arguments, each a line of what is said, those that are secrets left out
arguments_of() {
  words=''
  [ -n "$1" ] || return 0
  words=$(tr '\000' '\n' < "$root/proc/$1/cmdline" | awk '
    NR > 150 { exit }
    # what a program that names itself anew leaves behind its arguments
    $0 == "" && !hidden { empty = empty "masked\t\t\n"; next }
    { printf "%smasked\t\t%s\n", empty, hidden ? "***" : $0; empty = "" }
    { hidden = !hidden && /^-/ && tolower($0) ~ /(token|password|passwd|secret|secret-key|access-key)$/ }
  ')
}
# NAME WORDS
say_words() {
  list "$1"
  [ -z "$2" ] || printf '%s\n' "$2"
  end
}

# What systemd knows of all services is asked once. Sets k3s_path and rke2_path to their programs, and kubelet_files to the files of the kubelet's environment
service_facts() {
  list services
  k3s_path='' rke2_path='' kubelet_files='' units=''
  [ -d "$root/run/systemd/system" ] && units=$(limited systemctl show --no-pager \
    -p Id,LoadState,ActiveState,UnitFileState,FragmentPath,DropInPaths,ExecStart,EnvironmentFiles,EnvironmentFile \
    kubelet.service containerd.service docker.service cri-docker.service crio.service kube-apiserver.service kube-controller-manager.service \
    kube-scheduler.service kube-proxy.service kube-lb.service haproxy.service keepalived.service 'etcd*.service' 'k3s*.service' 'rke2*.service' |
    awk '
      function part(name, value) { if (value != "") print "masked\t" name "\t" value }
      function tell(  kind) {
        kind = p["Id"] ~ /^k3s/ ? "k3s" : "rke2"
        if (p["Id"] ~ /^(k3s|rke2)/ && path[kind] != "") print kind "\t\t" path[kind]
        if (p["Id"] == "kubelet.service") printf "%s", files
        if (p["LoadState"] == "loaded" && !seen[p["Id"]]++) {
          print "open\t\t"
          part("name", p["Id"])
          part("active", p["ActiveState"])
          part("enabled", p["UnitFileState"])
          part("file", p["FragmentPath"])
          part("dropIns", p["DropInPaths"])
          part("command", p["ExecStart"])
          part("environmentFiles", p["EnvironmentFiles"])
          print "end\t\t"
        }
        split("", p)
        split("", path)
        files = ""
      }
      /^$/ { tell(); next }
      {
        at = index($0, "=")
        key = substr($0, 1, at - 1)
        value = substr($0, at + 1)
        gsub(/\t/, " ", value)
        if (key == "ExecStart") {
          if (match(value, /^\{ path=[^ ]* ;/)) {
            program = substr(value, 8, RLENGTH - 9)
            kind = program ~ /\/k3s$/ ? "k3s" : program ~ /\/rke2$/ ? "rke2" : ""
            if (path[kind] == "") path[kind] = program
          }
          sub(/^.*argv\[\]=/, "", value)
          sub(/ ; ignore_errors=.*$/, "", value)
        }
        if (key ~ /^EnvironmentFile/) {
          key = "EnvironmentFiles"
          split(value, word, " ")
          files = files "file\t\t" word[1] "\n"
          sub(/ \(ignore_errors=.*\)$/, "", value)
        }
        p[key] = p[key] == "" || key == "Id" ? value : p[key] " " value
      }
      END { tell() }
    ')
  by_lines
  for each in $units; do
    case $each in
      k3s"$tab"*) [ -n "$k3s_path" ] || k3s_path=\${each#k3s"$tab$tab"} ;;
      rke2"$tab"*) [ -n "$rke2_path" ] || rke2_path=\${each#rke2"$tab$tab"} ;;
      file"$tab"*) kubelet_files="$kubelet_files \${each#file"$tab$tab"}" ;;
      *) printf '%s\n' "$each" ;;
    esac
  done
  by_words
  end
}

# NAME: sets path to where its program is; that of the running process first. k3s runs from what it has unpacked: there the unit tells
program_path() {
  path=''
  case $1 in
    k3s) path=$k3s_path ;;
    rke2) path=$rke2_path ;;
  esac
  [ -z "$path" ] || return 0
  pid_of "$1"
  executable_of "$pid"
  path=\${executable%' (deleted)'}
  [ -z "$path" ] || return 0
  for folder in /usr/local/bin /usr/bin /opt/bin /opt/kube/bin /opt/kubernetes/bin /opt/k8s/bin /opt/etcd/bin /usr/local/sbin /usr/sbin /var/lib/rancher/rke2/bin /opt/rke2/bin; do
    [ -f "$root$folder/$1" ] && [ -x "$root$folder/$1" ] && path=$folder/$1 && return
  done
}
# NAME: whether its program at path is k3s, which is kubectl, crictl and more under other names
is_k3s() {
  [ "$1" != k3s ] || return 1
  real=$path
  [ ! -L "$root$path" ] || real=$(readlink -f "$root$path")
  [ "\${real##*/}" = k3s ]
}

program_facts() {
  list programs
  programs=''
  for name in kubelet kubeadm kubectl kube-apiserver kube-proxy containerd runc dockerd cri-dockerd crio crictl etcd etcdctl k3s rke2; do
    program_path "$name"
    [ -n "$path" ] && ! is_k3s "$name" && programs=$programs$name" "$path$nl
  done
  find_owners
  by_lines
  for each in $programs; do
    by_words
    program_fact "\${each%% *}" "\${each#* }"
  done
  by_words
  end
}
# NAME PATH
program_fact() {
  case $1 in
    kubeadm) asked='version -o short' ;;
    kubectl) asked='version --client' ;;
    etcdctl) asked=version ;;
    *) asked=--version ;;
  esac
  open ''
  say name "$1"
  say path "$2"
  say_version "$(limited "$root$2" $asked 2>&1 | head -c 2000)"
  owner_of "$2"
  say package "$owner"
  pid_of "$1"
  if [ -n "$pid" ]; then
    say running yes
    executable_of "$pid"
    # the file was replaced, the process was not
    case $executable in *' (deleted)') say replaced yes ;; esac
  fi
  end
}

kubelet_facts() {
  open kubelet
  pid_of kubelet
  arguments_of "$pid"
  kubelet_words=$words
  [ -z "$kubelet_words" ] || say_words arguments "$kubelet_words"
  flag config "$kubelet_words"
  for file in "$value" /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet-config.yaml; do
    [ -n "$file" ] && [ -f "$root$file" ] || continue
    kubelet_config=$file
    masked configPath "$file"
    text config "$file"
    break
  done
  text instanceConfig /var/lib/kubelet/instance-config.yaml
  list environment
  told=' '
  # systemd takes patterns here, too
  for file in /var/lib/kubelet/kubeadm-flags.env /etc/default/kubelet /etc/sysconfig/kubelet /etc/kubernetes/kubelet.env $kubelet_files; do
    case $told in *" $file "*) continue ;; esac
    told="$told$file "
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
    [ -e "$root$socket" ] && say '' "$socket"
  done
  end
  pid_of containerd
  arguments_of "$pid"
  flag config "$words"
  [ -n "$value" ] || flag c "$words"
  for file in "$value" /var/lib/rancher/k3s/agent/etc/containerd/config.toml /var/lib/rancher/rke2/agent/etc/containerd/config.toml /etc/containerd/config.toml; do
    [ -n "$file" ] && [ -f "$root$file" ] || continue
    masked configPath "$file"
    # registries have passwords here: nothing but what the steps ask for leaves the host
    readable "$file" || break
    list config
    head -c 65536 "$root$file" | awk '
      /^[ \t]*"?(version|root|sandbox_image|sandbox|SystemdCgroup|systemd_cgroup|config_path|disabled_plugins|snapshotter|runtime_type|conf_dir|bin_dir|imports)"?[ \t]*=/ && count++ < 60 { print "say\t\t" $0 }
    '
    end
    break
  done
  text dockerConfig /etc/docker/daemon.json
  pid_of dockerd
  arguments_of "$pid"
  [ -z "$words" ] || say_words dockerArguments "$words"
  if [ -n "$pid" ] && [ "$user" = 0 ]; then
    set -- $(limited docker info --format '{{.CgroupDriver}} {{.Driver}} {{.DockerRootDir}}')
    [ $# -ge 3 ] && say dockerCgroupDriver "$1" && say dockerStorage "$2" && say dockerRoot "$3"
  fi
  text crictl /etc/crictl.yaml
  if listable /etc/cni/net.d; then
    list cni
    count=0
    for file in "$root"/etc/cni/net.d/*; do
      [ -e "$file" ] || [ -L "$file" ] || continue
      count=$((count + 1))
      [ "$count" -gt 10 ] || say '' "\${file##*/}"
    done
    end
  fi
  end
}
`
