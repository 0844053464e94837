import type { TwinOptions } from '../src/twin/twin.ts'

/** So that nobody waits for a twin: a fast registry, programs that start and end within a second, and so do upgrades. */
export const briskKubelets: NonNullable<TwinOptions['kubelets']> = {
  timingsOf: () => ({
    sandboxSeconds: 0.3,
    createSeconds: 0.1,
    pullBytesPerSecond: 300_000_000,
    pullOverheadSeconds: 0.3,
    imageBytes: 100_000_000,
    readySeconds: 1,
    stopSeconds: 1,
    jobSeconds: 1,
  }),
  restartSeconds: 3,
  upgradeSeconds: 1,
}
