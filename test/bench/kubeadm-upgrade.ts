import { type TimedStep, upgradeByTheBook } from '../e2e/kubeadm/by-the-book.ts'
import { upgradeByFalkirk } from '../e2e/kubeadm/falkirk-upgrade.ts'
import { patch as after, before, type WatchedCluster, watchedCluster } from '../e2e/kubeadm/watched-cluster.ts'
import type { KubeadmCluster } from '../rig/kubeadm/kubeadm-cluster.ts'
import type { ProbeResult } from '../rig/kubeadm/prober-program.ts'

/** One upgrade of five real hosts, from images and packages that are on none of them. */
export interface KubeadmMeasurement {
  readonly how: 'by the book' | 'falkirk upgrade, no soak' | 'falkirk upgrade'
  readonly seconds: number
  /** When it began. */
  readonly begin: Date
  readonly api: ProbeResult
  /** What the observer says against it. */
  readonly findings: readonly string[]
}

/**
 * Each on a cluster of its own, one after the other; needs what whole hosts need. `only` is `falkirk` for its last row alone. @throws when Falkirk
 * does not come to the end.
 */
export async function measureKubeadmUpgrades(program: string, { only }: { readonly only: string }): Promise<KubeadmMeasurement[]> {
  const falkirk = () => measured('falkirk upgrade', ({ cluster }) => byFalkirk(program, cluster))
  if (only === 'falkirk') return [await falkirk()]
  return [
    await measured('by the book', async ({ cluster }) => {
      await cluster.loadImages(after)
      told(await upgradeByTheBook(cluster, after))
    }),
    // the guide goes on with the next node as soon as the last is Ready
    await measured('falkirk upgrade, no soak', ({ cluster }) => byFalkirk(program, cluster, { soak: { for: '0s' } })),
    await falkirk(),
  ]
}

async function byFalkirk(program: string, cluster: KubeadmCluster, spec?: Readonly<Record<string, unknown>>): Promise<void> {
  const { exitCode, stdout, stderr } = await upgradeByFalkirk(program, cluster, after, spec)
  process.stderr.write(stdout)
  if (exitCode !== 0) throw new Error(`falkirk upgrade ended with ${exitCode}: ${stderr}`)
}

async function measured(how: KubeadmMeasurement['how'], upgrade: (watched: WatchedCluster) => Promise<void>): Promise<KubeadmMeasurement> {
  const watched = await watchedCluster([after])
  try {
    // the kubelets of a cluster just made have not told of all startup probes: Falkirk would wait for them, and the guide does not
    await watched.cluster.kubectl(['wait', '--for=condition=Ready', 'pods', '--all', '--all-namespaces', '--timeout=180s'])
    const watch = await watched.watch([before, after])
    const begin = new Date()
    await upgrade(watched)
    const seconds = (Date.now() - begin.getTime()) / 1000
    return { how, seconds, begin, ...(await watch.seen()) }
  } finally {
    await watched.stop()
  }
}

function told(steps: readonly TimedStep[]): void {
  for (const { host, what, ms } of steps) process.stderr.write(`${(ms / 1000).toFixed(1).padStart(6)} s  ${host} ${what}\n`)
}

export function kubeadmUpgradeTable(measurements: readonly KubeadmMeasurement[]): string {
  const [least = Number.NaN] = measurements.map(({ seconds }) => seconds)
  const rows = measurements.map(({ how, seconds, begin, api, findings }) => {
    const gap = `${api.longestGapMs} ms, until ${secondOf(begin, api.longestGapEnd)} s`
    return `| ${how} | ${seconds.toFixed(0)} s | ${(seconds / least).toFixed(2)} | ${api.failed} of ${api.asked} | ${gap} | ${findings.length} |`
  })
  const heads = [
    `| five hosts, ${before} to ${after} | time | × by the book | API requests that failed | longest gap | findings |`,
    '|---|---|---|---|---|---|',
  ]
  const findings = measurements.flatMap((one) => one.findings.map((finding) => `${one.how}: ${finding}`))
  return [...heads, ...rows, '', ...measurements.map(failuresOf), ...findings].join('\n')
}

/** Which requests failed, by the second of the upgrade. */
function failuresOf({ how, begin, api }: KubeadmMeasurement): string {
  const failures = api.failures.map(({ at, why }) => `${secondOf(begin, at)} s ${why}`)
  return `${how}: requests that failed: ${failures.join(', ') || 'none'}`
}

function secondOf(begin: Date, at: string): string {
  return ((Date.parse(at) - begin.getTime()) / 1000).toFixed(1)
}
