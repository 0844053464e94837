import { toldCommands } from '../../scripts/told-commands.ts'

/**
 * What every step for a kubeadm host begins with. A step's result is told by files of the host alone, never by the network: a probe that an API
 * server could make fail would have a finished step taken back. `bin_folder`, `version`, `change` and `control_plane` are assigned before it.
 */
export const kubeadmLibrary = `${toldCommands}${String.raw`
PATH=$bin_folder:$PATH
HOME=/root
export HOME
backup=$state/backup/$change
manifests=/etc/kubernetes/manifests
admin=/etc/kubernetes/admin.conf

# PROGRAM: the version that it says it is; nothing when it does not run
says() {
  case $(basename "$1") in
    kubeadm | .kubeadm*) set -- "$1" version -o short ;;
    kubectl | .kubectl*) set -- "$1" version --client ;;
    *) set -- "$1" --version ;;
  esac
  timeout 20 "$@" 2> /dev/null | grep -oE 'v[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*' | head -n 1
}
# NAME: where the shell finds it
path_of() { command -v "$1"; }
# VERSION: whether the kubelet runs as it, from the file that is on the disk
kubelet_runs() {
  [ "$(property kubelet.service ActiveState)" = active ] || return 1
  kubelet_pid=$(property kubelet.service MainPID)
  [ "$kubelet_pid" -gt 0 ] 2> /dev/null || return 1
  ! is_replaced "$kubelet_pid" && [ "$(says "/proc/$kubelet_pid/exe")" = "$1" ]
}
# NAME: the image of a static pod of this host
image_of() { sed -nE 's/^[[:space:]-]*"?image"?:[[:space:]]*//p' "$manifests/$1.yaml" 2> /dev/null | head -n 1 | tr -d "\"',"; }
has_manifests() {
  for component in kube-apiserver kube-controller-manager kube-scheduler; do
    case $(image_of "$component") in *":$1") ;; *) return 1 ;; esac
  done
}
# What the kubelet says of itself where kubeadm's own settings stand; elsewhere nobody may answer.
kubelet_is_well() { [ "$(timeout 5 kubectl --kubeconfig=/dev/null --server=http://127.0.0.1:10248 get --raw=/healthz 2> /dev/null)" = ok ]; }
# Restarts the kubelet, and waits until it is well under one process, or, where it does not say so, has stayed up for some seconds. VERSION
restart_kubelet() {
  run systemctl daemon-reload || fail 'systemd does not read its units again'
  systemctl reset-failed kubelet.service 2> /dev/null
  run systemctl restart kubelet || give_up_kubelet 'is not restarted by systemd'
  ends=$(($(date +%s) + wait_seconds))
  pid=0 steady=0 starts=0 given_up=0
  while [ "$(date +%s)" -lt "$ends" ]; do
    sleep 1
    now=$(property kubelet.service MainPID)
    if [ "$now" != "$pid" ] && [ "$now" != 0 ]; then pid=$now steady=0 starts=$((starts + 1)); fi
    [ "$starts" -le 8 ] || give_up_kubelet "has been started $starts times and does not stay up"
    # systemd starts it no more
    if [ "$(property kubelet.service ActiveState)" = failed ]; then given_up=$((given_up + 1)); else given_up=0; fi
    [ "$given_up" -le 3 ] || give_up_kubelet "does not start as $1"
    if [ "$now" = 0 ] || ! kubelet_runs "$1"; then steady=0 && continue; fi
    steady=$((steady + 1))
    if [ "$steady" -ge "$steady_seconds" ] || { [ "$steady" -ge 3 ] && kubelet_is_well; }; then echo "kubelet is up as $1" && return; fi
  done
  give_up_kubelet "is not up as $1 after $wait_seconds seconds"
}
give_up_kubelet() {
  journalctl -q -u kubelet.service -n 12 --no-pager -o cat 2> /dev/null | grep -iE 'fail|error|unknown|invalid' | tail -n 6 | cut -c 1-300
  fail "kubelet $1 ($(property kubelet.service ActiveState), $(property kubelet.service Result)): journalctl -u kubelet tells why"
}
`}`
