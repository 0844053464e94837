/**
 * A number of pods given as a number or as a percentage of `total`; 0 when it is neither.
 * Source: Kubernetes, apimachinery intstr.GetScaledValueFromIntOrPercent.
 */
export function scaledValue(value: number | string | undefined, total: number, round: 'Up' | 'Down'): number {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value ?? '')?.[1]
  if (percent === undefined) return 0
  const share = (Number(percent) * total) / 100
  return round === 'Up' ? Math.ceil(share) : Math.floor(share)
}
