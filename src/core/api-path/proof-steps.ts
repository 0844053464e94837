import { shellText } from '../host/scripts/shell-text.ts'

/**
 * Who answers at the addresses by which a host reaches the API. An API server says nowhere which one it is, but each that kubeadm has made shows a certificate
 * of its own. Connections are held open beside each other: a balancer that takes the server with the fewest would else show the same one each time.
 */
export const proofSteps = shellText`
PATH=$PATH:/opt/bin:/opt/kube/bin

# PLACE: ADDRESS:PORT of a server's address
place_of() {
  place=$(printf '%s\n' "$1" | sed -E 's#^[a-z]+://##; s#[/?].*$##')
  case $place in *]:* | [!\[]*:*) ;; *) place=$place:443 ;; esac
  printf '%s\n' "$place" | grep -E '^([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$'
}
# PLACE [-servername NAME]: SHA-256 of the certificate that is shown there to who asks for NAME, or of nothing; the connection stays for as long as the input does.
# Nobody's certificate is judged here, so that those of authorities, most of what openssl has to do, are not read.
shown_at() {
  SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/dev/null timeout -s KILL 8 openssl s_client -connect "$@" 2> /dev/null |
    sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' | sha256sum
}
nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
# FILE: the same of the first certificate in it, which needs no openssl
certificate_in() {
  [ -r "$root$1" ] && head -c 65536 "$root$1" | tr -d '\r' | sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p;/-----END CERTIFICATE-----/q' |
    sha256sum | cut -d ' ' -f 1
}
server_name() { [ -z "$1" ] || echo "-servername $1"; }

# the flag of the manifest of the API server
own_flag() { sed -nE "s/^[[:space:]]*-?[[:space:]]*\"?--$1=([^\"]*)\"?,?\$/\1/p" "$root$manifest" | head -n 1; }
own_place() {
  address=$(own_flag advertise-address)
  port=$(own_flag secure-port)
  case $address in *:*) address="[$address]" ;; esac
  echo "$(printf %s "$address" | grep . || echo 127.0.0.1):$(printf %s "$port" | grep . || echo 6443)"
}
# PLACE: "ok", or what came instead. Before v1.16 there is no /readyz.
ready_at() {
  for path in /readyz /healthz; do
    said=$(limited kubectl --kubeconfig="$root/etc/kubernetes/admin.conf" --server="https://$1" get --raw="$path" 2>&1 | tail -n 1)
    case $said in *'could not find'* | *NotFound*) ;; *) break ;; esac
  done
  printf '%s\n' "$said" | grep . || echo nothing
}
own_facts() {
  own=''
  manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
  [ -r "$root$manifest" ] || return 0
  own=$(own_place)
  open own
  say place "$own"
  command -v kubectl > /dev/null && masked ready "$(ready_at "$own")"
  set -- $names
  name=\${1-}
  set -- $(shown_at "$own" $(server_name "$name") < /dev/null)
  [ "\${1-$nothing}" != $nothing ] || set -- "$(certificate_in "$(own_flag tls-cert-file)")"
  say certificate "$1"
  end
}

# PLACE [-servername NAME]: as many lines as connections
connections() {
  count=0
  sleep "$hold_seconds" | {
    # what is begun beside the script would have no input of its own accord
    exec 3<&0
    while [ "$count" -lt "$times" ]; do
      shown_at "$@" <&3 &
      count=$((count + 1))
    done
    wait
  }
}
asked_facts() {
  list asked
  command -v openssl > /dev/null && printf %s "$servers" | awk '!seen[$0]++' | head -n 3 | while read -r server; do
    place=$(place_of "$server")
    [ -n "$place" ] && [ "$place" != "$own" ] || continue
    name_in "$server"
    shown=$(connections "$place" $(server_name "$name") | awk -v nothing=$nothing '{ n[$1 == nothing ? "failed" : $1]++ } END { for (each in n) print n[each], each }' | sort)
    open ''
    masked server "$server"
    say failed "$(printf '%s\n' "$shown" | awk '$2 == "failed" { n = $1 } END { print n + 0 }')"
    list seen
    printf '%s\n' "$shown" | grep -E '^[0-9]+ [0-9a-f]{64}$' | head -n 20 | while read -r count certificate; do
      open ''
      say certificate "$certificate"
      say count "$count"
      end
    done
    end
    end
  done
  end
}

api_path() {
  say format falkirk.dev/api-path/v1
  command -v openssl > /dev/null || say missing openssl
  find_processes
  pid_of kubelet
  arguments_of "$pid"
  kubelet_words=$words
  api_facts
  own_facts
  asked_facts
  line done '' ''
}

api_path 2> /dev/null | written_as_json
`
