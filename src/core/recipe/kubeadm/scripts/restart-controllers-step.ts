/** Ends kube-controller-manager on this host; its kubelet starts it again, and by then another member leads or this one has read everything anew. */
export const restartControllersScript = String.raw`
probe() { is_marked; }

container() {
  case $runtime in
    docker) docker ps -q --filter name=k8s_kube-controller-manager_ ;;
    *) crictl --runtime-endpoint "$endpoint" ps -q --name '^kube-controller-manager$' ;;
  esac 2> /dev/null | head -n 1
}

act() {
  begin
  tell 'crictl stop --timeout 20 CONTAINER'
  old=$(container)
  if [ -n "$old" ]; then
    case $runtime in
      docker) timeout 60 docker stop -t 20 "$old" ;;
      *) timeout 60 crictl --runtime-endpoint "$endpoint" stop --timeout 20 "$old" ;;
    esac || fail 'kube-controller-manager does not end: look at its container on this host'
  fi
  waited=0
  until new=$(container) && [ -n "$new" ] && [ "$new" != "$old" ]; do
    [ "$waited" -lt "$wait_seconds" ] || fail "the kubelet has not started kube-controller-manager again within $wait_seconds seconds: journalctl -u kubelet tells why"
    sleep 1
    waited=$((waited + 1))
  done
  echo 'kube-controller-manager was started anew'
  finish
}
`
