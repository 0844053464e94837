import { statusAsWritten } from '../../api/as-written.ts'
import { sameJson } from '../../api/same-json.ts'
import type { KubeObject } from '../../kube-object.ts'
import type { TwinClient } from '../../twin-client.ts'
import { ownStatus } from '../own-status.ts'

/**
 * Writes the fields of a status that a controller has computed, beside what others wrote there; a field that is `undefined` is taken away.
 * Nothing is written when nothing is new. Returns the object as it then is; throws 404 when it is gone or another has its name.
 */
export async function writeStatus(client: TwinClient, resource: string, object: KubeObject, fields: object): Promise<KubeObject> {
  const { namespace, name, uid } = object.metadata
  const before = (object.status ?? {}) as object
  const next = (status: object) => statusAsWritten(present({ ...status, ...fields }), resource)
  if (sameJson(next(before), before)) return object
  return client.change(
    resource,
    { namespace, name },
    (current) => {
      if (current.metadata.uid !== uid) return current
      return { ...current, status: ownStatus(next((current.status ?? {}) as object)) }
    },
    'status',
  )
}

function present(status: object): object {
  const fields = status as Readonly<Record<string, unknown>>
  for (const field in fields) {
    if (fields[field] === undefined) return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined))
  }
  return status
}
