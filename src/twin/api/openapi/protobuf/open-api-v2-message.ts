import { kindExtension, type OpenApiSchema } from '../open-api-schema.ts'
import { ProtoWriter } from './proto-writer.ts'

/** The media type of the answer. Older servers and clients write `v2@v1.0`, which no parser takes. Source: kube-openapi, handler. */
export const openApiV2Protobuf = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/**
 * The document of OpenAPI 2 as the message `openapi.v2.Document`, with what kubectl reads of it: definitions, and of the paths their PATCH.
 * Source: gnostic, OpenAPIv2.proto.
 */
export function openApiV2Message(document: OpenApiSchema): Uint8Array {
  const info = document.info as OpenApiSchema
  const definitions = new ProtoWriter()
  for (const [name, schema] of entries(document.definitions)) definitions.message(1, namedSchema(name, schema))
  const paths = new ProtoWriter()
  for (const [name, item] of entries(document.paths)) paths.message(2, new ProtoWriter().text(1, name).message(2, pathItem(item)))
  return new ProtoWriter()
    .text(1, document.swagger)
    .message(2, new ProtoWriter().text(1, info.title).text(2, info.version))
    .message(8, paths)
    .message(9, definitions)
    .finish()
}

function namedSchema(name: string, schema: OpenApiSchema): ProtoWriter {
  return new ProtoWriter().text(1, name).message(2, schemaMessage(schema))
}

function schemaMessage(schema: OpenApiSchema): ProtoWriter {
  const writer = new ProtoWriter()
    .text(1, schema.$ref)
    .text(2, schema.format)
    .text(3, schema.title)
    .text(4, schema.description)
    .message(5, schema.default === undefined ? undefined : yamlValue(schema.default))
    .text(13, schema.pattern)
    .texts(19, schema.required)
  const { additionalProperties, type, items, properties } = schema
  if (isSchema(additionalProperties)) writer.message(21, new ProtoWriter().message(1, schemaMessage(additionalProperties)))
  if (typeof type === 'string') writer.message(22, new ProtoWriter().text(1, type))
  if (isSchema(items)) writer.message(23, new ProtoWriter().message(1, schemaMessage(items)))
  if (isSchema(properties)) {
    const fields = new ProtoWriter()
    for (const [name, field] of entries(properties)) fields.message(1, namedSchema(name, field))
    writer.message(25, fields)
  }
  for (const [name, value] of Object.entries(schema)) if (name.startsWith('x-')) writer.message(31, extension(name, value))
  return writer
}

function pathItem(item: OpenApiSchema): ProtoWriter {
  const { patch } = item
  return isSchema(patch) ? new ProtoWriter().message(8, operation(patch)) : new ProtoWriter()
}

function operation(patch: OpenApiSchema): ProtoWriter {
  const writer = new ProtoWriter().text(5, patch.operationId)
  for (const parameter of (patch.parameters ?? []) as readonly OpenApiSchema[]) {
    if (parameter.in !== 'query') continue
    const query = new ProtoWriter().text(2, parameter.in).text(4, parameter.name).text(6, parameter.type)
    const nonBody = new ProtoWriter().message(3, query)
    writer.message(8, new ProtoWriter().message(1, new ProtoWriter().message(2, nonBody)))
  }
  return writer.message(13, extension(kindExtension, patch[kindExtension]))
}

function extension(name: string, value: unknown): ProtoWriter {
  return new ProtoWriter().text(1, name).message(2, yamlValue(value))
}

/** A value of any kind is carried as YAML, of which JSON is a part. */
function yamlValue(value: unknown): ProtoWriter {
  return new ProtoWriter().text(2, `${JSON.stringify(value)}\n`)
}

function entries(value: unknown): readonly [string, OpenApiSchema][] {
  return Object.entries((value ?? {}) as Readonly<Record<string, OpenApiSchema>>)
}

function isSchema(value: unknown): value is OpenApiSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
