import type { Recipe } from '../recipe/recipe-step.ts'
import { stateFolder } from '../recipe/step-script.ts'
import { etcdText } from '../version/etcd-version.ts'
import type { EtcdCluster, EtcdMember } from './cluster.ts'
import { decideEtcdUpgrade, type EtcdAction, type EtcdWish } from './decide-upgrade.ts'
import { imageChange, isInContainer } from './image-change.ts'
import { imageOf } from './image-tag.ts'
import type { MemberChange } from './member-change.ts'
import { memberRecipe, packageSpecs } from './member-recipe.ts'

/** A command as it would be run, and where. */
export interface HostCommand {
  readonly host: string
  readonly command: string
}

export type Rehearsal =
  | { readonly kind: 'Commands'; readonly commands: readonly HostCommand[] }
  | { readonly kind: 'Refused'; readonly problems: readonly string[] }

/** More than any way from one version to another has. */
const mostActions = 500

/** What an upgrade would do, command by command, if every one succeeds: the same decisions on what the cluster would show. */
export function rehearseEtcdUpgrade(cluster: EtcdCluster, wish: EtcdWish): Rehearsal {
  const commands: HostCommand[] = []
  let world = { cluster, wish }
  for (let count = 0; count < mostActions; count += 1) {
    const action = decideEtcdUpgrade(world.cluster, world.wish)
    if (action.kind === 'Complete') return { kind: 'Commands', commands }
    if (action.kind === 'Refused' || action.kind === 'Wait') return { kind: 'Refused', problems: action.problems }
    commands.push(...commandsOf(action))
    world = after(action, world)
  }
  throw new RangeError('an upgrade of etcd that does not come to its end')
}

/** The commands that an action comes to; what is only looked at is left out. */
function commandsOf(action: EtcdAction): readonly HostCommand[] {
  switch (action.kind) {
    case 'Backup': {
      const { host, seen } = action.from
      const restore = seen.facts.etcdutl === undefined ? 'etcdctl snapshot restore' : 'etcdutl snapshot restore'
      return [
        { host, command: 'etcdctl snapshot save   (copied here, digest compared)' },
        { host, command: `${restore}   (into an etcd of its own that nothing can reach; compared, and removed)` },
      ]
    }
    case 'MoveLeader':
      return [{ host: action.from.host, command: `etcdctl move-leader ${action.to.id}   (${action.to.host})` }]
    case 'Change':
      return changeCommands(action.change)
    default:
      return []
  }
}

function changeCommands(change: MemberChange): readonly HostCommand[] {
  const { host, seen } = change.member
  if (isInContainer(change.member)) return imageCommands(change).map((command) => ({ host, command }))
  const { binary, unit } = seen.facts
  const recipe = memberRecipe(change)
  const commands = recipe.steps.flatMap(({ name }) => stepCommands(name, change, recipe))
  return [...commands, `systemctl restart ${unit}   (${binary}, unless its package has done so)`, 'etcdctl endpoint health'].map(
    (command) => ({ host, command }),
  )
}

function imageCommands({ member, version }: MemberChange): readonly string[] {
  const { kind, engine, unit } = member.seen.facts
  const { place, mark, newMark, newImage } = imageChange(member, version)
  const pull = engine === 'ctr' ? 'ctr -n k8s.io images pull' : `${engine} pull`
  const restart =
    kind === 'pod' ? '(the kubelet ends the old container and starts the new one)' : `systemctl daemon-reload; systemctl restart ${unit}`
  return [
    `${pull} ${newImage}`,
    `cp ${place} ${stateFolder}/etcd/previous/`,
    `${place}: ${mark} → ${newMark}   (at once, by mv)`,
    restart,
    'etcdctl endpoint health',
  ]
}

function stepCommands(name: string, change: MemberChange, recipe: Recipe): readonly string[] {
  const { member } = change
  const { facts } = member.seen
  const specs = change.binaries === undefined ? packageSpecs(change).join(' ') : ''
  const held = facts.held.length === 0 ? [] : [`apt-mark hold ${facts.held.join(' ')}`]
  switch (name) {
    case 'download-etcd':
      return [`apt-get install --download-only ${specs}`]
    case 'install-etcd':
      return [`cp ${facts.binary} ${kept(facts.binary)}`, `apt-get install ${specs}`, ...held]
    case 'restart-etcd':
      return []
    default: {
      const binary = recipe.steps.find((step) => step.name === name)?.parameters.binary ?? ''
      return name.startsWith('put-')
        ? [`put ${binary} ${etcdText(change.version)}   (beside the old one, digest compared)`]
        : [`cp ${binary} ${kept(binary)}; mv the new one to ${binary}`]
    }
  }
}

function kept(binary: string): string {
  return binary.replace(/\/([^/]*)$/, '/.$1.falkirk-previous')
}

interface World {
  readonly cluster: EtcdCluster
  readonly wish: EtcdWish
}

/** What the cluster shows once an action has succeeded. */
function after(action: EtcdAction, { cluster, wish }: World): World {
  switch (action.kind) {
    case 'Backup':
      return { cluster, wish: { ...wish, backedUp: action.version } }
    case 'MoveLeader':
      return { cluster: withMembers(cluster, (member) => withStatus(member, { leader: action.to.id })), wish }
    case 'Change': {
      const { version, member } = action.change
      const changed = withMembers(cluster, (each) => (each.id === member.id ? atVersion(each, version) : each))
      return { cluster: changed, wish }
    }
    default:
      return { cluster, wish }
  }
}

function withMembers(cluster: EtcdCluster, change: (member: EtcdMember) => EtcdMember): EtcdCluster {
  return { ...cluster, members: cluster.members.map(change) }
}

type Status = NonNullable<EtcdMember['seen']['answer']['status']>

function withStatus(member: EtcdMember, status: Partial<Status>): EtcdMember {
  const { seen } = member
  if (seen.answer.status === undefined) return member
  return { ...member, seen: { ...seen, answer: { ...seen.answer, status: { ...seen.answer.status, ...status } } } }
}

function atVersion(member: EtcdMember, version: Status['version']): EtcdMember {
  const risen = withStatus(member, { version })
  const { seen } = risen
  const { etcdutl, ...facts } = seen.facts
  const { image, mark = image } = facts
  const utility = etcdutl ?? (version[1] >= 5 ? facts.binary.replace(/[^/]*$/, 'etcdutl') : undefined)
  return {
    ...risen,
    seen: {
      ...seen,
      facts: {
        ...facts,
        ...(utility === undefined ? {} : { etcdutl: utility }),
        ...(image === undefined ? {} : { image: imageOf(image, version) ?? image }),
        ...(mark === undefined ? {} : { mark: imageOf(mark, version) ?? mark }),
        ...{ disk: version, runs: version, step: [], at_work: [] },
      },
    },
  }
}
