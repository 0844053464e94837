/**
 * What steps need that ask a stacked etcd. `await_members` holds a step back while a restart of this node's member would leave etcd without a quorum
 * (invariant I2): between two steps another member may have been lost. Where etcd does not tell, as when it does not run here, nothing is held back.
 */
export const etcdLibrary = String.raw`
etcd_seconds=20
in_etcd() {
  set -- etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \
    --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
  case $runtime in
    docker) timeout "$etcd_seconds" docker exec -e ETCDCTL_API=3 "$id" "$@" ;;
    *) timeout "$etcd_seconds" crictl --runtime-endpoint "$endpoint" exec "$id" "$@" ;;
  esac 2>&1
}
etcd_container() {
  case $runtime in
    docker) docker ps -q --filter name=k8s_etcd_etcd ;;
    *) crictl --runtime-endpoint "$endpoint" ps -q --name '^etcd$' ;;
  esac 2> /dev/null | head -n 1
}
# Of the other members all answer, or more than half of all
has_spare_members() {
  others=$(in_etcd endpoint health --cluster | grep -v "//$(echo "$own_api" | sed 's#^https://##; s#:[0-9]*$##'):")
  well=$(echo "$others" | grep -c ' is healthy')
  sick=$(echo "$others" | grep -c ' is unhealthy')
  [ "$sick" = 0 ] || [ "$well" -gt $(((well + sick + 1) / 2)) ]
}
await_members() {
  tell 'etcdctl endpoint health --cluster'
  id=$(etcd_container)
  [ -n "$id" ] || return 0
  ends=$(($(date +%s) + serve_seconds))
  until has_spare_members; do
    [ "$(date +%s)" -lt "$ends" ] ||
      fail "etcd would lose its quorum if this node's member were restarted now: $(echo "$others" | grep ' is unhealthy' | cut -d ' ' -f 1 | paste -sd ' ' -) does not answer: bring it back, then go on"
    sleep 2
  done
}
`
