import type { DrainPolicy } from '../../drain/drain-policy.ts'
import { type DrainRuleLookup, drainRules, type NamespaceLabels, needsNamespaces } from '../../drain/drain-rule.ts'
import type { UpgradeSettings } from '../api/upgrade-settings.ts'
import type { RunContext } from './node-turn.ts'

/** Where no rule asks for them, labels of namespaces are not needed. */
const noNamespaces: NamespaceLabels = { get: () => undefined }

/** Whether rules cannot be judged yet. */
export function lacksNamespaces({ settings, facts }: Pick<RunContext, 'settings' | 'facts'>): boolean {
  return needsNamespaces(settings.drain.rules) && facts.namespaces === undefined
}

/** The policy of a node's drain. With Force, budgets hold until the drain has taken its time; a rule that deletes does not wait for that. */
export function nodeDrainPolicy({ settings, facts, nowMs }: RunContext, startedAtMs: number): DrainPolicy {
  const { timeoutMs, whenBlocked, gracePeriodSeconds } = settings.drain
  const isForced = whenBlocked === 'Force' && nowMs >= startedAtMs + timeoutMs
  const basic = basicDrainPolicy(settings.drain, facts.namespaces)
  return {
    ...basic,
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(isForced ? {} : { timeoutMs }),
    force: basic.force || isForced,
    disableEviction: isForced,
  }
}

/** What a drain does with which pod, whatever the time. */
export function basicDrainPolicy(drain: UpgradeSettings['drain'], namespaces: NamespaceLabels | undefined): DrainPolicy {
  const ruleOf = ruleLookup(drain, namespaces)
  return {
    force: drain.force,
    ignoreDaemonSets: true,
    deleteEmptyDirData: drain.deleteEmptyDirData,
    disableEviction: false,
    mayDeletePastBudgets: drain.whenBlocked === 'Force',
    skipWaitForDeleteTimeoutSeconds: 0,
    ...(ruleOf === undefined ? {} : { ruleOf }),
  }
}

function ruleLookup({ rules }: UpgradeSettings['drain'], namespaces: NamespaceLabels | undefined): DrainRuleLookup | undefined {
  return rules.length === 0 ? undefined : drainRules(rules, namespaces ?? noNamespaces, 'spec.drain.rules')
}
