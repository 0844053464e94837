/** An image name taken apart. Docker Hub is `docker.io`, whose official images live below `library/`. */
interface ImageReference {
  readonly domain: string
  readonly path: string
  readonly tag?: string
  readonly digest?: string
}

const alphaNumeric = '[a-z0-9]+'
const pathComponent = `${alphaNumeric}(?:(?:[._]|__|-+)${alphaNumeric})*`
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const tag = '\\w[\\w.-]{0,127}'
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const reference = new RegExp(`^(${domain})/(${pathComponent}(?:/${pathComponent})*)(?::(${tag}))?(?:@(${digest}))?$`)
const wholeTag = new RegExp(`^${tag}$`)
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 }

/** An image with the Plan's version as its tag, and why it was left as it stands when it could not be read. */
export interface TaggedImage {
  readonly image: string
  readonly problem?: string
}

/**
 * Puts the Plan's version behind an image that has neither tag nor digest, in the short form that Docker shows (`docker.io/`, `library/` dropped).
 * Any other image, also one that cannot be read, stays as it is written.
 * Source: system-upgrade-controller v0.20; grammar of distribution/reference.
 */
export function taggedImage(image: string, version: string): TaggedImage {
  const parsed = parseImage(image)
  if (typeof parsed === 'string') return { image, problem: `image ${JSON.stringify(image)} ${parsed}, so no tag was added` }
  if (parsed.tag !== undefined || parsed.digest !== undefined) return { image }
  if (!wholeTag.test(version)) {
    return { image, problem: `version ${JSON.stringify(version)} cannot be a tag of image ${JSON.stringify(image)}, so no tag was added` }
  }
  return { image: `${shortForm(parsed)}:${version}` }
}

/** The parts of an image name, or what is wrong with it. */
function parseImage(image: string): ImageReference | string {
  if (image === '') return 'is empty'
  if (/^[a-f0-9]{64}$/.test(image)) return 'is the ID of an image, not a name'
  const { domain, rest } = splitDomain(image)
  const name = rest.split(':', 1)[0] ?? ''
  if (name !== name.toLowerCase()) return 'has capital letters in its name'
  const match = reference.exec(`${domain}/${rest}`)
  if (match === null) return 'is no valid image name'
  const [, host = '', path = '', tag, digest] = match
  if (host.length + 1 + path.length > 255) return 'has a name of more than 255 characters'
  const badDigest = digest === undefined ? undefined : digestProblem(digest)
  if (badDigest !== undefined) return badDigest
  return { domain: host, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/** The first part is a registry when it has a dot, a port or a capital, or is `localhost`; otherwise the image is of Docker Hub. */
function splitDomain(image: string): { domain: string; rest: string } {
  const slash = image.indexOf('/')
  const first = slash === -1 ? '' : image.slice(0, slash)
  const isDomain = first.includes('.') || first.includes(':') || first === 'localhost' || first !== first.toLowerCase()
  const domain = !isDomain || first === 'index.docker.io' ? 'docker.io' : first
  const rest = isDomain ? image.slice(slash + 1) : image
  return { domain, rest: domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest }
}

function digestProblem(digest: string): string | undefined {
  const [algorithm = '', hex = ''] = digest.split(':')
  const length = digestLengths[algorithm]
  if (length === undefined) return `has a digest of an unknown algorithm ${algorithm}`
  return hex.length === length && hex === hex.toLowerCase() ? undefined : `has a digest that is not ${length} lower-case hex digits long`
}

function shortForm({ domain, path }: ImageReference): string {
  if (domain !== 'docker.io') return `${domain}/${path}`
  const parts = path.split('/')
  return parts.length === 2 && parts[0] === 'library' ? (parts[1] ?? path) : path
}
