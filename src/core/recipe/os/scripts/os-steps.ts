/**
 * Writes down what is pending, once for a change: what is staged, what is installed and what counts as done is this list, whatever a repository
 * has later. With it the services that are to be back in the end.
 */
export const planPackagesScript = `
probe() { [ -e "$notes/pending" ] || is_left; }
# What is broken is mended on the drained node, and nothing can be told before. Somebody at work looks the same.
is_left() { [ "$staging" = yes ] && [ -z "$(lock_holder)" ] && [ -n "$(broken)" ]; }

act() {
  note_services
  find "$state/os" -mindepth 1 -maxdepth 1 -type d -mtime +30 ! -name "$change" -exec rm -rf {} +
  until_free
  if is_left; then echo 'left to the drained node:' && broken && return; fi
  refresh
  pending > "$notes/pending.part" || exit 1
  echo "$(grep -c . "$notes/pending.part") packages are pending"
  head -n 40 "$notes/pending.part"
  sync
  mv -f "$notes/pending.part" "$notes/pending"
}
`

/** What an earlier installation has left half done is mended, where the node is drained: scripts of packages restart services. */
export const mendPackagesScript = `
probe() { [ -e "$notes/mended" ] || [ -z "$(broken)" ]; }

act() {
  mkdir -p "$notes"
  until_free
  broken
  mend
  : > "$notes/mended"
}
`

/** Fetches the packages, and installs nothing. */
export const fetchPackagesScript = `
probe() { is_installed || [ -e "$notes/fetched" ] || [ "$(to_fetch)" = 0 ]; }

act() {
  until_free
  needs_room "$archive_folder" "$(to_fetch)" 'what is to be fetched'
  download
  : > "$notes/fetched"
  tail -n 3 "$folder/log"
}
`

/** Installs what was pending; nothing is removed, files that people have changed stay. */
export const installPackagesScript = String.raw`
probe() { is_installed; }

act() {
  until_free
  [ -z "$(broken)" ] || mend
  needs_room /usr "$(growth)" 'what is pending'
  # the image of a kernel's first file system is in no package
  if grep -q '^linux-image-[0-9]\|^kernel-core \|^kernel-default ' "$notes/pending"; then
    needs_room /boot "$(ls -s -k /boot/initr* /boot/vmlinuz-* 2> /dev/null | awk '{ if ($1 > most) most = $1 } END { print 2 * most }')" 'a kernel'
  fi
  install
  is_installed || fail "$manager has ended well, and $(not_installed | head -n 1 | cut -d ' ' -f 1) is not at the version that was pending: look at what holds it"
  kept_files | while read -r kept; do echo "kept as it was: $kept is the package's own"; done
}
`

/** What the steps above ask: what is pending still, and which services are to be back in the end. */
export const pendingScript = String.raw`
not_installed() {
  { versions | sed 's/^/= /'; cat "$notes/pending"; } | awk '$1 == "=" { there[$2 " " $3] = 1; next } !(($1 " " $2) in there)' |
    while read -r name version; do has "$name" "$version" < /dev/null || echo "$name $version"; done
}
is_installed() { [ ! -s "$notes/pending" ] || [ -z "$(not_installed)" ]; }

# Once for a change: after a reboot they may be missing
note_services() {
  mkdir -p "$notes"
  [ ! -e "$notes/services" ] || return 0
  systemctl list-units --plain --no-legend --state=active kubelet.service containerd.service docker.service crio.service cri-docker.service \
    'k3s*.service' 'rke2*.service' 'etcd*.service' haproxy.service keepalived.service 2> /dev/null | awk '{ print $1 }' > "$notes/services.part"
  mv -f "$notes/services.part" "$notes/services"
}
`
