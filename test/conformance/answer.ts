/** What a server has answered. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown
}

/** An object of the API as far as cases look into it. */
export interface SomeObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly ownerReferences?: readonly { readonly name: string; readonly kind: string }[]
    readonly generation?: number
    readonly continue?: string
  }
  // biome-ignore lint/suspicious/noExplicitAny: cases look wherever they like
  readonly spec: any
  // biome-ignore lint/suspicious/noExplicitAny: cases look wherever they like
  readonly status: any
  readonly items: readonly SomeObject[]
}

/** The body as an object. */
export function objectOf(answer: Answer): SomeObject {
  return answer.body as SomeObject
}
