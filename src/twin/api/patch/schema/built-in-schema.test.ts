import { describe, expect, it } from 'vitest'
import { type MergeSchema, plainSchema, schemaOfField, schemaOfItem } from '../merge-schema.ts'
import { BuiltInSchemas } from './built-in-schema.ts'

/** The schema at a path; `[]` steps into the items of a list. */
function at(schema: MergeSchema, path: string): MergeSchema {
  return path.split('.').reduce((found, field) => {
    const list = schemaOfField(found, field.replace('[]', ''))
    return field.endsWith('[]') ? schemaOfItem(list) : list
  }, schema)
}

const pods = 'spec.template.spec'

describe('BuiltInSchemas', () => {
  it.each([
    { of: ['', 'Pod'], path: 'spec.containers', applyKeys: ['name'], patchKey: 'name' },
    { of: ['', 'Pod'], path: 'spec.initContainers[].env', applyKeys: ['name'], patchKey: 'name' },
    { of: ['', 'Pod'], path: 'spec.ephemeralContainers[].volumeMounts', applyKeys: ['mountPath'], patchKey: 'mountPath' },
    { of: ['', 'Pod'], path: 'spec.containers[].volumeDevices', applyKeys: ['devicePath'], patchKey: 'devicePath' },
    { of: ['', 'Pod'], path: 'spec.topologySpreadConstraints', applyKeys: ['topologyKey', 'whenUnsatisfiable'], patchKey: 'topologyKey' },
    { of: ['', 'Pod'], path: 'spec.hostAliases', applyKeys: ['ip'], patchKey: 'ip' },
    { of: ['', 'Pod'], path: 'spec.imagePullSecrets', applyKeys: ['name'], patchKey: 'name' },
    { of: ['', 'Pod'], path: 'metadata.ownerReferences', applyKeys: ['uid'], patchKey: 'uid' },
    { of: ['', 'Service'], path: 'spec.ports', applyKeys: ['port', 'protocol'], patchKey: 'port' },
    { of: ['apps', 'StatefulSet'], path: `${pods}.volumes`, applyKeys: ['name'], patchKey: 'name' },
    { of: ['batch', 'CronJob'], path: `spec.jobTemplate.${pods}.containers`, applyKeys: ['name'], patchKey: 'name' },
    { of: ['batch', 'Job'], path: 'status.conditions', applyKeys: ['type'], patchKey: 'type' },
    { of: ['', 'Node'], path: 'status.addresses', applyKeys: ['type'], patchKey: 'type' },
    { of: ['certificates.k8s.io', 'CertificateSigningRequest'], path: 'status.conditions', applyKeys: ['type'], patchKey: undefined },
    { of: ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration'], path: 'webhooks', applyKeys: ['name'], patchKey: 'name' },
  ])('$of $path merges by $applyKeys', ({ of, path, applyKeys, patchKey }) => {
    const { list } = at(new BuiltInSchemas(20).schemaOf(of[0] ?? '', of[1] ?? ''), path)
    expect(list).toEqual({ applyKeys, ...(patchKey === undefined ? {} : { patchKey: { field: patchKey } }) })
  })

  it.each([
    { of: ['', 'Pod'], path: 'spec.containers[].ports', minor: 19, defaults: undefined },
    { of: ['', 'Pod'], path: 'spec.containers[].ports', minor: 20, defaults: { protocol: 'TCP' } },
    { of: ['', 'Service'], path: 'spec.ports', minor: 20, defaults: undefined },
    { of: ['', 'Service'], path: 'spec.ports', minor: 21, defaults: { protocol: 'TCP' } },
  ])('$of $path without a protocol: 1.$minor takes it for $defaults', ({ of, path, minor, defaults }) => {
    const { list } = at(new BuiltInSchemas(minor).schemaOf(of[0] ?? '', of[1] ?? ''), path)
    expect(list?.applyKeys).toContain('protocol')
    expect(list?.keyDefaults).toEqual(defaults)
  })

  it.each([
    ['', 'Pod', 'spec.tolerations'],
    ['', 'Pod', 'spec.containers[].args'],
    ['', 'Node', 'spec.taints'],
    ['rbac.authorization.k8s.io', 'Role', 'rules'],
  ])('%s %s %s is taken as one', (group, kind, path) => {
    expect(at(new BuiltInSchemas(20).schemaOf(group, kind), path)).toBe(plainSchema)
  })

  it.each([
    ['', 'Service', 'spec.selector'],
    ['', 'Pod', 'spec.nodeSelector'],
    ['', 'Pod', 'spec.containers[].env[].valueFrom.fieldRef'],
    ['rbac.authorization.k8s.io', 'RoleBinding', 'roleRef'],
  ])('%s %s %s is taken as one from 1.21 on', (group, kind, path) => {
    expect(at(new BuiltInSchemas(20).schemaOf(group, kind), path).atomic).toBeUndefined()
    expect(at(new BuiltInSchemas(21).schemaOf(group, kind), path).atomic).toBe(true)
  })

  it('a kind that the table does not name is an object with metadata', () => {
    const { fields = {} } = new BuiltInSchemas(20).schemaOf('example.com', 'Widget')
    expect(Object.keys(fields)).toEqual(['metadata'])
  })

  it('the same kind is the same schema', () => {
    const schemas = new BuiltInSchemas(20)
    expect(schemas.schemaOf('', 'Pod')).toBe(schemas.schemaOf('', 'Pod'))
  })
})
