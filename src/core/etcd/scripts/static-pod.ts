/** The static pod of etcd that a kubelet runs by itself, and its runtime. Sets `manifests` to the files that name an image of etcd. */
export const podFunctions = String.raw`
kubelet_given() {
  kubelet=$(property kubelet.service MainPID)
  if [ -e "/proc/$kubelet/cmdline" ]; then tr '\000' '\n' < "/proc/$kubelet/cmdline"
  else property kubelet.service ExecStart | tr ' ' '\n'; fi
}
# FLAG FIELD: a setting of the kubelet by its flag, or by the field of its configuration
kubelet_setting() {
  set_by_flag=$(kubelet_given | awk -v flag="--$1" '$0 == flag { getline; print; exit } index($0, flag "=") == 1 { print substr($0, length(flag) + 2); exit }')
  if [ -n "$set_by_flag" ]; then echo "$set_by_flag"
  else kubelet_given | sed -n 's/^--config=//p; /^--config$/{n;p;}' | while read -r file; do sed -n "s/^$2: *//p" "$file" 2> /dev/null | tr -d "\"'" | head -n 1; done; fi
}
find_manifests() {
  manifests=
  [ -n "$(property kubelet.service FragmentPath)" ] || return 0
  manifest_folder=$(kubelet_setting pod-manifest-path staticPodPath)
  [ -n "$manifest_folder" ] || manifest_folder=/etc/kubernetes/manifests
  for file in "$manifest_folder"/*; do
    if [ -f "$file" ] && [ -n "$(image_in "$file")" ]; then manifests="$manifests$file
"; fi
  done
}
# Who runs containers here: by the process above etcd's, by the kubelet's flags, or by the sockets that there are
find_engine() {
  above=
  [ -z "$pid" ] || above=$(tr '\000' ' ' < "/proc/$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")/cmdline")
  socket=$(kubelet_setting container-runtime-endpoint containerRuntimeEndpoint)
  socket=$(printf %s "$socket" | sed 's#^unix://##')
  case $above in *moby*) engine=docker && return ;; esac
  for each in "$socket" /run/containerd/containerd.sock /run/crio/crio.sock; do [ -S "$each" ] && socket=$each && break; done
  if [ ! -S "$socket" ] || [ "$(basename "$socket")" = dockershim.sock ]; then engine=docker
  elif command -v crictl > /dev/null; then engine=crictl
  else engine=ctr; fi
}
`
