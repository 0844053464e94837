import { shellText } from './shell-text.ts'

/**
 * How a host reaches the API: the addresses in its kubeconfigs, and nothing else of them; its own addresses, by which whoever looks tells a virtual address
 * from another machine's; what names in those addresses stand for here. Needs `kubelet_words`, the arguments of the kubelet.
 */
export const apiFacts = shellText`
# FILES: the address of the first cluster of each kubeconfig, as lines of file and address
server_lines() {
  head -c 65536 /dev/null "$@" | awk -v skip="\${#root}" '
    BEGIN { files = ARGC - 1; for (i = 1; i <= files; i++) file[i] = ARGV[i]; ARGC = 1 }
    /^==> / { for (i = current + 1; i <= files; i++) if ($0 == "==> " file[i] " <==") { current = i; next } }
    current && !(current in told) && sub(/^[ \t{-]*"?server"?:[ \t]*/, "") {
      told[current] = 1
      sub(/(}|[ \t\r]#).*/, "")
      gsub(/["'\'', ]/, "")
      if ($0 != "") print substr(file[current], skip + 1) "\t" $0
    }
  ' "$@"
}
# ADDRESS of a server: sets name to the name in it, or to nothing where it is an address
name_in() {
  name=''
  [ "\${#1}" -le 300 ] || return 0
  name=$1
  case \${name%%://*} in '' | *[!a-z]*) ;; *) name=\${name#*://} ;; esac
  name=\${name%%[/?]*}
  case \${name##*:} in '' | *[!0-9]*) ;; *) name=\${name%:*} ;; esac
  case $name in
    [!A-Za-z0-9]* | *[!A-Za-z0-9.-]*) name='' ;;
    *[A-Za-z]*) ;;
    *) name='' ;;
  esac
}
# those of pods, bridges and services are on every host
own_addresses() {
  list addresses
  { limited ip -o addr show scope global || limited hostname -I | awk '{ for (i = 1; i <= NF; i++) print "-", "-", "-", $i }'; } | awk '
    $2 !~ /^(cni|cali|cilium|lxc|flannel|vxlan|tunl|weave|docker|br-|veth|kube-ipvs|nodelocaldns)/ && count++ < 30 { sub(/\/.*/, "", $4); print "say\t\t" $4 }
  '
  end
}

# Sets servers to the addresses, a line each, and names to those in them
api_facts() {
  servers='' names='' count=0
  flag kubeconfig "$kubelet_words"
  case $value in /*) ;; *) value=/etc/kubernetes/kubelet.conf ;; esac
  set --
  for file in "$value" /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf /etc/kubernetes/admin.conf; do
    [ -r "$root$file" ] && set -- "$@" "$root$file"
  done
  open api
  list servers
  found=''
  [ $# = 0 ] || found=$(server_lines "$@")
  by_lines
  for each in $found; do
    by_words
    server=\${each#*"$tab"}
    servers=$servers$server$nl
    name_in "$server"
    case " $names " in *" $name "*) ;; *) count=$((count + 1)) && [ "$count" -le 4 ] && names="$names $name" ;; esac
    open ''
    masked file "\${each%%"$tab"*}"
    masked server "$server"
    end
  done
  by_words
  end
  own_addresses
  list names
  # letters, digits, points and dashes
  for name in $names; do
    open ''
    say name "$name"
    list addresses
    limited getent ahosts "$name" | awk '!seen[$1]++ && count++ < 8 { print "say\t\t" $1 }'
    end
    end
  done
  end
  end
}
`
