import { changeField, changeItems, type Fields, fieldsOf, fill } from './json-fields.ts'

const mode0644 = 420

/** A volume with what the API server fills in; one without a source becomes an emptyDir. Source: Kubernetes API reference, Volume. */
export function volumeDefaults(volume: Fields): Fields {
  const sources = Object.keys(volume).filter((field) => field !== 'name' && fieldsOf(volume[field]) !== undefined)
  if (sources.length === 0) return { ...volume, emptyDir: {} }
  return sources.reduce((filled, source) => changeField(filled, source, (fields) => sourceDefaults(source, fields)), volume)
}

function sourceDefaults(source: string, fields: Fields): Fields {
  switch (source) {
    case 'hostPath':
      return fill(fields, { type: '' })
    case 'configMap':
    case 'secret':
      return fill(fields, { defaultMode: mode0644 })
    case 'downwardAPI':
      return downwardDefaults(fill(fields, { defaultMode: mode0644 }))
    case 'projected':
      return changeItems(fill(fields, { defaultMode: mode0644 }), 'sources', projectionDefaults)
    case 'iscsi':
      return fill(fields, { iscsiInterface: 'default' })
    case 'rbd':
      return fill(fields, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })
    case 'azureDisk':
      return fill(fields, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false })
    case 'scaleIO':
      return fill(fields, { storageMode: 'ThinProvisioned', fsType: 'xfs' })
    case 'ephemeral':
      return changeField(fields, 'volumeClaimTemplate', (template) => changeField(template, 'spec', claimSpecDefaults))
    default:
      return fields
  }
}

function projectionDefaults(projection: Fields): Fields {
  const withToken = changeField(projection, 'serviceAccountToken', (token) => fill(token, { expirationSeconds: 3600 }))
  return changeField(withToken, 'downwardAPI', downwardDefaults)
}

function downwardDefaults(fields: Fields): Fields {
  return changeItems(fields, 'items', (item) => {
    const withField = changeField(item, 'fieldRef', fieldRefDefaults)
    return changeField(withField, 'resourceFieldRef', resourceFieldDefaults)
  })
}

/** `fieldRef` names fields of v1 objects unless told otherwise. */
export function fieldRefDefaults(reference: Fields): Fields {
  return fill(reference, { apiVersion: 'v1' })
}

/** The divisor "0" stands for one. */
export function resourceFieldDefaults(reference: Fields): Fields {
  return fill(reference, { divisor: '0' })
}

/** The spec of a PersistentVolumeClaim, also as a template. */
export function claimSpecDefaults(spec: Fields): Fields {
  return fill(spec, { volumeMode: 'Filesystem' })
}
