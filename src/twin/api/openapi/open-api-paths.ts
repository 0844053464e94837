import { kindType } from '../../schema/fields/kind-types.ts'
import { verbsOf } from '../discovery/plain-discovery.ts'
import type { ResourceType } from '../resource-type.ts'
import { customDefinitionName, definitionName, scalarNames } from './definition-name.ts'
import { type Dialect, kindExtension, type OpenApiSchema } from './open-api-schema.ts'

/** A resource in one version, and the minor it is described for. */
export interface DescribedResource {
  readonly type: ResourceType
  readonly version: string
  readonly minor: number
}

/** Name of the definition of a resource's kind. */
export function kindDefinitionName({ type, version }: Pick<DescribedResource, 'type' | 'version'>): string {
  const struct = type.custom === undefined ? kindType(type.group, version, type.kind) : undefined
  return struct === undefined ? customDefinitionName(type.group, version, type.kind) : definitionName(struct)
}

/** The paths of a resource with their operations: what clients look for in them, not everything that could be said. */
export function pathsOf(resource: DescribedResource, dialect: Dialect): Readonly<Record<string, OpenApiSchema>> {
  const { type, version } = resource
  const root = type.group === '' ? `/api/${version}` : `/apis/${type.group}/${version}`
  const collection = `${root}${type.namespaced ? '/namespaces/{namespace}' : ''}/${type.plural}`
  const item = `${collection}/{name}`
  const verbs = new Set(verbsOf(type))
  const paths: Record<string, OpenApiSchema> = {
    [collection]: operations(resource, dialect, collectionMethods, verbs),
    ...(verbs.has('get') ? { [item]: operations(resource, dialect, itemMethods, verbs) } : {}),
  }
  if (type.subresources.includes('status')) paths[`${item}/status`] = operations(resource, dialect, statusMethods, verbs)
  return paths
}

const collectionMethods = { get: 'list', post: 'create', delete: 'deletecollection' } as const
const itemMethods = { get: 'get', put: 'update', patch: 'patch', delete: 'delete' } as const
const statusMethods = { get: 'get', put: 'update', patch: 'patch' } as const

/** `x-kubernetes-action` by verb. */
const actions: Readonly<Record<string, string>> = { create: 'post', update: 'put' }

function operations(
  resource: DescribedResource,
  dialect: Dialect,
  methods: Readonly<Record<string, string>>,
  verbs: ReadonlySet<string>,
): OpenApiSchema {
  const { type, version } = resource
  const served = Object.entries(methods).filter(([, verb]) => verbs.has(verb))
  const kind = { group: type.group, kind: type.kind, version }
  return Object.fromEntries(
    served.map(([method, verb]) => [
      method,
      {
        operationId: `${verb}${type.kind}`,
        parameters: [...bodyParameter(resource, verb, dialect), ...queryParameters(verb, resource.minor, dialect)],
        ...requestBody(resource, verb, dialect),
        responses: { 200: answer(resource, dialect), 401: { description: 'Unauthorized' } },
        'x-kubernetes-action': actions[verb] ?? verb,
        [kindExtension]: kind,
      },
    ]),
  )
}

const strategicPatch = 'application/strategic-merge-patch+json'
const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', strategicPatch, 'application/apply-patch+yaml']
/** From 1.27 on kubectl sends the patch that it finds here. */
const customPatchTypes = patchTypes.filter((type) => type !== strategicPatch)

function bodyTypes({ type }: DescribedResource, verb: string): readonly string[] {
  if (verb !== 'patch') return ['application/json', 'application/yaml']
  return type.custom === undefined ? patchTypes : customPatchTypes
}

function bodySchema(resource: DescribedResource, verb: string, { refPrefix }: Dialect): OpenApiSchema | undefined {
  if (verb === 'patch') return { $ref: refPrefix + scalarNames.patch }
  return verb === 'create' || verb === 'update' ? { $ref: refPrefix + kindDefinitionName(resource) } : undefined
}

function bodyParameter(resource: DescribedResource, verb: string, dialect: Dialect): readonly OpenApiSchema[] {
  const schema = bodySchema(resource, verb, dialect)
  return dialect.version === 2 && schema !== undefined ? [{ name: 'body', in: 'body', required: true, schema }] : []
}

function requestBody(resource: DescribedResource, verb: string, dialect: Dialect): OpenApiSchema {
  const schema = bodySchema(resource, verb, dialect)
  if (schema === undefined) return {}
  const types = bodyTypes(resource, verb)
  if (dialect.version === 2) return { consumes: types }
  return { requestBody: { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) } }
}

function answer(resource: DescribedResource, { version, refPrefix }: Dialect): OpenApiSchema {
  const schema = { $ref: refPrefix + kindDefinitionName(resource) }
  return version === 2 ? { description: 'OK', schema } : { description: 'OK', content: { 'application/json': { schema } } }
}

/** Parameters by which clients know what the server can do. Source: kubectl, query parameter verifier. */
function queryParameters(verb: string, minor: number, { version }: Dialect): readonly OpenApiSchema[] {
  const parameter = (name: string, type = 'string') => ({
    name,
    in: 'query',
    ...(version === 2 ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }),
  })
  const writes = ['create', 'update', 'patch'].includes(verb)
  return [
    ...(writes || verb.startsWith('delete') ? [parameter('dryRun')] : []),
    ...(writes ? [parameter('fieldManager')] : []),
    ...(writes && minor >= 25 ? [parameter('fieldValidation')] : []),
    ...(verb === 'patch' ? [parameter('force', 'boolean')] : []),
  ]
}
