/** Containers that docker has for Kubernetes end with it; what it has on the disk stays, to go back to or to be deleted later. */
export const dockerFunctions = `
docker_is_off() { [ "$(property docker.service ActiveState)" != active ] && [ "$(property docker.socket ActiveState)" != active ]; }
end_docker() {
  mkdir -p "$notes"
  rm -f "$notes/restored"
  [ -e "$notes/docker-enabled" ] || property docker.service UnitFileState > "$notes/docker-enabled"
  if [ "$(property docker.service ActiveState)" = active ]; then
    ids=$(docker ps -q --no-trunc --filter label=io.kubernetes.pod.name)
    [ -z "$ids" ] || docker stop -t 30 $ids > /dev/null || echo 'docker does not end all containers in order'
    # an address that the pod network has given to a pod of docker would be nobody's for ever
    for id in $(docker ps -aq --no-trunc --filter label=io.kubernetes.docker.type=podsandbox); do
      grep -lsF "$id" /var/lib/cni/networks/*/[0-9]* | xargs -r rm -f
    done
    ids=$(docker ps -aq --no-trunc --filter label=io.kubernetes.pod.name)
    [ -z "$ids" ] || docker rm -f $ids > /dev/null || echo 'docker does not remove all containers'
  fi
  systemctl disable --quiet --now docker.service docker.socket 2> /dev/null
  docker_is_off || fail 'systemd does not stop docker'
}
`
