import { StatusError } from '../status-error.ts'

/** In which form a client wants what it gets. */
export interface AnswerForm {
  readonly as: 'Json' | 'Yaml'
  /** Something else made of the objects, and its group version: `meta.k8s.io/v1`. */
  readonly shape?: { readonly kind: Shape; readonly apiVersion: string }
}

export type Shape = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'

interface MediaRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

const shapes: ReadonlySet<string> = new Set<Shape>(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'])

/** The first of what `Accept` offers that can be given; JSON where it says nothing. Throws 406. Source: Kubernetes API concepts, Alternate representations. */
export function answerForm(accept: string | undefined): AnswerForm {
  if (accept === undefined || accept.trim() === '') return { as: 'Json' }
  for (const range of mediaRanges(accept)) {
    const form = formOf(range)
    if (form !== undefined) return form
  }
  throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: application/json, application/yaml`)
}

const routed: ReadonlySet<string> = new Set(['*/*', 'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])

/** From then on the router says what there is. Source: go-restful v3, which Kubernetes v1.25 took up. */
const routerListsSince = 25

/**
 * Paths of built-in kinds are found by a router that looks at the types alone, before anything else does. Throws 406.
 * Source: go-restful, Route.matchesAccept.
 */
export function checkRouted(accept: string | undefined, minor: number): void {
  if (accept === undefined || accept === '') return
  if (accept.split(',').some((range) => routed.has((range.split(';', 1)[0] ?? '').trim()))) return
  const list = minor < routerListsSince ? '' : '\n\nAvailable representations: application/json, application/yaml'
  throw new StatusError(406, 'NotAcceptable', `406: Not Acceptable${list}`, {})
}

function formOf({ type, parameters }: MediaRange): AnswerForm | undefined {
  const as = encodingOf(type)
  if (as === undefined) return undefined
  const kind = parameters.get('as')
  if (kind === undefined) return { as }
  const [group, version] = [parameters.get('g'), parameters.get('v')]
  if (!shapes.has(kind) || group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  return { as, shape: { kind: kind as Shape, apiVersion: `${group}/${version}` } }
}

function encodingOf(type: string): AnswerForm['as'] | undefined {
  switch (type) {
    case 'application/json':
    case 'application/*':
    case '*/*':
      return 'Json'
    case 'application/yaml':
      return 'Yaml'
    default:
      return undefined
  }
}

/** Best first. */
function mediaRanges(header: string): readonly MediaRange[] {
  const ranges = header.split(',').map((part): MediaRange => {
    const [type = '', ...rest] = part.split(';').map((text) => text.trim())
    const parameters = new Map(rest.map((text) => text.split('=', 2) as [string, string]))
    return { type: type.toLowerCase(), parameters, quality: Number(parameters.get('q') ?? 1) || 0 }
  })
  return ranges.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality)
}

/** The media type of a body without its parameters; JSON where nothing is said. */
export function bodyType(contentType: string | undefined): string {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return type === '' ? 'application/json' : type
}
