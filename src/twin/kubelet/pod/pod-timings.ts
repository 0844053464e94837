/** How long a kubelet and its runtime take. Seconds, unless named otherwise. */
export interface PodTimings {
  /** From the binding until network and volumes are there, when nothing is to be attached. */
  readonly sandboxSeconds: number
  /** To create and start one container. */
  readonly createSeconds: number
  readonly pullBytesPerSecond: number
  /** On top of each pull, for the registry's answers. */
  readonly pullOverheadSeconds: number
  /** Size of an image of which nobody knows more. */
  readonly imageBytes: number
  /** From the start of a program until it answers its probes, unless its course says. */
  readonly readySeconds: number
  /** From SIGTERM to the end of a program, unless its course says. */
  readonly stopSeconds: number
  /** How long a container of a Job runs, unless its course says. */
  readonly jobSeconds: number
}

/** What is taken where nothing has been measured: a pull at 30 MB/s, programs that start and stop within two seconds. */
export const defaultTimings: PodTimings = {
  sandboxSeconds: 1,
  createSeconds: 0.2,
  pullBytesPerSecond: 30_000_000,
  pullOverheadSeconds: 2,
  imageBytes: 100_000_000,
  readySeconds: 2,
  stopSeconds: 2,
  jobSeconds: 1,
}
