import { sizeText } from '../../host/finding.ts'
import type { HostFacts, NamedDisk } from '../../host/host-facts.ts'
import type { RunStep } from '../recipe-step.ts'
import { containerdData, diskProblem, dockerRootOf, fillPlace, isContainerds, isMade } from './disk-problem.ts'
import { isOnDocker } from './facts-after-runtime.ts'
import type { RuntimeOrder } from './runtime-order.ts'
import { reformatDiskScript } from './scripts/reformat-disk.ts'
import type { MakeStep } from './step-maker.ts'

export type DockerDisk =
  | { readonly kind: 'Stays' }
  /** `parameters` are for every step that has to know of it. */
  | { readonly kind: 'Reformat'; readonly step: RunStep; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'Refused'; readonly message: string }

const reformatLimit = 3_600

/** The disk of docker for containerd, where an order names it. Decided from what is on the disk; the step looks once more before it acts. */
export function dockerDisk(order: RuntimeOrder, facts: HostFacts, make: MakeStep): DockerDisk {
  const path = order.runtime.reformatDisk
  if (path === undefined) return { kind: 'Stays' }
  const { disk } = facts
  if (disk === undefined || disk.path !== path)
    return refused(`${path} was not looked at on this host: begin again with this version of falkirk`)
  const problem = diskProblem(disk, facts)
  if (problem !== undefined) return refused(problem)
  if (!isOnDocker(facts) && !isContainerds(disk))
    return refused(
      `the kubelet has containerd already, whose data are not on ${path}: stop both and move them by hand, or leave reformatDisk out`,
    )
  const root = dockerRootOf(facts)
  const parameters = {
    disk: path,
    disk_id: disk.id ?? '',
    disk_kib: String(disk.sizeKib ?? ''),
    disk_uuid: disk.uuid ?? '',
    disk_content: disk.content ?? '',
    fill_place: fillPlace,
    docker_root: root,
    containerd_data: containerdData,
  }
  const step = make({
    name: 'reformat-disk',
    does: whatIsDone(facts, path, root),
    disturbs: true,
    script: reformatDiskScript,
    commands: commandsFor(disk, root),
    parameters,
    limitSeconds: reformatLimit,
  })
  return { kind: 'Reformat', step, parameters }
}

/** What is left to be done, in the order in which it is done by hand. */
function commandsFor(disk: NamedDisk, root: string): readonly string[] {
  if (isContainerds(disk)) return []
  return [
    'systemctl stop kubelet',
    'docker stop CONTAINERS && docker rm CONTAINERS',
    'systemctl disable --now docker.service docker.socket && systemctl stop containerd',
    ...(disk.mounts.length === 0 || isMade(disk) ? [] : [`vi /etc/fstab    # the line of ${root} becomes a comment`, `umount ${root}`]),
    ...(isMade(disk) ? [] : [`mkfs.ext4 -F -L containerd -U UUID ${disk.path}`]),
    `mount ${disk.path} /mnt && cp -a ${containerdData}/. /mnt/ && umount /mnt`,
    `echo 'UUID=UUID ${containerdData} ext4 defaults 0 2' >> /etc/fstab && systemctl daemon-reload && mount ${containerdData}`,
  ]
}

/** With what will be lost: it is read by whoever has to agree. */
function whatIsDone({ disk, disks }: HostFacts, path: string, root: string): string {
  if (disk === undefined) return ''
  const size = disk.sizeKib === undefined ? '' : ` (${sizeText(disk.sizeKib)})`
  if (isContainerds(disk)) return `finds ${path}${size} mounted at ${containerdData}, and formats nothing`
  if (isMade(disk)) return `mounts ${path}${size} at ${containerdData}, as it was formatted for that already`
  const gets = `and mounts it at ${containerdData} with the images that were copied there`
  if (disk.mounts.length === 0 && disk.content === undefined) return `formats ${path}${size}, on which nothing is, ${gets}`
  const used = disks.find(({ mount }) => mount === root)
  const lost = `${used === undefined ? '' : `${sizeText(used.sizeKib - used.freeKib)} of `}images, containers and volumes`
  return `stops docker and reformats ${path}${size}, all that is in ${root} is lost (${lost}), ${gets}`
}

function refused(message: string): DockerDisk {
  return { kind: 'Refused', message }
}
