import { compareEtcd, type EtcdVersion, etcdText } from '../version/etcd-version.ts'
import type { EtcdMember } from './cluster.ts'
import { imageOf } from './image-tag.ts'

/** What a change of an image replaces, where, and by what. */
export interface ImageChange {
  readonly place: string
  /** The image as it stands there, or its tag alone. */
  readonly mark: string
  readonly newMark: string
  readonly newImage: string
}

/** What a registry is asked for on the way to a version: its tags cannot be listed, and one that is missing fails before anything is touched. */
const wayPointImages: readonly EtcdVersion[] = [
  [3, 4, 13],
  [3, 5, 26],
  [3, 6, 11],
]

/** Versions that members in containers may go by. */
export function imageVersions(to: EtcdVersion): readonly EtcdVersion[] {
  return [...wayPointImages.filter((version) => compareEtcd(version, to) < 0), to]
}

export function isInContainer({ seen }: Pick<EtcdMember, 'seen'>): boolean {
  return seen.facts.kind !== 'unit'
}

/**
 * What is to be edited on the host of a member in a container.
 * @throws RangeError where `imageProblems` has something to say
 */
export function imageChange(member: EtcdMember, version: EtcdVersion): ImageChange {
  const { image = '', mark = image, place } = member.seen.facts
  const [newMark, newImage] = [imageOf(mark, version), imageOf(image, version)]
  const [{ path } = { path: undefined }] = place.filter(({ times }) => times > 0)
  if (newMark === undefined || newImage === undefined || path === undefined) throw new RangeError(`${image} has been judged well`)
  return { place: path, mark, newMark, newImage }
}

/** Why the image of a member cannot be changed: a sentence with its fix. */
export function imageProblems(member: EtcdMember, version: EtcdVersion): readonly string[] {
  const { host, seen } = member
  const { image, mark = image, place, engine } = seen.facts
  if (image === undefined || mark === undefined) return [`${host} does not tell which image its etcd runs from: start it, and come again`]
  if (image.includes('@'))
    return [`${host} pins etcd to a digest (${image}): write it with a tag, such as ${tagged(image, version)}, and come again`]
  if (imageOf(image, version) === undefined)
    return [
      `${host} runs etcd from ${image}, whose tag Falkirk cannot write for ${etcdText(version)}: write one such as 3.5.26-0 or v3.5.26`,
    ]
  const found = place.filter(({ times }) => times > 0)
  const times = found.reduce((sum, each) => sum + each.times, 0)
  if (times !== 1) return [placeProblem(host, mark, place, found)]
  if (engine === undefined) return [`${host} has no crictl, ctr, docker, podman or nerdctl to pull ${image} with: install one`]
  return userProblem(member)
}

/** docker has one store for all who may ask it, the others one for each user. */
function userProblem({ host, seen: { facts } }: EtcdMember): readonly string[] {
  const { engine, engine_user: user = 'root', unit } = facts
  if (engine === 'docker' || user === 'root' || user === '0') return []
  return [
    `${host}: ${unit} starts ${engine} as ${user}, who has images of his own: let it run as root (without User=), or upgrade this member by hand`,
  ]
}

type Places = EtcdMember['seen']['facts']['place']

function placeProblem(host: string, mark: string, looked: Places, found: Places): string {
  if (found.length === 0) return `${host}: ${mark} stands in none of ${looked.map(({ path }) => path).join(', ')}: write it in one of them`
  const where = found.map(({ path, times }) => (times === 1 ? path : `${path} (${times} times)`)).join(' and ')
  return `${host}: ${mark} stands in ${where}: leave it in one place, once, and come again`
}

function tagged(image: string, version: EtcdVersion): string {
  const bare = image.replace(/@.*$/, '')
  const name = bare.replace(/:[^:/]*$/, '')
  return imageOf(bare, version) ?? `${name}:${name.includes('quay.io') ? 'v' : ''}${etcdText(version)}${name.includes('k8s') ? '-0' : ''}`
}
