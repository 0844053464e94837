/**
 * What turns the functions `probe` and `act` of a step into something that outlives whoever started it. Called as `sh SCRIPT WORD`:
 * - `look`: whether it is at work, how it ended, whether it was begun, whether its result is there;
 * - `start`: runs this same script, which comes by standard input, as a transient unit; does nothing when it is at work;
 * - `await_end`: `look` as soon as it is not at work any more, or after twenty seconds: whoever asks again and again asks late, and often;
 * - `carry_out`: `start`, and `await_end` in the same call; what fails before the unit is there is its exit code;
 * - `detached`: what the unit runs: waits for the host's lock, then `act` within its limit; the outcome is a file, written last;
 * - `put`: `act` with the file of standard input, under the same lock, for as long as the caller lives.
 *
 * `state`, `folder`, `step_unit`, `run_id`, `step`, `attempt`, `limit_seconds` and `goes_away` are assigned before it (`step-script.ts`). The unit ends with 0 whatever happens: a failed unit would mark the host as degraded.
 */
export const stepFunctions = String.raw`
# Whether units are known to be idle already, as are all of a recipe that are asked about at once.
all_idle=no

log() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $run_id $step $*" >> "$state/steps.log"; }

# UNIT ...: whether one of them is at work
are_active() { systemctl show -p ActiveState "$@" 2> /dev/null | grep -qE '=(active|activating|reloading|deactivating)$'; }

is_at_work() {
  if [ "$all_idle" = no ] && are_active "$step_unit"; then return 0; fi
  # A host that goes down has ended this step's unit, and the step is at work all the same: what comes next is decided after the boot.
  [ "$goes_away" = yes ] && [ "$(systemctl is-system-running)" = stopping ]
}

# How the step stands; fails when it is at work
tell_state() {
  # Before the outcome: what has ended by now has written it.
  if is_at_work; then echo active=yes && return 1; fi
  if [ -s "$folder/outcome" ]; then cat "$folder/outcome"; fi
  if [ -e "$folder/script" ]; then echo begun=yes; fi
  if (probe) > /dev/null 2>&1; then echo probe=yes; else echo probe=no; fi
}

look() {
  tell_state || return 0
  echo output
  tail -c 4096 "$folder/output" 2> /dev/null
  return 0
}

# UNIT ...: how all steps of "tell_each" stand, up to one that is at work. What has begun meanwhile is found when all are told once more.
tell_all() {
  if are_active "$@"; then all_idle=no; else all_idle=yes; fi
  told_states=$(tell_each)
  if [ "$all_idle" = yes ] && are_active "$@"; then
    all_idle=no
    told_states=$(tell_each)
  fi
  printf '%s\nend\n' "$told_states"
}

start() {
  mkdir -p "$folder" || exit 1
  exec 8> "$folder/starting"
  flock 8
  case $(property "$step_unit" ActiveState) in
    active | activating | reloading | deactivating) echo 'found at work' && return ;;
    failed) systemctl reset-failed "$step_unit" 2> /dev/null ;;
  esac
  cat > "$folder/script.part" && mv -f "$folder/script.part" "$folder/script" || exit 1
  rm -f "$folder/outcome" "$folder/output"
  systemd-run --quiet --unit="$step_unit" --description="Falkirk: $step" /bin/sh "$folder/script" detached 8>&-
}

await_end() {
  ends=$(($(date +%s) + 20))
  turns=0
  while left=$((ends - $(date +%s))) && [ "$left" -gt 0 ]; do
    # held by the unit for as long as it lives; the outcome of a step that is begun anew is removed before its unit is there
    flock -s -w "$left" "$folder/alive" true
    if [ -s "$folder/outcome" ] || ! is_at_work; then all_idle=yes && break; fi
    # it has just begun, or was just ended by a signal; otherwise something is wrong with the lock
    turns=$((turns + 1))
    if [ "$turns" -gt 20 ]; then sleep 1; else sleep 0.03 2> /dev/null || sleep 1; fi
  done
  look
}

carry_out() {
  (start) >&2 || exit
  await_end
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
  exec 7> "$folder/alive"
  flock 7
  exec 9>> "$state/lock"
  if ! flock -w "$limit_seconds" 9; then
    echo "another change of this host has not ended within $limit_seconds seconds"
    end 75
  fi
  log "attempt $attempt started"
  timeout -k 10 "$limit_seconds" /bin/sh "$folder/script" act 9>&- 7>&-
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
`

/** Behind the functions, it does what it is told by one word. */
export const stepRuntime = `${stepFunctions}${String.raw`
case "$*" in
  look | start | await_end | carry_out | detached | put | act) "$1" ;;
  *) fail 'usage: look | start | await_end | carry_out | detached | put | act' ;;
esac
`}`
