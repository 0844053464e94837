import { differenceOf, type FieldSet, leaf } from '../fields/field-set.ts'

/** What nobody owns, because the server sets it or it says which object this is. Source: kube-apiserver, field management. */
const serverFields: FieldSet = {
  'f:apiVersion': leaf,
  'f:kind': leaf,
  'f:metadata': {
    '.': leaf,
    'f:name': leaf,
    'f:namespace': leaf,
    'f:creationTimestamp': leaf,
    'f:selfLink': leaf,
    'f:uid': leaf,
    'f:clusterName': leaf,
    'f:generation': leaf,
    'f:managedFields': leaf,
    'f:resourceVersion': leaf,
  },
}

/** The fields of a set that somebody can own. */
export function ownable(set: FieldSet): FieldSet {
  return differenceOf(set, serverFields)
}
