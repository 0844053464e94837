import type { Recipe, RunStep } from '../recipe/recipe-step.ts'
import { etcdText } from '../version/etcd-version.ts'
import { clientValues } from './client-values.ts'
import { imageChange } from './image-change.ts'
import { changeId, limits, type MemberChange, versionBefore, waitValues } from './member-change.ts'
import { pullImageScript, replaceImageScript, restartImageScript, restoreImageScript } from './scripts/image-steps.ts'

/** The change of a member in a container as steps: the image is brought, its name is edited in one file, and what runs it does the rest; and the way back. */
export function imageRecipe(change: MemberChange): Recipe {
  const { place, newImage } = imageChange(change.member, change.version)
  const who = containerText(change)
  const isPod = change.member.seen.facts.kind === 'pod'
  const until = `waits until ${who} serves as ${etcdText(change.version)}`
  return {
    id: changeId(change),
    steps: [
      step(change, ['pull-etcd', `brings ${newImage}`], pullImageScript, { limitSeconds: limits.fetch }),
      // a kubelet acts on it at once
      step(change, ['replace-etcd', `writes ${newImage} into ${place}`], replaceImageScript, { disturbs: isPod }),
      step(change, ['restart-etcd', isPod ? until : `restarts ${change.member.seen.facts.unit} and ${until}`], restartImageScript, {
        disturbs: true,
      }),
    ],
    undo: step(change, ['restore-etcd', `puts the previous ${place} back and waits until etcd serves`], restoreImageScript, {
      disturbs: true,
    }),
  }
}

/** The member for people: `the static pod of /etc/kubernetes/manifests/etcd.yaml`. */
function containerText({ member, version }: MemberChange): string {
  const { facts } = member.seen
  return facts.kind === 'pod' ? `the static pod of ${imageChange(member, version).place}` : `the container of ${facts.unit}`
}

function step(
  change: MemberChange,
  [name, does]: readonly [string, string],
  script: string,
  more: { readonly disturbs?: boolean; readonly limitSeconds?: number },
): RunStep {
  const { facts, settings } = change.member.seen
  const { place, mark, newMark, newImage } = imageChange(change.member, change.version)
  const old = versionBefore(facts, change.version)
  const etcd = containerText(change)
  const parameters = {
    ...{ kind: facts.kind, unit: facts.unit, engine: facts.engine ?? '', socket: facts.socket ?? '' },
    ...{
      image: facts.image ?? '',
      place,
      mark,
      new_mark: newMark,
      new_image: newImage,
      old_version: old === undefined ? '' : etcdText(old),
    },
    // `$unit` of what waits for an answer: for people as well
    ...(facts.kind === 'pod' ? { unit: etcd } : {}),
    etcd,
    ...clientValues(facts, settings),
    ...waitValues(change),
  }
  return { kind: 'Run', name, does, disturbs: false, script, parameters, limitSeconds: limits.restart, ...more }
}
