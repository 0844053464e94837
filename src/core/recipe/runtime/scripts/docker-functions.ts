/** Containers of docker that are nobody's of Kubernetes and run. */
export const strangersFunction = `
strangers() { docker ps --format '{{.Names}} {{.Label "io.kubernetes.pod.name"}}' 2> /dev/null | awk 'NF == 1 { print $1 }' | head -n 3 | paste -s -d ' '; }
`

/** Containers that docker has for Kubernetes end with it; what it has on the disk stays, to go back to or to be deleted later. */
export const dockerFunctions = `${strangersFunction}
# They were looked for before the drain, and somebody may have started one since
no_strangers() {
  [ "$(property docker.service ActiveState)" = active ] || return 0
  others=$(strangers)
  [ -z "$others" ] || fail "docker runs containers that are not of Kubernetes ($others), which would not come back: nothing was touched; move them elsewhere, then go on"
}
docker_is_off() { [ "$(property docker.service ActiveState)" != active ] && [ "$(property docker.socket ActiveState)" != active ]; }
# Files are kept anew where all was put back since: somebody may have mended them
forget_kept() { if [ -e "$notes/restored" ]; then rm -rf "$notes/kept" && rm -f "$notes/restored"; fi; }
end_docker() {
  mkdir -p "$notes"
  forget_kept
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
  # one by one: some packages have no socket, and then systemd would disable neither
  for each in docker.socket docker.service; do systemctl disable --quiet --now "$each" 2> /dev/null; done
  docker_is_off || fail 'systemd does not stop docker'
}
`
