/** The longest pause between two starts of a container that keeps ending, seconds. Source: Kubernetes, Pod Lifecycle, "restart policy". */
const longestSeconds = 300
const firstSeconds = 10
/** A container that has run so long starts from the beginning. Source: Kubernetes, Pod Lifecycle. */
const forgottenAfterMs = 600_000

/** The pause before a container is started again, and the one after that; seconds. The first restart comes at once. */
export interface RestartPause {
  readonly seconds: number
  readonly nextSeconds: number
}

/** `nextSeconds` is what the last call gave (0: none yet), `ranMs` how long the container has run this time. */
export function restartPause(nextSeconds: number, ranMs: number): RestartPause {
  const seconds = ranMs >= forgottenAfterMs ? 0 : nextSeconds
  return { seconds, nextSeconds: pullPauseSeconds(seconds) }
}

/** 10 s, then twice as long each time, up to 5 minutes: also what lies between two tries to pull an image. */
export function pullPauseSeconds(beforeSeconds: number): number {
  return beforeSeconds === 0 ? firstSeconds : Math.min(beforeSeconds * 2, longestSeconds)
}
