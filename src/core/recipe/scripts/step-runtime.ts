/**
 * What turns the functions `probe` and `act` of a step into something that outlives whoever started it. Called as `sh SCRIPT WORD`:
 * - `look`: whether it is at work, how it ended, whether it was begun, whether its result is there;
 * - `start`: runs this same script, which comes by standard input, as a transient unit; does nothing when it is at work;
 * - `detached`: what the unit runs: waits for the host's lock, then `act` within its limit; the outcome is a file, written last;
 * - `put`: `act` with the file of standard input, under the same lock, for as long as the caller lives.
 *
 * `state`, `folder`, `step_unit`, `run_id`, `step`, `attempt`, `limit_seconds` and `goes_away` are assigned before it (`step-script.ts`). The unit ends with 0 whatever happens: a failed unit would mark the host as degraded.
 */
export const stepRuntime = String.raw`
log() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $run_id $step $*" >> "$state/steps.log"; }

look() {
  # Before the outcome: what has ended by now has written it.
  case $(property "$step_unit" ActiveState) in active | activating | reloading | deactivating) echo active=yes && return ;; esac
  # A host that goes down has ended this step's unit, and the step is at work all the same: what comes next is decided after the boot.
  if [ "$goes_away" = yes ] && [ "$(systemctl is-system-running)" = stopping ]; then echo active=yes && return; fi
  if [ -s "$folder/outcome" ]; then cat "$folder/outcome"; fi
  if [ -e "$folder/script" ]; then echo begun=yes; fi
  if (probe) > /dev/null 2>&1; then echo probe=yes; else echo probe=no; fi
  echo output
  tail -c 4096 "$folder/output" 2> /dev/null
  return 0
}

start() {
  mkdir -p "$folder" || exit 1
  exec 8> "$folder/starting"
  flock 8
  case $(property "$step_unit" ActiveState) in active | activating | reloading | deactivating) echo 'found at work' && return ;; esac
  cat > "$folder/script.part" && mv -f "$folder/script.part" "$folder/script" || exit 1
  rm -f "$folder/outcome" "$folder/output"
  systemctl reset-failed "$step_unit" 2> /dev/null
  systemd-run --quiet --unit="$step_unit" --description="Falkirk: $step" /bin/sh "$folder/script" detached 8>&-
}

end() {
  printf 'attempt=%s\nexit_code=%s\n' "$attempt" "$1" > "$folder/outcome.part"
  sync
  mv -f "$folder/outcome.part" "$folder/outcome"
  log "attempt $attempt ended with $1"
  exit 0
}

detached() {
  exec > "$folder/output" 2>&1
  exec 9>> "$state/lock"
  if ! flock -w "$limit_seconds" 9; then
    echo "another change of this host has not ended within $limit_seconds seconds"
    end 75
  fi
  log "attempt $attempt started"
  timeout -k 10 "$limit_seconds" /bin/sh "$folder/script" act 9>&-
  code=$?
  if [ "$code" = 124 ]; then echo "not done within $limit_seconds seconds"; fi
  end "$code"
}

put() {
  mkdir -p "$state" || exit 1
  exec 9>> "$state/lock"
  flock -w "$limit_seconds" 9 || fail "another change of this host has not ended within $limit_seconds seconds"
  log "attempt $attempt started"
  (act)
  code=$?
  log "attempt $attempt ended with $code"
  exit "$code"
}

case "$*" in
  look | start | detached | put | act) "$1" ;;
  *) fail 'usage: look | start | detached | put | act' ;;
esac
`
