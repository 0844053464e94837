/**
 * Has the kubelet of this node use another API server before the etcd beside this one is replaced. It deletes and creates the mirror pod of a static pod before it starts
 * that, and with a connection to this API server, which is open since before, it would wait for the very etcd that is to be started. Balancers end such connections where
 * their checks fail; here others answer them.
 */
export const reconnectKubeletScript = String.raw`
probe() { is_marked; }

act() {
  begin
  reconnect
  finish
}
reconnect() {
  [ -e "$hand_over_end" ] || { echo 'nobody else answers for this API server: the kubelet goes on with the connections it has' && return; }
  grep -qsE "^ *server: *$own_api/?\$" /etc/kubernetes/kubelet.conf && echo 'kubelet.conf names the API server of this node: the kubelet asks no other, and is left alone' && return
  pid=$(property kubelet.service MainPID)
  [ "$pid" -gt 0 ] 2> /dev/null || { echo 'the kubelet is no unit called kubelet.service, or is down: it is left alone' && return; }
  is_replaced "$pid" && echo "the kubelet's program was replaced under it: it is not started anew before its turn" && return
  restart_kubelet "$(says "/proc/$pid/exe")"
}
`
