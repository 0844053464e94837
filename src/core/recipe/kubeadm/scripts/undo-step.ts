/**
 * Takes a change back: files, packages or programs, and the kubelet up as before. Not once an API server of the newer minor was put in place on
 * this node, nor a newer etcd: what they have written an older one may not read. Source: Kubernetes version-skew policy (no downgrades).
 */
export const takeBackScript = String.raw`
probe() { is_marked; }

act() {
  end_hand_over
  if ! [ -e "$backup/complete" ]; then
    echo 'nothing was changed'
    finish
    return
  fi
  refuse_after_the_point_of_no_return
  rm -f "$folder"/../*/done
  run tar -C / -xzf "$backup/files.tar.gz" || fail "the files kept in $backup cannot be put back"
  while read -r name was package path; do put_back "$name" "$was" "$package" "$path"; done < "$backup/versions"
  was=$(sed -n 's/^kubelet \([^ ]*\) .*/\1/p' "$backup/versions")
  kubelet_runs "$was" && [ "$(property kubelet.service NeedDaemonReload)" != yes ] && is_same_config || restart_kubelet "$was"
  finish
}
# The kubelet was started after the last change of its files
is_same_config() { [ -z "$(find $setting_files /var/lib/kubelet/config.yaml -newer "/proc/$(property kubelet.service MainPID)" 2> /dev/null)" ]; }

# NAME: the image that a static pod had before
kept_image() { tar -xzOf "$backup/files.tar.gz" "etc/kubernetes/manifests/$1.yaml" 2> /dev/null | sed -nE 's/^[[:space:]-]*"?image"?:[[:space:]]*//p' | head -n 1 | tr -d "\"',"; }

# By what was kept, not by what is there: whoever tries again finds a node that was changed already.
refuse_after_the_point_of_no_return() {
  [ "$control_plane" = yes ] || return 0
  case $(kept_image kube-apiserver) in '' | *":v1.$minor."*) return 0 ;; esac
  kept=$(kept_image etcd)
  why=
  case $(image_of kube-apiserver) in *":$version") why="its API server is $version" ;; esac
  [ -z "$kept" ] || [ "$(image_of etcd)" = "$kept" ] || why="its etcd is $(image_of etcd)"
  [ -n "$why" ] || return 0
  echo 'a restore, on every control-plane node, would be:'
  echo "  mv $manifests $manifests.stopped"
  echo "  etcdctl snapshot restore $(snapshot) --data-dir $etcd_data …   # with the old etcd, and a new --initial-cluster-token"
  while read -r name was package path; do echo "  $(back_command "$name" "$was" "$package" "$path")"; done < "$backup/versions"
  echo "  tar -C / -xzf $backup/files.tar.gz && rm -r $manifests.stopped && systemctl restart kubelet"
  fail "this node is past the point of no return ($why, and an older one may not read what it has written): mend what failed and go on, or restore the cluster by hand as told above"
}

# Taken before the first control plane of the hop was changed
snapshot() {
  if [ -e "$backup/etcd.db" ]; then echo "$backup/etcd.db"; else echo "SNAPSHOT (the newest of $state/backup/*/etcd.db on the first control plane)"; fi
}
# NAME VERSION PACKAGE PATH
back_command() {
  if [ "$packaged" != yes ]; then echo "install -m 0755 $(dirname "$4")/.$1.falkirk-previous $4"
  elif [ "$manager" = apt-get ]; then echo "apt-get install -y --allow-downgrades $1=$3"
  elif [ "$manager" = zypper ]; then echo "zypper install --oldpackage $1=$3"
  else echo "$manager downgrade -y $excludes $1-$3"; fi
}
put_back() {
  [ "$(says "$1")" != "$2" ] || return 0
  if [ "$packaged" = yes ]; then put_package_back "$1" "$3"; else put_program_back "$1" "$4"; fi
  [ "$(says "$1")" = "$2" ] || fail "$1 is $(says "$1") and was $2: put it back by hand"
}
put_program_back() {
  previous=$(dirname "$2")/.$1.falkirk-previous
  [ -e "$previous" ] || fail "there is no $previous to go back to"
  tell "install -m 0755 $previous $2"
  ln -f "$previous" "$previous.part" 2> /dev/null || cp -a "$previous" "$previous.part" || fail "$previous cannot be read"
  mv -f "$previous.part" "$2" && sync || fail "$2 cannot be put back"
}
put_package_back() {
  [ -n "$refreshed" ] || { prepare_manager && refresh && refreshed=yes; } || fail 'the repositories of this host do not answer'
  unhold "$1"
  # it may have been sent for the hop before
  file=$(sent "$1" "$state/packages/v$(echo "$2" | sed 's/^[0-9]*://; s/-.*//')")
  case $manager in
    apt-get) run apt-get install -y --allow-downgrades "$(echo "$file" | grep . || echo "$1=$2")" ;;
    zypper) run zypper --non-interactive install --oldpackage "$(echo "$file" | grep . || echo "$1=$2")" ;;
    *) if [ -n "$file" ]; then run "$manager" downgrade -y '--disablerepo=*' "$file"; else run "$manager" downgrade -y $excludes "$1-$2"; fi ;;
  esac < /dev/null || { hold "$1"; fail "$1 $2 cannot be installed again: what $manager says stands above"; }
  hold "$1"
}
refreshed=
`
