import { z } from 'zod'
import { compileSelector } from '../kubernetes/label-selector.ts'
import type { StringMap } from '../kubernetes/object-meta.ts'
import type { PodFacts } from '../kubernetes/pod-facts.ts'
import { StrictSelector } from '../kubernetes/strict-selector.ts'

/** What a drain does with a class of pods. */
export const DrainRuleSpec = z
  .strictObject({
    selector: StrictSelector.describe('Pods that the rule is for, by their labels; an empty selector is for all.'),
    namespaceSelector: StrictSelector.describe(
      'Only those of namespaces with these labels; of all namespaces when left out.',
    ).exactOptional(),
    order: z
      .enum(['First', 'Last'])
      .describe('First: the other pods of the node wait until these are gone. Last: these wait until all others are gone.')
      .exactOptional(),
    behaviour: z
      .enum(['Evict', 'Skip', 'WaitCompleted', 'Delete'])
      .describe(
        'Evict: as any pod; when left out. Skip: left on the node. WaitCompleted: waited for until it has ended by itself. Delete: deleted instead of evicted, also where nobody creates it again.',
      )
      .exactOptional(),
  })
  .describe('A rule for a class of pods; of several that select a pod the first counts.')
export type DrainRuleSpec = z.infer<typeof DrainRuleSpec>

/** The rule of a pod, with everything said. */
export interface DrainRule {
  /** Field of the spec, for messages. */
  readonly field: string
  readonly order: 'First' | 'Last' | 'Between'
  readonly behaviour: 'Evict' | 'Skip' | 'WaitCompleted' | 'Delete'
}

/** Undefined: no rule selects the pod. */
export type DrainRuleLookup = (pod: Pick<PodFacts, 'namespace' | 'labels'>) => DrainRule | undefined

/** Labels of namespaces by their name; those of a namespace that is gone are not known. */
export interface NamespaceLabels {
  get(namespace: string): StringMap | undefined
}

/** Whether rules can be judged only by who knows the labels of namespaces. */
export function needsNamespaces(rules: readonly DrainRuleSpec[]): boolean {
  return rules.some(({ namespaceSelector }) => namespaceSelector !== undefined)
}

/** Compiles rules once for many pods: the first that selects a pod is its own. `field` is that of the list of rules. */
export function drainRules(rules: readonly DrainRuleSpec[], namespaces: NamespaceLabels, field: string): DrainRuleLookup {
  const compiled = rules.map((rule, index) => ({
    rule: { field: `${field}[${index}]`, order: rule.order ?? 'Between', behaviour: rule.behaviour ?? 'Evict' } satisfies DrainRule,
    matches: compileSelector(rule.selector),
    matchesNamespace: rule.namespaceSelector === undefined ? undefined : compileSelector(rule.namespaceSelector),
  }))
  return ({ namespace, labels }) =>
    compiled.find(
      ({ matches, matchesNamespace }) =>
        matches(labels) && (matchesNamespace === undefined || matchesNamespace(namespaces.get(namespace) ?? {})),
    )?.rule
}
