import { OpenApiDocuments, type OpenApiSource } from './open-api-documents.ts'
import type { Describe } from './open-api-schema.ts'
import { openApiV2Message, openApiV2Protobuf } from './protobuf/open-api-v2-message.ts'

export interface OpenApiAnswer {
  readonly contentType: string
  readonly body: string | Uint8Array
  /** The address names the content: it may be kept for ever. */
  readonly isImmutable: boolean
}

/** The first minor that has OpenAPI 3 by default. Source: KEP-2896. */
const firstWithVersion3 = 24

/** Answers `/openapi/v2` and `/openapi/v3…`, each document made once for as long as the resources stay the same. */
export class OpenApiAnswers {
  readonly #describe: Describe | undefined
  #types: readonly unknown[] = []
  #gitVersion = ''
  #made = new Map<string, OpenApiAnswer>()

  constructor(describe?: Describe) {
    this.#describe = describe
  }

  /** Undefined for a path that is none of OpenAPI, or where nothing is served. */
  answer(source: OpenApiSource, path: string, accept = ''): OpenApiAnswer | undefined {
    if (!path.startsWith('/openapi/')) return undefined
    this.#forget(source)
    const key = path === '/openapi/v2' && wantsProtobuf(accept) ? openApiV2Protobuf : path.replace(/\/$/, '')
    const made = this.#made.get(key) ?? this.#make(source, key)
    // anybody may ask for any path: only what is there is kept
    if (made !== undefined) this.#made.set(key, made)
    return made
  }

  #forget({ types, gitVersion }: OpenApiSource): void {
    const same =
      gitVersion === this.#gitVersion && types.length === this.#types.length && types.every((type, at) => type === this.#types[at])
    if (same) return
    this.#types = types
    this.#gitVersion = gitVersion
    this.#made = new Map()
  }

  #make(source: OpenApiSource, key: string): OpenApiAnswer | undefined {
    const documents = new OpenApiDocuments(source, this.#describe)
    if (key === openApiV2Protobuf) {
      return { contentType: openApiV2Protobuf, body: openApiV2Message(documents.version2()), isImmutable: false }
    }
    if (key === '/openapi/v2') return json(documents.version2(), false)
    if (source.minor < firstWithVersion3) return undefined
    if (key === '/openapi/v3') return json(documents.version3Root(), false)
    const document = key.startsWith('/openapi/v3/') ? documents.version3(key.slice('/openapi/v3/'.length)) : undefined
    return document && json(document, true)
  }
}

function json(document: unknown, isImmutable: boolean): OpenApiAnswer {
  return { contentType: 'application/json', body: JSON.stringify(document), isImmutable }
}

/** Old clients write `v2@v1.0`, which is no media type; newer ones `v2.v1.0`. */
function wantsProtobuf(accept: string): boolean {
  return /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/.test(accept)
}
