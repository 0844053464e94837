/** A program of Kubernetes at a version; what it does to the node is in `$FAKE`. */
export function program(name: string, version: string): string {
  return `#!/bin/sh\n# ${name} ${version}\nV=${version}\n${programs[name] ?? ''}`
}

/** `fails` in the node's folder names the program or verb that fails; `ends` the version of a kubelet that does not stay up. */
const programs: Readonly<Record<string, string>> = {
  kubeadm: String.raw`
case "$*" in
  'version -o short') echo "$V"; exit ;;
esac
echo "kubeadm $*" >> "$FAKE/calls"
grep -qsx "kubeadm $2" "$FAKE/fails" && echo "[ERROR] no" && exit 1
case "$*" in
  'config images list'*) echo k8s.gcr.io/kube-apiserver:$V; echo k8s.gcr.io/pause:3.2 ;;
  'upgrade diff'*) cat "$FAKE/edits" 2> /dev/null || true ;;
  'upgrade apply'* | 'upgrade node'*)
    for file in "$FAKE"/etc/kubernetes/manifests/kube-*.yaml; do [ -e "$file" ] && sed -i "s/:v[0-9.]*$/:$V/" "$file"; done
    echo "written by kubeadm $V" > "$FAKE/var/lib/kubelet/config.yaml" ;;
esac
exit 0
`,
  kubelet: 'echo "Kubernetes $V"\n',
  kubectl: String.raw`
case "$*" in
  'version --client') echo "Client Version: $V" ;;
  *raw=/version*) printf '{\n  "gitVersion": "%s"\n}\n' "$(sed -n 's/.*kube-apiserver://p' "$FAKE/etc/kubernetes/manifests/kube-apiserver.yaml")" ;;
  *raw=/readyz*) printf ok; echo ;;
  *server=https://10.0.0.2:6443*raw=/healthz*) [ ! -e "$FAKE/alone" ] && printf ok ;;
  *raw=/healthz*) [ ! -e "$FAKE/cut-off" ] && printf ok ;;
  *'get endpoints kubernetes'*) echo '6443 10.0.0.1 10.0.0.2' ;;
  *'get configmaps'*) echo 'kind: List' ;;
  *'get pods'*)
    for name in kube-apiserver kube-controller-manager kube-scheduler etcd; do
      if grep -qsx "$name" "$FAKE/untold"; then ready=False; else ready=True; fi
      echo "$name-cp1 $(sed -n 's/.*image: //p' "$FAKE/etc/kubernetes/manifests/$name.yaml") $ready"
    done
    ;;
  *annotate*asked=yes*) rm -f "$FAKE/untold" ;;
esac
`,
}

const install = String.raw`
place=$(cat "$FAKE/programs")
put() {
  found=$(ls "$FAKE/repository/$1" | grep "^$2" | head -n 1)
  [ -n "$found" ] || { echo "E: Version '$2' for '$1' was not found"; exit 100; }
  if [ -n "$only" ]; then
    mkdir -p "$FAKE/archives" "$FAKE/var/cache/dnf"
    echo package > "$FAKE/archives/$1"_"$found"_amd64.deb && echo package > "$FAKE/var/cache/dnf/$1-$found.x86_64.rpm"
    return
  fi
  cp "$FAKE/repository/$1/$found" "$place/$1.new" && mv "$place/$1.new" "$place/$1" && echo "$found" > "$FAKE/packages/$1"
}
only=
for word; do case $word in --download-only | --downloadonly) only=yes ;; esac; done
`

/** Programs of the host, as files below its `/bin`. */
export const tools: Readonly<Record<string, string>> = {
  'apt-get': `#!/bin/sh
if [ "$1" = -s ]; then cat "$FAKE/simulated" 2> /dev/null; exit; fi
echo "apt-get $*" >> "$FAKE/calls"
[ -s "$APT_CONFIG" ] || exit 1
case $1 in
  download) only=yes; echo package > kubeadm_1_amd64.deb; exit ;;
  update) exit ;;
esac${install}
for word; do case $word in *=*) name=$(echo "$word" | cut -d = -f 1); grep -qsx "install $name" "$FAKE/fails" && { echo 'E: dpkg was interrupted'; exit 100; }; put "$name" "$(echo "$word" | cut -d = -f 2 | tr -d '*')" ;; esac; done
`,
  dnf: `#!/bin/sh
case "$*" in *list*) for name in kubeadm kubelet kubectl; do for v in $(ls "$FAKE/repository/$name"); do echo "$name.x86_64  $v  kubernetes"; done; done; exit ;; esac
echo "dnf $*" >> "$FAKE/calls"
case "$*" in
  makecache | versionlock*) exit ;;
  *downloaddir*) folder=$(echo "$*" | sed 's/.*--downloaddir=\\([^ ]*\\).*/\\1/'); echo package > "$folder/kubeadm-1.rpm"; exit ;;
esac${install}
for word; do case $word in kube*-*) name=$(echo "$word" | cut -d - -f 1); put "$name" "$(echo "$word" | cut -d - -f 2 | tr -d '*')" ;; esac; done
`,
  'apt-config': `#!/bin/sh\necho "archives='$FAKE/archives/'"\n`,
  'apt-cache': '#!/bin/sh\nshift\nfor name; do for v in $(ls "$FAKE/repository/$name"); do echo "$name | $v | http://mirror"; done; done\n',
  'apt-mark': `#!/bin/sh
case $1 in
  showhold) shift; [ $# -gt 0 ] || cat "$FAKE/held"; for name; do grep -x "$name" "$FAKE/held"; done; exit 0 ;;
  hold) shift; for name; do echo "$name" >> "$FAKE/held"; done ;;
  unhold) shift; for name; do sed -i "/^$name$/d" "$FAKE/held"; done ;;
esac
`,
  'dpkg-query': '#!/bin/sh\nfor last; do :; done\ncat "$FAKE/packages/$last"\n',
  rpm: '#!/bin/sh\nfor last; do :; done\ncat "$FAKE/packages/$last"\n',
  'dpkg-deb': '#!/bin/sh\nmkdir -p usr/bin && cp "$FAKE/repository/kubeadm/$(sed s/v// "$FAKE/target")-00" usr/bin/kubeadm\n',
  rpm2cpio: '#!/bin/sh\nexit 0\n',
  cpio: '#!/bin/sh\nmkdir -p usr/bin && cp "$FAKE/repository/kubeadm/$(sed s/v// "$FAKE/target")-00" usr/bin/kubeadm\n',
  crictl: `#!/bin/sh
case "$*" in
  *inspecti*) exit 1 ;;
  *' ps '*kube-controller-manager*) cat "$FAKE/controllers" 2> /dev/null || echo 01 ;;
  *' ps '*) echo 0123456789ab ;;
  *' stop '*) echo "crictl $*" >> "$FAKE/calls"; [ -e "$FAKE/hangs" ] || echo 02 > "$FAKE/controllers" ;;
  *'endpoint health'*) cat "$FAKE/members" 2> /dev/null || printf 'https://10.0.0.%s:2379 is healthy: successfully committed proposal\\n' 1 2 3 ;;
  *'snapshot save'*)
    for last; do :; done
    if [ -e "$FAKE/snapshot-says" ]; then cat "$FAKE/snapshot-says"; exit 1; fi
    cp "$FAKE/snapshot.db" "$last" ;;
  *'endpoint status'*) printf '"MemberID" : 1\\n"Leader" : 1\\n' ;;
  *'member list'*) printf '1, started, cp1, https://10.0.0.1:2380, https://10.0.0.1:2379, false\\nb2, started, cp2, https://10.0.0.2:2380, https://10.0.0.2:2379, false\\n' ;;
  *) echo "crictl $*" >> "$FAKE/calls" ;;
esac
`,
  iptables: `#!/bin/sh
rule=$(echo "$*" | sed 's/^-w 10 //; s/ -[ID] / /; s/^-[ID] //')
case "$*" in
  *' -I '*) echo "$rule" >> "$FAKE/rules" ;;
  *) grep -qsxF -e "$rule" "$FAKE/rules" || exit 1; grep -vxF -e "$rule" "$FAKE/rules" > "$FAKE/rules.new"; mv "$FAKE/rules.new" "$FAKE/rules" ;;
esac
`,
  journalctl: '#!/bin/sh\necho "Error: unknown flag: --network-plugin"\n',
  systemctl: String.raw`#!/bin/sh
value() { cat "$FAKE/units/$1/$2" 2> /dev/null; }
case $1 in
  show)
    # systemd starts what ends at once again and again
    if [ "$3 $4" = 'MainPID kubelet.service' ] && [ -e "$FAKE/restarts" ]; then echo x >> "$FAKE/restarts"; echo "MainPID=$((9000 + $(grep -c x "$FAKE/restarts")))"; exit; fi
    property=$3; shift 3; for unit; do printf '%s=%s\n' "$property" "$(value "$unit" "$property")"; done ;;
  daemon-reload) ;;
  restart)
    echo "systemctl $*" >> "$FAKE/calls"
    unit=$FAKE/units/kubelet.service
    kubelet=$(cat "$FAKE/programs")/kubelet
    pid=$(($(cat "$unit/MainPID") + 1))
    mkdir -p "$FAKE/proc/$pid" && cp -p "$kubelet" "$FAKE/proc/$pid/exe"
    echo "$pid" > "$unit/MainPID" && echo active > "$unit/ActiveState"
    rm -f "$FAKE/restarts"
    if [ -s "$FAKE/gives-up" ] && grep -q "$(cat "$FAKE/gives-up")" "$kubelet"; then echo 0 > "$unit/MainPID"; echo failed > "$unit/ActiveState"; fi
    if [ -s "$FAKE/ends" ] && grep -q "$(cat "$FAKE/ends")" "$kubelet"; then : > "$FAKE/restarts"; fi
    ;;
esac
`,
  'systemd-run': `#!/bin/sh
unit=$FAKE/units/$(echo "$*" | sed 's/.*--unit=\\([^ ]*\\) .*/\\1/')
while [ "$1" != /bin/sh ]; do shift; done
mkdir -p "$unit" && echo active > "$unit/ActiveState"
setsid sh -c '"$@"; rm -r "$0"' "$unit" "$@" < /dev/null > /dev/null 2>&1 3>&- &
`,
}
