import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { versionsServed } from '../../schema/types/resource-types.ts'
import { apiVersionOf } from '../resource-catalog.ts'
import type { ResourceType } from '../resource-type.ts'
import { OpenApiDefinitions } from './open-api-definitions.ts'
import { type DescribedResource, pathsOf } from './open-api-paths.ts'
import { type Describe, type Dialect, type OpenApiSchema, openApi2, openApi3 } from './open-api-schema.ts'

/** What the documents are made of. */
export interface OpenApiSource {
  readonly types: readonly ResourceType[]
  readonly minor: number
  /** As `/version` says it: `v1.20.2`. */
  readonly gitVersion: string
}

/** The OpenAPI documents of a server. Each is made anew with every call: keep what is used again. */
export class OpenApiDocuments {
  readonly #source: OpenApiSource
  readonly #definitions: OpenApiDefinitions

  constructor(source: OpenApiSource, describe?: Describe) {
    this.#source = source
    this.#definitions = new OpenApiDefinitions(source.minor, describe)
  }

  /** `/openapi/v2`: everything in one. */
  version2(): OpenApiSchema {
    const resources = this.#resources()
    return {
      swagger: '2.0',
      info: this.#info(),
      paths: mergedPaths(resources, openApi2),
      definitions: this.#definitions.of(resources, openApi2),
    }
  }

  /** `/openapi/v3`: where the document of each group and version is; a changed document has another address. */
  version3Root(): OpenApiSchema {
    const keys = [...new Set(this.#resources().map(pathKey))]
    const paths = keys.map((key) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${this.#hash(key)}` }])
    return { paths: Object.fromEntries(paths) }
  }

  /** `/openapi/v3/apis/apps/v1`, by its path below the root; undefined where that is not served. */
  version3(key: string): OpenApiSchema | undefined {
    const resources = this.#resources().filter((resource) => pathKey(resource) === key)
    if (resources.length === 0) return undefined
    return {
      openapi: '3.0.0',
      info: this.#info(),
      paths: mergedPaths(resources, openApi3),
      components: { schemas: this.#definitions.of(resources, openApi3) },
    }
  }

  #resources(): readonly DescribedResource[] {
    const { types, minor } = this.#source
    return types.flatMap((type) => versionsServed(type, minor).map((version) => ({ type, version, minor })))
  }

  #info(): OpenApiSchema {
    return { title: 'Kubernetes', version: this.#source.gitVersion }
  }

  #hash(key: string): string {
    const resources = this.#resources().filter((resource) => pathKey(resource) === key)
    const custom = resources.map(({ type, version }) => [type.plural, type.custom?.[version]?.schema ?? null])
    return bytesToHex(sha256(utf8ToBytes(JSON.stringify([this.#source.gitVersion, key, custom])))).toUpperCase()
  }
}

function pathKey({ type, version }: DescribedResource): string {
  return type.group === '' ? `api/${version}` : `apis/${apiVersionOf(type.group, version)}`
}

function mergedPaths(resources: readonly DescribedResource[], dialect: Dialect): OpenApiSchema {
  return Object.assign({}, ...resources.map((resource) => pathsOf(resource, dialect)))
}
