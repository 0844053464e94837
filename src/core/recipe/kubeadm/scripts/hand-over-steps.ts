/**
 * What both ends of a hand-over need. How it ends is a file on the host, so that a timer of systemd does the same when nobody comes back: a rule that
 * outlives the change would keep this API server without clients, and in silence.
 */
export const handOverLibrary = String.raw`
hand_over_end=$state/hand-over-end
port_of() { echo "$1" | sed 's#.*:##'; }
end_hand_over() {
  systemctl stop falkirk-hand-over-end.timer 2> /dev/null
  [ -e "$hand_over_end" ] || return 0
  sh "$hand_over_end" && rm -f "$hand_over_end"
}
`

/**
 * New connections that come to the API server of this node are passed on to another member, from before etcd and API server are replaced until they
 * serve again. A balancer finds out late that a server has ended (two or three checks), and connections are refused until then; so it need not find out.
 * Connections that are there stay with this server until it ends, and are told so by it. Where any of it does not work, nothing is passed on.
 */
export const handOverScript = String.raw`
probe() { is_marked; }

act() {
  begin
  tell "iptables -t nat -I PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport $(port_of "$own_api") --syn -j DNAT --to-destination MEMBER"
  hand_over || end_hand_over
  finish
}
hand_over() {
  end_hand_over
  own=$(echo "$own_api" | sed 's#^https://##')
  command -v iptables > /dev/null || { echo 'there is no iptables: clients find out by themselves that this API server is away' && return; }
  member=$(other_member)
  [ -n "$member" ] || { echo 'no other API server answers at an IPv4 address: clients find out by themselves that this one is away' && return; }
  rules -D | sed 's#^#while iptables -w 10 #; s#$# 2> /dev/null; do :; done#' > "$hand_over_end" || return 1
  systemctl reset-failed falkirk-hand-over-end.service 2> /dev/null
  systemd-run --quiet --unit=falkirk-hand-over-end --on-active="$hand_over_seconds" /bin/sh "$hand_over_end" || return 1
  rules -I | tac > "$folder/rules"
  while read -r rule; do
    iptables -w 10 $rule || { echo 'iptables takes no such rule: clients find out by themselves that this API server is away' && return 1; }
  done < "$folder/rules"
  for _ in 1 2 3 4; do
    answers "--kubeconfig=$admin" || { echo "the API does not answer any more while this node passes connections on to $member: it does not" && return 1; }
  done
  echo "new connections go to $member until this API server serves again"
}
# OPTION ...: whether an API server answers
answers() { [ "$(timeout 10 kubectl "$@" get --raw=/healthz < /dev/null 2> /dev/null)" = ok ]; }
# ADDRESS:PORT of another API server that answers, as API servers enter themselves
other_member() {
  timeout 20 kubectl "--kubeconfig=$admin" -n default get endpoints kubernetes \
    -o 'jsonpath={range .subsets[*]}{.ports[0].port}{range .addresses[*]} {.ip}{end}{"\n"}{end}' < /dev/null 2> /dev/null |
    while read -r port addresses; do
      for address in $addresses; do
        case $address:$port in "$own" | *:*:*) continue ;; esac
        answers "--kubeconfig=$admin" "--server=https://$address:$port" && echo "$address:$port" && break 2
      done
    done
}
# -I or -D: rules in the order in which they go
rules() {
  to="-p tcp -d $(echo "$member" | cut -d : -f 1) --dport $(port_of "$member") -m conntrack --ctstate DNAT"
  back="-p tcp -s $(echo "$member" | cut -d : -f 1) --sport $(port_of "$member") -m conntrack --ctstate DNAT"
  echo "-t nat $1 PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport $(port_of "$own_api") --syn -j DNAT --to-destination $member"
  echo "-t nat $1 POSTROUTING $to -j MASQUERADE"
  echo "$1 FORWARD $to -j ACCEPT"
  echo "$1 FORWARD $back -j ACCEPT"
}
`

/** The API server of this node serves: connections are its own again. Those that were passed on stay where they are until they end. */
export const takeOverScript = String.raw`
probe() { is_marked && [ ! -e "$hand_over_end" ]; }

act() {
  begin
  tell "iptables -t nat -D PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport $(port_of "$own_api") --syn -j DNAT --to-destination MEMBER"
  end_hand_over || fail "this node still passes connections for its API server on: iptables -t nat -S PREROUTING shows how; delete the rule with DNAT and port $(port_of "$own_api")"
  finish
}
`
