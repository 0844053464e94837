/** The label of a Plan on its nodes (the hash they were upgraded for, or `disabled`) and on its Jobs (the hash they upgrade for). */
export function planLabel(planName: string): string {
  return `plan.upgrade.cattle.io/${planName}`
}
