import type { Taint, Toleration } from 'kubernetes-types/core/v1.js'

/** The first taint that no toleration covers. */
export function untoleratedTaint(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  return taints.find((taint) => !toleratesTaint(tolerations, taint))
}

/** Whether a pod puts up with a taint. Source: Kubernetes docs, Taints and Tolerations; KEP-5471 for Lt and Gt. */
export function toleratesTaint(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ effect, key, operator, value = '' }) => {
    if ((effect ?? '') !== '' && effect !== taint.effect) return false
    if ((key ?? '') !== '' && key !== taint.key) return false
    switch (operator ?? '') {
      case '':
      case 'Equal':
        return value === (taint.value ?? '')
      case 'Exists':
        return true
      case 'Lt':
        return compares(taint.value, value, (a, b) => a < b)
      case 'Gt':
        return compares(taint.value, value, (a, b) => a > b)
      default:
        return false
    }
  })
}

function compares(taint: string | undefined, toleration: string, holds: (a: number, b: number) => boolean): boolean {
  const integer = /^-?\d+$/
  return integer.test(taint ?? '') && integer.test(toleration) && holds(Number(taint), Number(toleration))
}
