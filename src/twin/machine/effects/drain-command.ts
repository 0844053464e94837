import type { DrainPolicy } from '../../../core/drain/drain-policy.ts'
import { parseGoDuration } from '../../../core/plan/go-duration.ts'

/** What the arguments of a kubectl container ask for. */
export type KubectlCommand =
  | { readonly kind: 'Cordon' | 'Uncordon'; readonly node: string }
  | { readonly kind: 'Drain'; readonly node: string; readonly policy: DrainPolicy; readonly podSelector?: string }
  | { readonly kind: 'Unknown'; readonly message: string }

const switches: Readonly<Record<string, keyof DrainPolicy>> = {
  '--ignore-daemonsets': 'ignoreDaemonSets',
  '--delete-emptydir-data': 'deleteEmptyDirData',
  '--delete-local-data': 'deleteEmptyDirData',
  '--force': 'force',
  '--disable-eviction': 'disableEviction',
}
const withValue = new Set(['--pod-selector', '--timeout', '--grace-period', '--skip-wait-for-delete-timeout'])

/** Reads `drain NODE …`, `cordon NODE` and `uncordon NODE`. Source: kubectl reference, drain. */
export function kubectlCommand(args: readonly string[]): KubectlCommand {
  const [verb, ...rest] = args
  const { flags, words } = split(rest)
  const node = words[0]
  if (node === undefined) return { kind: 'Unknown', message: `error: USAGE: ${verb ?? 'kubectl'} NODE [flags]` }
  if (verb === 'cordon') return { kind: 'Cordon', node }
  if (verb === 'uncordon') return { kind: 'Uncordon', node }
  if (verb !== 'drain') return { kind: 'Unknown', message: `error: unknown command "${verb ?? ''}" for "kubectl"` }
  const unknown = [...flags.keys()].find((flag) => switches[flag] === undefined && !withValue.has(flag))
  if (unknown !== undefined) return { kind: 'Unknown', message: `error: unknown flag: ${unknown}` }
  const podSelector = flags.get('--pod-selector')
  return { kind: 'Drain', node, policy: policyOf(flags), ...(podSelector === undefined ? {} : { podSelector }) }
}

function policyOf(flags: ReadonlyMap<string, string>): DrainPolicy {
  const isOn = (field: keyof DrainPolicy) => Object.entries(switches).some(([flag, of]) => of === field && flags.get(flag) === 'true')
  const nanoseconds = parseGoDuration(flags.get('--timeout') ?? '0') ?? 0
  const graceSeconds = Number(flags.get('--grace-period') ?? -1)
  return {
    force: isOn('force'),
    ignoreDaemonSets: isOn('ignoreDaemonSets'),
    deleteEmptyDirData: isOn('deleteEmptyDirData'),
    disableEviction: isOn('disableEviction'),
    skipWaitForDeleteTimeoutSeconds: Number(flags.get('--skip-wait-for-delete-timeout') ?? 0) || 0,
    ...(nanoseconds > 0 ? { timeoutMs: nanoseconds / 1e6 } : {}),
    ...(graceSeconds >= 0 ? { gracePeriodSeconds: graceSeconds } : {}),
  }
}

function split(args: readonly string[]): { flags: Map<string, string>; words: string[] } {
  const flags = new Map<string, string>()
  const words: string[] = []
  for (let i = 0; i < args.length; i += 1) {
    const [flag = '', value] = (args[i] ?? '').split(/=(.*)/s, 2)
    if (!flag.startsWith('--')) words.push(args[i] ?? '')
    else if (value !== undefined) flags.set(flag, value)
    else if (withValue.has(flag)) flags.set(flag, args[++i] ?? '')
    else flags.set(flag, 'true')
  }
  return { flags, words }
}
