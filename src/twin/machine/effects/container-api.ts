import type { Pod } from 'kubernetes-types/core/v1'
import type { ApiTransport } from '../../../cluster/transport.ts'

/** The API server as the containers of a pod reach it: with the rights of the pod's service account, and no others. */
export type ContainerApi = (pod: Pod) => ApiTransport
