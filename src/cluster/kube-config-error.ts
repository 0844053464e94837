import { FalkirkError } from '../core/falkirk-error.ts'

/** Where in which kubeconfig something is wrong. */
export interface KubeConfigPlace {
  readonly file: string
  readonly context?: string
  /** `cluster "a"` or `user "b"`. */
  readonly entry?: string
  readonly field?: string
}

/** FK_KUBECONFIG in one sentence: file, context, entry and field, then what is wrong with it. */
export function kubeConfigError(place: KubeConfigPlace, problem: string, cause?: unknown): FalkirkError {
  const { file, context, entry, field } = place
  const parts = [
    `kubeconfig ${file}`,
    ...(context === undefined ? [] : [`context ${JSON.stringify(context)}`]),
    ...(entry === undefined ? [] : [entry]),
    ...(field === undefined || field === '' ? [] : [`field ${field}`]),
    problem,
  ]
  return new FalkirkError('FK_KUBECONFIG', parts.join(': '), { cause })
}
