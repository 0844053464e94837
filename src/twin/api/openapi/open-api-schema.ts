/** A schema in either version of OpenAPI. */
export type OpenApiSchema = Readonly<Record<string, unknown>>

/** Where the two versions differ. */
export interface Dialect {
  readonly version: 2 | 3
  /** Before the name of a definition in a reference. */
  readonly refPrefix: string
}

export const openApi2: Dialect = { version: 2, refPrefix: '#/definitions/' }
export const openApi3: Dialect = { version: 3, refPrefix: '#/components/schemas/' }

/** Names group, version and kind of what a schema or an operation is about. */
export const kindExtension = 'x-kubernetes-group-version-kind'

/** What is known of a struct or a field in words; undefined for what is not. */
export type Describe = (struct: string, field?: string) => string | undefined
