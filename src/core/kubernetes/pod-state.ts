/** The parts of `status` of a Pod that say how it is. */
export interface PodState {
  readonly phase?: string
  readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] | null
}

/** Whether its containers have ended and are not started again. Source: Kubernetes, Pod Lifecycle, Pod phase. */
export function isPodFinished(state: PodState | undefined): boolean {
  return state?.phase === 'Succeeded' || state?.phase === 'Failed'
}

/** Whether it says that it is ready. Source: Kubernetes, Pod Lifecycle, Pod conditions. */
export function isPodReady(state: PodState | undefined): boolean {
  return state?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}
