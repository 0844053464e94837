import type { ObjectStore } from '../../store/object-store.ts'
import type { AdmissionStep } from '../admission.ts'
import { storedAs } from '../resource-type.ts'
import { StatusError } from '../status-error.ts'
import { definitionResource } from './definition-controller.ts'

/** Refuses new objects of a kind whose definition is going. Source: Kubernetes, apiextensions-apiserver crdHandler. */
export function definitionLifecycle(store: ObjectStore): AdmissionStep {
  return {
    name: 'CustomResourceDefinitionLifecycle',
    concerns: ({ operation, type }) => operation === 'CREATE' && type.custom !== undefined,
    mutate({ operation, type, object }) {
      if (operation !== 'CREATE' || type.custom === undefined) return object
      const definition = store.get(definitionResource, undefined, storedAs(type))
      if (definition?.metadata.deletionTimestamp === undefined) return object
      throw new StatusError(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating')
    },
  }
}
