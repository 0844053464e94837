import { strangersFunction } from './docker-functions.ts'

/**
 * Gives containerd the images that docker's pods run from, so that none has to be pulled while the node is away. docker goes on meanwhile.
 * Containers that are nobody's of Kubernetes stop it: they would not come back.
 */
export const copyImagesScript = `${strangersFunction}
probe() { [ -z "$(pods)" ] || [ -e "$notes/images" ]; }

pods() { docker ps -q --no-trunc --filter label=io.kubernetes.pod.name 2> /dev/null; }

# IMAGE: as containerd writes it
full_name() {
  case $1 in
    *.*/* | *:*/* | localhost/*) echo "$1" ;;
    */*) echo "docker.io/$1" ;;
    *) echo "docker.io/library/$1" ;;
  esac
}

act() {
  mkdir -p "$notes"
  others=$(strangers)
  [ -z "$others" ] || fail "docker runs containers that are not of Kubernetes ($others) and would not come back: move them elsewhere, then go on"
  if ! runs containerd.service; then
    command -v containerd > /dev/null || fail 'this host has docker and no containerd of its own: install a package of containerd, then go on'
    systemctl start containerd.service || told containerd.service 'does not start'
  fi
  ids=$(pods | xargs -r docker inspect -f '{{.Image}}' | sort -u)
  [ -z "$ids" ] || needs_room /var/lib/containerd "$(docker inspect -f '{{.Size}}' $ids | awk '{ sum += $1 } END { print int(sum * 1.5 / 1024) }')" 'a copy of the images of docker'
  for id in $ids; do
    tags=$(docker inspect -f '{{range .RepoTags}}{{.}} {{end}}' "$id")
    [ -n "$tags" ] || { echo "$id has no name and is pulled when it is needed" && continue; }
    missing=''
    for tag in $tags; do ctr -n k8s.io images ls -q | grep -qxF "$(full_name "$tag")" || missing=yes; done
    [ -n "$missing" ] || continue
    docker save $tags -o "$notes/image.tar" || fail "docker does not give $tags away"
    ctr -n k8s.io images import "$notes/image.tar" > "$folder/log" 2>&1 || { tail -n 3 "$folder/log"; fail "containerd does not take $tags"; }
    rm -f "$notes/image.tar"
    echo "copied $tags"
  done
  : > "$notes/images"
}
`
